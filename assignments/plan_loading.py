"""Saving a plan that was read from its file."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import models, transaction

from assignments.data_file import DataFileError
from assignments.models import Agency, Assignment, CitedDocument, Participant, Plan, Task, TaskArea
from assignments.plan_file import MeasureData, ParticipantData, PlanData, ResponsibilityData

PLAN_WORDS = (
    "slug", "title", "short_title", "issuer", "issued_on", "signer_lines", "signer_name", "preamble", "purposes",
    "requirements", "funding_rules", "reporting_duty", "recipients", "report_due_day", "report_due_month",
)  # fmt: skip
CITATION = ("position", "kind", "number", "also_printed_as", "issued_on", "issuer", "subject")


@dataclass
class Loaded:
    """A plan that was loaded, with how many rows were made and how many brought up to date."""

    plan: Plan
    made: int
    mended: int


@transaction.atomic
def load_plan(data: PlanData) -> Loaded:
    """Save a plan whole; the same file a second time changes nothing.

    The plan's own words are brought to what the file says. What people keep afterwards (agencies, a
    participant's role and members, the areas of responsibilities, who leads and who helps) is written only
    together with the agency, participant or task that it describes, when that is new, and never again.
    Bodies that the plan goes to are added, never taken away.
    Nothing is deleted: raises DataFileError for a file without a task, area or agency that was loaded before.
    """
    return _Loading(data).load()


def would_load(data: PlanData) -> Loaded:
    """Return what `load_plan` would make and mend, leaving everything as it is; raises DataFileError as it does."""
    with transaction.atomic():
        loaded = load_plan(data)
        transaction.set_rollback(True)
    return loaded


class _Loading:
    def __init__(self, data: PlanData) -> None:
        self.data = data
        self.made = self.mended = 0

    def load(self) -> Loaded:
        data = self.data
        self._refuse_taken_slug()
        self.agencies = self._load_agencies()
        words = {name: getattr(data, name) for name in PLAN_WORDS} | {"source_text": data.full_text}
        self.plan, _ = self._bring(Plan.objects, {"number": data.number}, words)
        self._load_recipient_agencies()
        self._load_areas_and_participants()
        self._load_tasks()
        self._load_cited_documents()
        return Loaded(self.plan, self.made, self.mended)

    def _bring(
        self, rows: models.Manager, key: dict[str, Any], words: dict[str, Any], at_first: dict[str, Any] | None = None
    ) -> tuple[Any, bool]:
        """Return the row with the key, made or with its words brought up to date, and whether it is new."""
        row = rows.filter(**key).first()
        if row is None:
            self.made += 1
            return rows.create(**key, **words, **(at_first or {})), True
        outdated = [name for name, value in words.items() if getattr(row, name) != value]
        if outdated:
            for name in outdated:
                setattr(row, name, words[name])
            row.save(update_fields=outdated)
            self.mended += 1
        return row, False

    def _refuse_taken_slug(self) -> None:
        other = Plan.objects.filter(slug=self.data.slug).exclude(number=self.data.number).first()
        if other:
            raise DataFileError([f'slug: "{other.slug}" đã dùng cho {other}'])

    def _refuse_missing(self, what: str, loaded: models.QuerySet, in_file: set) -> None:
        missing = [str(value) for value in loaded if value not in in_file]
        if missing:
            raise DataFileError([f"thiếu {what} {', '.join(missing)} đã nạp trước đây"])

    def _load_agencies(self) -> dict[str, Agency]:
        in_file = [agency for _, agency in self.data.every_agency()]
        agencies = Agency.objects.in_bulk([agency.slug for agency in in_file], field_name="slug")
        new = [agency for agency in in_file if agency.slug not in agencies]
        for agency in new:
            agencies[agency.slug] = Agency.objects.create(
                slug=agency.slug,
                name=agency.name,
                short_name=agency.short_name,
                letterhead=[asdict(line) for line in agency.letterhead],
                notation=agency.notation,
                place=agency.place,
                signer_lines=agency.signer_lines,
            )
        for agency in new:
            if agency.parent:
                agencies[agency.slug].parent = agencies[agency.parent]
                agencies[agency.slug].save(update_fields=["parent"])
        self.made += len(new)
        return agencies

    def _load_recipient_agencies(self) -> None:
        known = set(self.plan.recipient_agencies.values_list("slug", flat=True))
        new = [self.agencies[slug] for slug in self.data.recipient_agencies if slug not in known]
        self.plan.recipient_agencies.add(*new)
        self.made += len(new)

    def _load_areas_and_participants(self) -> None:
        self.areas = {}
        for area in self.data.areas:
            self.areas[area.number], _ = self._bring(self.plan.areas, {"number": area.number}, {"title": area.title})
        self._refuse_missing("nội dung số", self.plan.areas.values_list("number", flat=True), set(self.areas))
        self.participants = {}
        for data in self.data.agencies:
            participant, is_new = self._bring(
                self.plan.participants,
                {"number": data.number},
                {"name": data.name, "is_invited": data.is_invited},
                {"agency": self.agencies[data.agency.slug] if data.agency else None, "role": data.role},
            )
            if is_new:
                participant.members.add(*(self.agencies[member.slug] for member in data.members))
            self.participants[data.number] = participant
        self._refuse_missing(
            "cơ quan số", self.plan.participants.values_list("number", flat=True), set(self.participants)
        )

    def _load_tasks(self) -> None:
        codes = []
        for area in self.data.areas:
            for index, measure in enumerate(area.measures, start=1):
                codes.append(f"ND-{area.number}.{index}")
                task, is_new = self._bring_task(codes, Task.Kind.MEASURE, measure.text)
                if is_new:
                    task.task_areas.create(area=self.areas[area.number], is_main=True, is_proposal=False)
                    self._propose_agencies(task, measure)
        for participant in self.data.agencies:
            for index, responsibility in enumerate(participant.responsibilities, start=1):
                codes.append(f"NV-{participant.number:02}.{index}")
                task, is_new = self._bring_task(
                    codes, Task.Kind.RESPONSIBILITY, responsibility.text, self.participants[participant.number]
                )
                if is_new:
                    self._propose_areas(task, responsibility)
                    self._assign(task, [participant], Assignment.Part.LEAD, is_proposal=False)
        self._refuse_missing("nhiệm vụ, giải pháp", self.plan.tasks.values_list("code", flat=True), set(codes))

    def _bring_task(
        self, codes: list[str], kind: Task.Kind, text: str, participant: Participant | None = None
    ) -> tuple[Task, bool]:
        return self._bring(
            self.plan.tasks,
            {"code": codes[-1]},
            {"kind": kind, "position": len(codes), "text": text, "participant": participant},
        )

    def _propose_areas(self, task: Task, data: ResponsibilityData) -> None:
        TaskArea.objects.bulk_create(
            TaskArea(task=task, area=self.areas[number], is_main=number == data.proposed_main_area, is_proposal=True)
            for number in (data.proposed_main_area, *data.proposed_other_areas)
        )

    def _propose_agencies(self, task: Task, data: MeasureData) -> None:
        by_number = {participant.number: participant for participant in self.data.agencies}
        leads = [by_number[number] for number in data.proposed_leads]
        coordinators = [by_number[number] for number in data.proposed_coordinators]
        self._assign(task, leads, Assignment.Part.LEAD, is_proposal=True)
        self._assign(task, coordinators, Assignment.Part.COORDINATE, is_proposal=True)

    def _assign(
        self, task: Task, participants: list[ParticipantData], part: Assignment.Part, *, is_proposal: bool
    ) -> None:
        Assignment.objects.bulk_create(
            Assignment(
                task=task,
                agency=self.agencies[agency.slug],
                part=part,
                is_proposal=is_proposal,
                valid_from=self.data.issued_on,
            )
            for participant in participants
            for agency in participant.reporting_agencies
        )

    def _load_cited_documents(self) -> None:
        in_file = [
            {"position": position, **asdict(document)}
            for position, document in enumerate(self.data.cited_documents, start=1)
        ]
        documents = self.plan.cited_documents
        if list(documents.values(*CITATION)) == in_file:
            return
        documents.all().delete()
        documents.bulk_create(CitedDocument(plan=self.plan, **document) for document in in_file)
        self.made += len(in_file)
