"""The shape of the house: who imports whom, and what is done in one place alone."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("assignments", "reports", "plan_portal")

# Each app from top to bottom. A module imports from its own layer and from those below, never upwards.
LAYERS = {
    "reports": [
        {"urls"},
        {
            "views",
            "admin",
            "management",
            "demo",
            "demo_clocks",
            "demo_figures",
            "demo_merging",
            "demo_papers",
            "demo_review",
        },
        {"forms"},
        {"services"},
        {"workflow"},
        {"tasks"},
        {
            "reminders",
            "waiting",
            "rehearsal",
            "delivery",
            "delivery_reports",
            "emails",
            "opening",
            "uploads",
            "mail_testing",
            "backlog",
        },
        {"documents", "spreadsheets"},
        {"backups"},
        {
            "announcement",
            "season",
            "changes",
            "consolidation",
            "differences",
            "moved_deadlines",
            "matrix",
            "review_queue",
            "reviewing",
            "snapshots",
            "standing",
            "navigation",
            "proof",
            "setting_up",
            "contacts",
            "roll_calls",
            "search",
        },
        {
            "access",
            "completeness",
            "milestones",
            "merging",
            "muting",
            "pauses",
            "guidance",
            "heartbeats",
            "last_year",
            "figures",
            "figure_rows",
            "figure_tables",
            "charts",
            "letterheads",
            "guide",
            "files",
        },
        {"models"},
        # Read by all, importing nothing: names and their order, the clock rules, whether the worker is to stop.
        {"outline", "deadlines", "stopping"},
        {"apps"},
    ],
    "assignments": [
        {"urls"},
        {"views", "admin", "management", "templatetags"},
        {"forms", "pasted_rows"},
        {"services", "indicators", "agency_pasting", "people_pasting"},
        {"tasks"},
        {
            "plan_loading",
            "plan_export",
            "plan_search",
            "indicator_loading",
            "account_mails",
            "accounts",
            "colleagues",
            "addresses",
        },
        {"access", "plan_reading", "plan_file", "indicator_file"},
        {"data_file", "pasted_table"},
        {"requests"},
        {"models"},
        {"fields"},
        {"telephones"},
        {"legacy_encodings", "text"},
        {"apps"},
    ],
}


def modules(*packages: str) -> dict[str, Path]:
    """Return the project's modules by dotted name, migrations aside."""
    paths = [
        path for package in packages for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
    ]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def imports_of(path: Path) -> Iterator[str]:
    """Yield every module that a file imports, inside functions too."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def project_imports(*packages: str) -> Iterator[tuple[str, str]]:
    """Yield importing module, imported module of the project."""
    known = modules(*PACKAGES)
    for module, path in modules(*packages).items():
        for imported in imports_of(path):
            if imported.partition(".")[0] in PACKAGES:
                yield module, imported if imported in known else imported.rpartition(".")[0]


def layer_of(module: str) -> int:
    app, _, rest = module.partition(".")
    return next(depth for depth, layer in enumerate(LAYERS[app]) if rest.partition(".")[0] in layer)


# Who imports whom


def test_import_of_plan_portal_is_plan_portals_own():
    assert [(a, b) for a, b in project_imports("assignments", "reports") if b.startswith("plan_portal")] == []


def test_import_between_the_apps_goes_from_reports_to_assignments():
    assert [(a, b) for a, b in project_imports("assignments") if b.startswith("reports")] == []


@pytest.mark.parametrize("app", LAYERS)
def test_every_module_has_its_layer(app):
    names = {module.split(".")[1] for module in modules(app) if "." in module}

    unknown = names - set().union(*LAYERS[app])
    assert unknown == set()


@pytest.mark.parametrize("app", LAYERS)
def test_import_inside_an_app_never_goes_upwards(app):
    upwards = [
        f"{module} imports {imported}"
        for module, imported in project_imports(app)
        if imported.startswith(f"{app}.") and layer_of(module) > layer_of(imported)
    ]

    assert upwards == []


def test_no_two_modules_import_each_other():
    graph: dict[str, set[str]] = {}
    for module, imported in project_imports(*PACKAGES):
        if module != imported:
            graph.setdefault(module, set()).add(imported)

    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize(
    ("package", "files"),
    [
        ("weasyprint", {"reports.documents.pdf"}),
        # Word files are written without it, and what comes in is never opened with it: an archive of 1 MB can
        # unpack to 1 GB.
        ("docx", set()),
        # A workbook that came in is opened in a process of its own alone.
        ("openpyxl", {"reports.spreadsheets.cells"}),
    ],
)
def test_document_package_is_imported_where_it_may_be(package, files):
    importing = {
        module
        for module, path in modules(*PACKAGES).items()
        if any(imported.partition(".")[0] == package for imported in imports_of(path))
    }

    assert importing == files


# What is done in one place alone


def assigned_attributes(tree: ast.AST) -> Iterator[ast.Attribute]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        for target in targets:
            yield from (leaf for leaf in ast.walk(target) if isinstance(leaf, ast.Attribute))


def keyword_writes(tree: ast.AST, field: str) -> Iterator[ast.Call]:
    """Yield the calls that write a field: update(status=...), create(status=...), setattr(x, "status", ...)."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        constants = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        if name in ("update", "create", "get_or_create", "update_or_create", "Report") and field in [
            keyword.arg for keyword in node.keywords
        ]:
            yield node
        if name == "setattr" and field in constants:
            yield node


def test_status_of_a_report_is_assigned_in_the_workflow_alone():
    """Other things have a status too: a task's progress is its writer's, the merged report's is set by proposing."""
    assigning = {
        (module, ast.unparse(target))
        for module, path in modules(*PACKAGES).items()
        for target in assigned_attributes(tree_of(path))
        if target.attr == "status"
    }
    writing = {
        (module, ast.unparse(call.func))
        for module, path in modules(*PACKAGES).items()
        for call in keyword_writes(tree_of(path), "status")
    }

    assert assigning == {
        ("reports.workflow", "report.status"),
        ("reports.services.writing", "row.status"),
        ("reports.services.proposing", "draft.status"),
        # Read again under its lock.
        ("reports.services.consolidating.steps", "consolidation.status"),
        # Pretended in memory, never saved.
        ("reports.rehearsal", "report.status"),
    }
    assert writing == {("reports.snapshots", "task.update")}


CLOCKS = {
    *("timezone.now", "timezone.localtime", "timezone.localdate", "time.time", "date.today"),
    *("datetime.now", "datetime.today", "datetime.utcnow"),
}
MAY_READ_THE_CLOCK = re.compile(r"(assignments|reports)\.(views|admin|management|tasks)(\.|$)|plan_portal\.health$")


def readings_of_the_clock(tree: ast.AST) -> Iterator[str]:
    """Yield where the clock is asked, or handed on to be asked; `timezone.localtime(instant)` asks nothing."""
    given_an_instant = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).startswith("timezone.local")
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in given_an_instant:
            name = ".".join(ast.unparse(node).split(".")[-2:])
            if name in CLOCKS:
                yield name


def test_clock_is_read_in_views_commands_and_tasks_alone():
    reading = [
        (module, name)
        for module, path in modules(*PACKAGES).items()
        for name in readings_of_the_clock(tree_of(path))
        if not MAY_READ_THE_CLOCK.match(module)
    ]

    # Who a person is today (MembershipQuerySet.current), and from when a role holds unless somebody says so.
    assert reading == [("assignments.models.people", "timezone.localdate")] * 2


# Templates

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Mails need their looks in the tags; the paper has its style sheet beside it.
PAGES = [path for path in TEMPLATES if path.relative_to(ROOT / "templates").parts[0] != "emails"]


def found_in(paths: list[Path], pattern: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in paths
        for match in re.finditer(pattern, path.read_text(), re.IGNORECASE)
    ]


def test_templates_are_found():
    assert len(TEMPLATES) > 40


def test_template_trusts_no_text():
    assert found_in(TEMPLATES, r"\|\s*safe\b|\bautoescape\s+off\b|\|\s*safeseq\b") == []


def test_code_marks_no_text_safe():
    marking = [
        module
        for module, path in modules(*PACKAGES).items()
        if any(imported.endswith((".mark_safe", ".SafeString")) for imported in imports_of(path))
    ]

    # They name the type of what a template rendered; the guides are the project's own files.
    assert sorted(marking) == ["reports.charts", "reports.documents.html", "reports.guide"]


@pytest.mark.parametrize(
    "pattern",
    [
        r"\sstyle\s*=",
        r"<style\b",
        r"<script\b(?![^>]*\bsrc=)[^>]*>",
        r"<script\b[^>]*>\s*[^<\s]",
        r"\son\w+\s*=\s*[\"']",
        r"javascript:",
        r"hx-on",
    ],
)
def test_page_has_no_inline_style_or_script(pattern):
    assert found_in(PAGES, pattern) == []


def test_template_names_no_other_host():
    assert found_in(TEMPLATES, r"(?:src|href|action)\s*=\s*[\"']\s*(?:https?:)?//") == []
