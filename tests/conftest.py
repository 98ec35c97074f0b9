"""The named cast and the small plan they work on.

Sở Y tế (clerk, head), Sở Tư pháp (another agency), the focal agency (officer, second officer, focal head),
Sở Tài chính (budget officer), the province (leader), and an administrator. Two areas, three measures, one
responsibility each for Sở Y tế and the focal agency.
"""

import datetime

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.test.signals import setting_changed

from assignments.models import Participant, Role
from reports import deadlines, opening
from tests import factories

YEAR = 2026
DURING = datetime.datetime(2026, 10, 20, 9, 0, tzinfo=deadlines.VIETNAM)


@pytest.fixture(scope="session", autouse=True)
def _private_files(tmp_path_factory):
    """Give the run folders of its own, with the static files that a page needs collected into one."""
    from django.conf import settings

    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("media"))
    settings.STATIC_ROOT = str(tmp_path_factory.mktemp("static"))
    # Two processes must not clear each other's; the signal drops the cache that may have been opened already.
    settings.CACHES["default"]["LOCATION"] = str(tmp_path_factory.mktemp("cache"))
    setting_changed.send(sender=None, setting="CACHES", value=settings.CACHES, enter=True)
    # Every test client begins the middleware anew; reading the folder for each took three quarters of the time.
    settings.WHITENOISE_AUTOREFRESH = True
    call_command("collectstatic", "--no-input", verbosity=0)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """Keep SQLite's test database in a file: in memory, threads cannot have connections of their own."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def _fresh_cache():
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def plan(db):
    return factories.PlanFactory(number="96/KH-UBND", slug="96-kh-ubnd-2018")


@pytest.fixture
def areas(plan):
    areas = [factories.ContentAreaFactory(plan=plan, number=number) for number in (1, 2)]
    factories.MeasureFactory(area=areas[0], code="ND-1.1", position=1)
    factories.MeasureFactory(area=areas[0], code="ND-1.2", position=2)
    factories.MeasureFactory(area=areas[1], code="ND-2.1", position=3)
    return areas


def _participant(plan, number, slug, name, **fields):
    agency = factories.AgencyFactory(slug=slug, name=name, notation=slug[3:6].upper())
    return factories.ParticipantFactory(plan=plan, number=number, agency=agency, **fields)


@pytest.fixture
def focal_agency(plan, areas):
    participant = _participant(
        plan, 1, "so-lao-dong-thuong-binh-va-xa-hoi", "Sở Lao động - Thương binh và Xã hội",
        role=Participant.Role.FOCAL,
    )  # fmt: skip
    factories.ResponsibilityFactory(participant=participant, code="NV-01.1")
    return participant.agency


@pytest.fixture
def budget_agency(plan):
    return _participant(plan, 4, "so-tai-chinh", "Sở Tài chính", role=Participant.Role.BUDGET).agency


@pytest.fixture
def agency(plan, areas):
    participant = _participant(plan, 7, "so-y-te", "Sở Y tế")
    factories.ResponsibilityFactory(participant=participant, code="NV-07.1")
    return participant.agency


@pytest.fixture
def other_agency(plan):
    return _participant(plan, 6, "so-tu-phap", "Sở Tư pháp").agency


def _person(agency, role, email, name, **fields):
    user = factories.UserFactory(email=email, full_name=name)
    factories.MembershipFactory(user=user, agency=agency, role=role, **fields)
    return user


@pytest.fixture
def clerk(agency):
    return _person(agency, Role.CLERK, "chuyenvien@so-y-te.example", "Nông Thị Chuyên")


@pytest.fixture
def head(agency):
    user = _person(
        agency, Role.HEAD, "lanhdao@so-y-te.example", "Hoàng Văn Đứng", position="Phó Giám đốc",
        signer_lines=["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"],
    )  # fmt: skip
    user.last_login = datetime.datetime(2026, 10, 1, tzinfo=deadlines.VIETNAM)
    user.save()
    return user


@pytest.fixture
def other_agency_clerk(other_agency):
    return _person(other_agency, Role.CLERK, "chuyenvien@so-tu-phap.example", "Lý Thị Khác")


@pytest.fixture
def officer(focal_agency):
    return _person(focal_agency, Role.OFFICER, "dau-moi@so-ldtbxh.example", "Vi Thị Đầu")


@pytest.fixture
def second_officer(focal_agency):
    return _person(focal_agency, Role.OFFICER, "dau-moi-2@so-ldtbxh.example", "Vi Văn Hai")


@pytest.fixture
def focal_head(focal_agency):
    return _person(focal_agency, Role.HEAD, "giamdoc@so-ldtbxh.example", "Lương Văn Trưởng")


@pytest.fixture
def budget_officer(budget_agency):
    return _person(budget_agency, Role.BUDGET_OFFICER, "du-toan@so-tai-chinh.example", "Triệu Thị Toán")


@pytest.fixture
def province(db):
    return factories.AgencyFactory(slug="uy-ban-nhan-dan-tinh", name="Ủy ban nhân dân tỉnh Lạng Sơn")


@pytest.fixture
def leader(plan, province):
    plan.recipient_agencies.add(province)
    return _person(province, Role.LEADER, "lanhdao@langson.example", "Đoàn Thị Tỉnh")


@pytest.fixture
def administrator(province):
    return _person(province, Role.ADMINISTRATOR, "quantri@langson.example", "Chu Văn Trị")


@pytest.fixture
def health_indicators(plan, agency):
    """Two rows that Sở Y tế answers, in one table: a number of meetings, and of people by sex."""
    table = factories.IndicatorTableFactory(plan=plan, code="B3", position=1)
    own = [plan.participant_of(agency)]
    return [
        factories.IndicatorFactory(table=table, code="B3.1", position=1, unit="cuộc", participants=own),
        factories.IndicatorFactory(table=table, code="B3.2", position=2, shape="by_sex", participants=own),
    ]


@pytest.fixture
def cycle(plan, focal_agency, budget_agency, agency, other_agency):
    """The year 2026, opened on 1 October; due before 10 November."""
    opened = datetime.datetime(2026, 10, 1, 8, 0, tzinfo=deadlines.VIETNAM)
    return opening.open_cycle(plan, YEAR, by=None, now=opened)[0]


@pytest.fixture
def report(cycle, agency):
    """Sở Y tế's report, untouched."""
    return cycle.reports.select_related("cycle__plan", "agency").get(agency=agency)


def fill(report, *, text="Đã tổ chức 12 hội nghị cho 1.260 lượt người."):
    """Answer everything in a report, straight in the database."""
    for part in report.parts.all():
        part.text = text
        part.save()
        part.progress.update(status="done", reason="")
        part.figures.filter(indicator__shape__in=["count", "yes_no"]).update(total=1)
        part.figures.filter(indicator__shape__in=["by_sex", "ratio"]).update(total=10, included=4)
    return report


@pytest.fixture
def complete_report(report):
    return fill(report)


def confirm(client: Client, address: str, form: dict, **options) -> HttpResponse:
    """Send a form that shows first what it would do, and press the button below what it shows."""
    shown = client.post(address, form)
    return client.post(address, form | {"confirmed": shown.context["effects"].seal}, **options)
