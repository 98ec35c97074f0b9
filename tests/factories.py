"""The smallest valid objects."""

import contextlib
import datetime
import functools

import factory
from django.contrib.auth.hashers import make_password
from django.db import transaction
from factory.django import DjangoModelFactory

from assignments.models import (
    Agency,
    ContentArea,
    Indicator,
    IndicatorTable,
    Membership,
    Participant,
    Plan,
    Role,
    Task,
    TaskArea,
    User,
)
from reports import access, deadlines, services
from reports.models import ConsolidatedReport, Consolidation, ConsolidationEvent, ReportingCycle

PASSWORD = "mat-khau-de-thu-96"

# argon2 is slow on purpose: once per run will do.
_hashed = functools.cache(make_password)


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = Agency

    slug = factory.Sequence(lambda n: f"so-thu-{n}")
    name = factory.Sequence(lambda n: f"Sở Thử {n}")
    short_name = factory.SelfAttribute("name")
    letterhead = factory.LazyAttribute(
        lambda agency: [{"text": "UBND tỉnh Lạng Sơn", "bold": False}, {"text": agency.name, "bold": True}]
    )
    notation = factory.Sequence(lambda n: f"ST{n}")
    signer_lines = ["GIÁM ĐỐC"]
    telephone = "0205 3812 000"


class PlanFactory(DjangoModelFactory):
    class Meta:
        model = Plan

    number = factory.Sequence(lambda n: f"{n + 1}/KH-UBND")
    slug = factory.LazyAttribute(lambda plan: plan.number.replace("/", "-").lower() + "-2018")
    title = "Triển khai thực hiện Chỉ thị số 21-CT/TW"
    short_title = "thực hiện Chỉ thị số 21-CT/TW"
    issuer = "Ủy ban nhân dân tỉnh Lạng Sơn"
    issued_on = datetime.date(2018, 5, 29)
    signer_name = "Nguyễn Văn Ký"
    preamble = "Mở đầu."
    reporting_duty = "Báo cáo trước ngày 10/11."
    recipients = ["Lưu: VT"]
    source_text = "Toàn văn."
    report_due_day = 10
    report_due_month = 11


class ContentAreaFactory(DjangoModelFactory):
    class Meta:
        model = ContentArea

    plan = factory.SubFactory(PlanFactory)
    number = factory.Sequence(lambda n: n + 1)
    title = factory.LazyAttribute(lambda area: f"Nội dung thứ {area.number}")


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = Participant
        skip_postgeneration_save = True

    plan = factory.SubFactory(PlanFactory)
    number = factory.Sequence(lambda n: n + 1)
    agency = factory.SubFactory(AgencyFactory)
    name = factory.LazyAttribute(lambda participant: participant.agency.name)


class MeasureFactory(DjangoModelFactory):
    """A measure of an area."""

    class Meta:
        model = Task

    area = factory.SubFactory(ContentAreaFactory)
    plan = factory.SelfAttribute("area.plan")
    kind = Task.Kind.MEASURE
    position = factory.Sequence(lambda n: n + 1)
    code = factory.LazyAttribute(lambda task: f"ND-{task.area.number}.{task.position}")
    text = factory.LazyAttribute(lambda task: f"Giải pháp {task.code}.")

    @classmethod
    def _create(cls, model_class, *args, area, **kwargs):
        task = super()._create(model_class, *args, **kwargs)
        TaskArea.objects.create(task=task, area=area, is_main=True, is_proposal=False)
        return task


class ResponsibilityFactory(DjangoModelFactory):
    class Meta:
        model = Task

    participant = factory.SubFactory(ParticipantFactory)
    plan = factory.SelfAttribute("participant.plan")
    kind = Task.Kind.RESPONSIBILITY
    position = factory.Sequence(lambda n: n + 100)
    code = factory.LazyAttribute(lambda task: f"NV-{task.participant.number:02}.1")
    text = factory.LazyAttribute(lambda task: f"Nhiệm vụ {task.code}.")


class IndicatorTableFactory(DjangoModelFactory):
    class Meta:
        model = IndicatorTable

    plan = factory.SubFactory(PlanFactory)
    code = factory.Sequence(lambda n: f"B{n + 1}")
    title = factory.LazyAttribute(lambda table: f"Biểu thử {table.code}")
    position = factory.Sequence(lambda n: n + 1)
    first_year = 2018


class IndicatorFactory(DjangoModelFactory):
    """A number of people, counted by the participants given, of each sex where the shape says so."""

    class Meta:
        model = Indicator
        skip_postgeneration_save = True

    table = factory.SubFactory(IndicatorTableFactory)
    position = factory.Sequence(lambda n: n + 1)
    code = factory.LazyAttribute(lambda indicator: f"{indicator.table.code}.{indicator.position}")
    name = factory.LazyAttribute(lambda indicator: f"Số thử {indicator.code}")
    unit = "người"
    shape = Indicator.Shape.COUNT
    included_label = factory.LazyAttribute(
        lambda indicator: "Trong đó nữ" if indicator.shape in ("by_sex", "ratio") else ""
    )

    @factory.post_generation
    def participants(self, create, extracted, **kwargs):
        if extracted:
            self.participants.set(extracted)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"nguoi-dung-{n}@langson.example")
    full_name = factory.Sequence(lambda n: f"Nguyễn Thị Số {n}")
    password = factory.LazyFunction(lambda: _hashed(PASSWORD))


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    agency = factory.SubFactory(AgencyFactory)
    role = Role.CLERK
    valid_from = datetime.date(2018, 1, 1)


@contextlib.contextmanager
def taken_back():
    """Take back whatever is written inside, whether it went well or not."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def write_a_paragraph(draft: Consolidation) -> None:
    """Give the merged report words of the officers' own."""
    draft.parts.get(key="chi-dao").paragraphs.create(position=1, text="Các đơn vị đã triển khai kế hoạch.")


def changed_dates(cycle: ReportingCycle, **changes) -> services.Dates:
    """Return a year's dates, some of them changed; `last_day` says the last on-time day instead of `due_at`."""
    kept = {name: getattr(cycle, name) for name in ("opens_on", "data_from", "data_to", "due_at")}
    if "last_day" in changes:
        changes["due_at"] = deadlines.after(changes.pop("last_day"))
    return services.Dates(**(kept | changes))


def propose(cycle: ReportingCycle, *, now: datetime.datetime, by: User | None = None) -> ConsolidationEvent:
    """Take every agency's words over into the merged report and propose it, in the name of an officer."""
    focal = cycle.plan.focal_agency
    officers = [by] if by else access.officers_of(focal)
    officer = officers[0] if officers else MembershipFactory(agency=focal, role=Role.OFFICER).user
    draft = cycle.consolidation
    services.take_over_all(draft, by=officer, now=now)
    if cycle.consolidated_reports.exists():
        seen = services.frame_seen(draft)
        services.save_frame(draft, by=officer, recipients=draft.recipients, changes="Bổ sung.", seen=seen)
    return services.propose(draft, by=officer, now=now)


def publish(
    cycle: ReportingCycle, *, by: User, now: datetime.datetime, number: str, issued_on: datetime.date
) -> ConsolidatedReport:
    """Propose the merged report with everything in it and publish it."""
    propose(cycle, now=now)
    return services.publish_consolidated_report(cycle, by=by, now=now, number=number, issued_on=issued_on)
