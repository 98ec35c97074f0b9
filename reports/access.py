"""Who may do what with reports: the only place in this app that decides.

Doors take the user and what the address says. What the user may not know of is 404, exactly as what is not
there; what they know and may not do is PermissionDenied (403). Lists start from `visible_to(user)`.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from assignments import access as plan_access
from assignments.models import (
    Agency,
    Indicator,
    IndicatorTable,
    Membership,
    Participant,
    Plan,
    Role,
    User,
)
from reports.models import (
    ConsolidatedReport,
    Consolidation,
    ConsolidationPart,
    Document,
    Evidence,
    Report,
    ReportEvent,
    ReportingCycle,
    ReportPart,
    ReportQuerySet,
    SignedConsolidatedReport,
    SignedCopy,
    StoredFile,
    Submission,
    TaskProgress,
    Thread,
    Upload,
)

AGENCY_ROLES = (Role.CLERK, Role.HEAD)
# What a download needs to know of a document.
HANDED_OUT = ("file", "size", "address", "kind")


# Facts about a person and a report


def is_clerk_of(user: User, report: Report) -> bool:
    return report.agency in user.agencies_as(Role.CLERK)


def is_head_of(user: User, report: Report) -> bool:
    return report.agency in user.agencies_as(Role.HEAD)


def works_for(user: User, agency: Agency) -> bool:
    """Tell whether the person is a clerk or a head of the agency."""
    return agency in user.agencies_as(*AGENCY_ROLES)


def acts_through(user: User, agency: Agency, *roles: Role) -> Membership | None:
    """Return the membership through which the person acts for the agency: the role named first that they hold.

    A role of their own comes before one in which they stand in for somebody.
    """
    held = [m for m in user.current_memberships if m.agency == agency and m.role in roles]
    return min(held, key=lambda m: (roles.index(Role(m.role)), m.stands_in_for is not None), default=None)


def is_officer_for(user: User, report: Report) -> bool:
    return plan_access.is_officer(user, report.cycle.plan)


def heads_of(agency: Agency):
    """Return today's memberships of the agency's heads."""
    return Membership.objects.current().with_role(Role.HEAD).filter(agency=agency)


def agencies_with_people() -> QuerySet:
    """Return the ids of the agencies that have an active clerk or head today."""
    return Membership.objects.current().with_role(*AGENCY_ROLES).values("agency")


def contacts_of(reports: list[Report]) -> dict[int, User]:
    """Return for each report (by id) the person to call: a clerk, or the head whose approval it waits for.

    Whoever is away is called last: somebody stands in.
    """
    current = Membership.objects.current().with_role(*AGENCY_ROLES)
    people = list(current.filter(agency__in=[r.agency_id for r in reports]).select_related("user").order_by("pk"))
    absent = {(m.agency_id, m.role, m.stands_in_for_id) for m in people}
    contacts = {}
    for report in reports:
        wanted = Role.HEAD if report.status == Report.Status.AWAITING_APPROVAL else Role.CLERK
        own = [m for m in people if m.agency_id == report.agency_id]
        own.sort(key=lambda m: (m.role != wanted, (m.agency_id, m.role, m.user_id) in absent))
        for membership in own[:1]:
            contacts[report.pk] = membership.user
    return contacts


def officers_of(focal: Agency) -> list[User]:
    """Return today's officers of the focal agency."""
    officers = Membership.objects.current().with_role(Role.OFFICER).filter(agency=focal)
    return [m.user for m in officers.select_related("user").order_by("user__full_name")]


def people_of(agency: Agency, *roles: Role) -> list[User]:
    """Return today's clerks and heads of an agency, or those with the roles, each once, by name."""
    current = Membership.objects.current().with_role(*(roles or AGENCY_ROLES)).filter(agency=agency)
    return list({m.user: m for m in current.select_related("user").order_by("user__full_name", "user")})


def may_send_up(user: User, report: Report) -> bool:
    """A clerk sends the report up where the agency has an active head."""
    return is_clerk_of(user, report) and heads_of(report.agency).exists()


def may_submit(user: User, report: Report) -> bool:
    """A head submits; a clerk does where no head of the agency has ever signed in."""
    if is_head_of(user, report):
        return True
    head_signed_in = heads_of(report.agency).filter(user__last_login__isnull=False).exists()
    return is_clerk_of(user, report) and not head_signed_in


def had_a_part_in(user: User, report: Report) -> bool:
    """Tell whether the person wrote, entered or submitted the report, or answered for it when it was reviewed."""
    return (
        report.writers.filter(pk=user.pk).exists()
        or report.submissions.filter(submitted_by=user).exists()
        or report.events.filter(kind=ReportEvent.Kind.THREAD_ANSWERED, by=user).exists()
    )


def may_review(user: User, report: Report) -> bool:
    """An officer reviews what they neither wrote, entered, submitted nor answered for."""
    return is_officer_for(user, report) and not had_a_part_in(user, report)


def reviewable_by(user: User, cycle: ReportingCycle, reports: list[Report]) -> set[int]:
    """Return the ids of those of a cycle's reports that the person may review, as `may_review` tells of one."""
    if not plan_access.is_officer(user, cycle.plan):
        return set()
    wrote = Report.writers.through.objects.filter(user=user, report__in=reports).values_list("report", flat=True)
    submitted = Submission.objects.filter(submitted_by=user, report__in=reports).values_list("report", flat=True)
    answers = ReportEvent.objects.filter(kind=ReportEvent.Kind.THREAD_ANSWERED, by=user, report__in=reports)
    answered = answers.order_by().values_list("report", flat=True)
    return {report.pk for report in reports} - set(wrote) - set(submitted.order_by()) - set(answered)


def submission_in_force(report: Report) -> Submission | None:
    """Return the submission that a submitted or accepted report stands on; None while the agency owes it."""
    in_force = report.submissions.filter(
        withdrawn_at=None, report__status__in=(Report.Status.SUBMITTED, Report.Status.ACCEPTED)
    )
    return in_force.select_related("submitted_by").last()


# Lists


def visible_to(user: User) -> ReportQuerySet:
    """Return the reports a person may know of: their agencies' own, and all of a plan for its focal agency."""
    own = Q(agency__in=user.agencies_as(*AGENCY_ROLES))
    focal = Q(
        cycle__plan__participants__role=Participant.Role.FOCAL,
        cycle__plan__participants__agency__in=user.agencies_as(Role.OFFICER, Role.HEAD),
    )
    reports = Report.objects.filter(own | focal).distinct()
    return reports.select_related("cycle__plan", "agency")


# Doors


def get_cycle_or_404(user: User, plan_slug: str, year: int) -> ReportingCycle:
    """Return the cycle; that there is one is no secret to anybody who is signed in."""
    try:
        return ReportingCycle.objects.select_related("plan").get(plan__slug=plan_slug, year=year)
    except ReportingCycle.DoesNotExist as error:
        raise Http404("Không có kỳ báo cáo này.") from error


def get_report_or_404(user: User, plan_slug: str, year: int, agency_slug: str) -> Report:
    """Return a report the user may know of."""
    try:
        return visible_to(user).get(cycle__plan__slug=plan_slug, cycle__year=year, agency__slug=agency_slug)
    except Report.DoesNotExist as error:
        raise Http404("Không có báo cáo này.") from error


def get_own_report_or_404(user: User, plan_slug: str, year: int, agency_slug: str) -> Report:
    """Return a report of the user's own agency; 403 for the focal agency's people, who read submissions."""
    report = get_report_or_404(user, plan_slug, year, agency_slug)
    if not works_for(user, report.agency):
        raise PermissionDenied("Chỉ cán bộ của cơ quan báo cáo xem được bản đang soạn.")
    return report


def get_own_part_or_404(user: User, plan_slug: str, year: int, agency_slug: str, key: str) -> ReportPart:
    """Return one part of a report of the user's own agency, and what a save needs of it: every save comes here."""
    for agency in user.agencies_as(*AGENCY_ROLES):
        if agency.slug == agency_slug:
            address = {"report__cycle__plan__slug": plan_slug, "report__cycle__year": year, "key": key}
            parts = ReportPart.objects.select_related("report").filter(report__agency=agency, **address)
            part = next(iter(parts.order_by()), None)
            if part:
                part.report.agency = agency
                return part
    return get_part_or_404(get_own_report_or_404(user, plan_slug, year, agency_slug), key)


def get_part_or_404(report: Report, key: str) -> ReportPart:
    """Return one part of a report that has passed its own door."""
    try:
        part = report.parts.select_related("area", "saved_by").get(key=key)
    except ReportPart.DoesNotExist as error:
        raise Http404("Báo cáo không có phần này.") from error
    part.report = report
    return part


def get_progress_or_404(part: ReportPart, code: str) -> TaskProgress:
    """Return one task of a part that has passed its own door."""
    try:
        progress = part.progress.select_related("task").get(task__code=code)
    except TaskProgress.DoesNotExist as error:
        raise Http404("Phần này không có nhiệm vụ này.") from error
    progress.part = part
    return progress


def get_evidence_or_404(progress: TaskProgress, pk: int) -> Evidence:
    """Return a file that stands with a task; what was taken away is found through the submissions that name it."""
    try:
        evidence = progress.evidence.standing().select_related("stored").get(pk=pk)
    except Evidence.DoesNotExist as error:
        raise Http404("Nhiệm vụ này không có tệp này.") from error
    evidence.progress = progress
    return evidence


def get_upload_or_404(user: User, progress: TaskProgress, token: str) -> Upload:
    """Return a file on its way that this person began to send."""
    try:
        upload = Upload.objects.get(token=token, progress=progress, started_by=user)
    except Upload.DoesNotExist as error:
        raise Http404("Không có tệp đang gửi này.") from error
    upload.progress = progress
    return upload


def get_submitted_file_or_404(submission: Submission, code: str, sha256: str) -> tuple[StoredFile, str]:
    """Return a file that a submission (which has passed its own door) names for a task, and its name there."""
    for task in submission.evidence:
        for file in task["files"]:
            if (task["code"], file["sha256"]) == (code, sha256):
                return StoredFile.objects.get(sha256=sha256), file["name"]
    raise Http404("Lần nộp này không có tệp này.")


def get_report_to_review_or_404(user: User, plan_slug: str, year: int, agency_slug: str) -> Report:
    """Return a report for the focal agency's officers and heads; 403 for the report's own agency."""
    report = get_report_or_404(user, plan_slug, year, agency_slug)
    if not reads_every_report(user, report.cycle):
        raise PermissionDenied("Chỉ cơ quan đầu mối xem được trang thẩm tra.")
    return report


def get_submission_or_404(user: User, report: Report, number: int) -> Submission:
    """Return a submission of a report that has passed its own door; a withdrawn one only for its agency.

    Its words, the largest thing in the database, are read where they are asked for: its files need none of them.
    """
    submissions = report.submissions.select_related("submitted_by", "on_behalf_of", "withdrawn_by").defer("content")
    if not works_for(user, report.agency):
        submissions = submissions.filter(withdrawn_at=None)
    try:
        submission = submissions.get(number=number)
    except Submission.DoesNotExist as error:
        raise Http404("Không có lần nộp này.") from error
    submission.report = report
    return submission


def check_may_review(user: User, report: Report) -> None:
    """Let an officer remark on a report, and resolve what was remarked, as they may decide on it."""
    if not may_review(user, report):
        raise PermissionDenied("Chỉ chuyên viên cơ quan đầu mối không tham gia soạn, nộp báo cáo này được thẩm tra.")


def get_thread_or_404(report: Report, pk: int) -> Thread:
    """Return a remark on a report that has passed its own door."""
    try:
        thread = Thread.objects.with_words().get(part__report=report, pk=pk)
    except Thread.DoesNotExist as error:
        raise Http404("Báo cáo này không có ý kiến này.") from error
    thread.part.report = report
    return thread


def find_made_of_submission(
    user: User, plan_slug: str, year: int, agency_slug: str, number: int, kind: str
) -> Document | None:
    """Return the finished document of a submission, None also where the user may not see it: one query.

    What get_report_or_404 and get_submission_or_404 let through, and nothing else; they say why where there is none.
    """
    report = "submission__report__"
    found = Document.objects.filter(
        **{f"{report}cycle__plan__slug": plan_slug, f"{report}cycle__year": year},
        submission__number=number,
        kind=kind,
        made_at__isnull=False,
    )
    own = [agency for agency in user.agencies_as(*AGENCY_ROLES) if agency.slug == agency_slug]
    if own:
        found = found.filter(**{f"{report}agency": own[0]})
    else:
        focal = user.agencies_as(Role.OFFICER, Role.HEAD)
        plan = f"{report}cycle__plan__participants__"
        found = found.filter(
            **{f"{report}agency__slug": agency_slug, "submission__withdrawn_at": None},
            **{f"{plan}role": Participant.Role.FOCAL, f"{plan}agency__in": focal},
        )
    return found.only(*HANDED_OUT).order_by("-pk").first()


def find_made_of_published(
    user: User, plan_slug: str, year: int, version: int, kind: str, subject: str
) -> Document | None:
    """Return the finished document of a published version, None also where the user may not read it: one query."""
    cycle = "consolidated_report__cycle__"
    found = Document.objects.filter(
        _read_once_published(user, cycle),
        **{f"{cycle}plan__slug": plan_slug, f"{cycle}year": year},
        consolidated_report__version=version,
        kind=kind,
        subject=subject,
        made_at__isnull=False,
    )
    return found.only(*HANDED_OUT).order_by("-pk").first()


def get_signed_copy_or_404(submission: Submission, pk: int) -> SignedCopy:
    """Return a declared paper with a file, of a submission that has passed its own door."""
    try:
        return submission.signed_copies.exclude(stored=None).select_related("stored").get(pk=pk)
    except SignedCopy.DoesNotExist as error:
        raise Http404("Không có bản ký này.") from error


def get_agency_of_plan_or_404(user: User, plan: Plan, agency_slug: str) -> Agency:
    """Return an agency that owes an implementation plan: to its own people, and to the focal agency."""
    agencies = plan.reporting_agencies()
    if not reads_every_agency(user, plan):
        agencies = agencies.filter(pk__in=[agency.pk for agency in user.agencies_as(*AGENCY_ROLES)])
    try:
        return agencies.get(slug=agency_slug)
    except Agency.DoesNotExist as error:
        raise Http404("Không có cơ quan này trong kế hoạch.") from error


def check_works_for(user: User, agency: Agency) -> None:
    if not works_for(user, agency):
        raise PermissionDenied("Chỉ cán bộ của cơ quan ghi được nội dung này.")


def check_reads_every_agency(user: User, plan: Plan) -> None:
    """Let the focal agency's officers and heads see who has sent what, and who is late."""
    if not reads_every_agency(user, plan):
        raise PermissionDenied("Trang này dành cho cơ quan đầu mối.")


def reads_every_agency(user: User, plan: Plan) -> bool:
    return plan_access.is_officer(user, plan) or plan_access.is_focal_head(user, plan)


def reads_every_report(user: User, cycle: ReportingCycle) -> bool:
    return reads_every_agency(user, cycle.plan)


def get_consolidation_part_or_404(user: User, cycle: ReportingCycle, key: str) -> ConsolidationPart:
    """Return a part of the merged report that is being written, for the focal agency's officers and heads."""
    if not reads_every_report(user, cycle):
        raise PermissionDenied("Trang này dành cho cơ quan đầu mối.")
    parts = ConsolidationPart.objects.select_related("consolidation", "area", "saved_by")
    try:
        part = parts.get(consolidation__cycle=cycle, key=key)
    except ConsolidationPart.DoesNotExist as error:
        raise Http404("Báo cáo tổng hợp không có phần này.") from error
    part.consolidation.cycle = cycle
    return part


def check_may_take_the_year(user: User, cycle: ReportingCycle) -> None:
    """Let the focal agency's officers and heads take all final reports and their files out in one."""
    if not reads_every_report(user, cycle):
        raise PermissionDenied("Trọn bộ hồ sơ năm dành cho cơ quan đầu mối.")


def check_is_officer(user: User, cycle: ReportingCycle) -> None:
    if not plan_access.is_officer(user, cycle.plan):
        raise PermissionDenied("Việc này do chuyên viên cơ quan đầu mối thực hiện.")


def get_indicator_table_or_404(plan: Plan, code: str) -> IndicatorTable:
    """Return a table of figures, for an officer who has passed the cycle's door."""
    try:
        return plan.indicator_tables.select_related("plan").get(code=code)
    except IndicatorTable.DoesNotExist as error:
        raise Http404("Không có biểu này.") from error


def get_indicator_or_404(plan: Plan, code: str) -> Indicator:
    """Return an indicator, for an officer who has passed the cycle's door."""
    try:
        return Indicator.objects.select_related("table__plan").get(table__plan=plan, code=code)
    except Indicator.DoesNotExist as error:
        raise Http404("Không có chỉ tiêu này.") from error


def check_may_publish(user: User, cycle: ReportingCycle) -> None:
    """Let the focal agency's heads publish the merged report."""
    if not plan_access.is_focal_head(user, cycle.plan):
        raise PermissionDenied("Việc ban hành báo cáo tổng hợp do lãnh đạo cơ quan đầu mối thực hiện.")


def check_may_see_summary(user: User, cycle: ReportingCycle) -> None:
    """Let leaders, and the focal agency, see live counts. No agency's words are among them."""
    if not (plan_access.is_leader(user, cycle.plan) or reads_every_report(user, cycle)):
        raise PermissionDenied("Trang này dành cho lãnh đạo tỉnh.")


def check_may_see_funding(user: User, cycle: ReportingCycle) -> None:
    """Let the budget officers, and the focal agency, read the funding parts of what was submitted."""
    if not (plan_access.is_budget_officer(user, cycle.plan) or reads_every_report(user, cycle)):
        raise PermissionDenied("Trang này dành cho cơ quan tổng hợp dự toán.")


def check_has_own_reports(user: User) -> None:
    """Let clerks and heads search what their agencies wrote."""
    if not user.agencies_as(*AGENCY_ROLES):
        raise PermissionDenied("Trang này dành cho cán bộ của các cơ quan báo cáo.")


def _read_once_published(user: User, cycle: str = "") -> Q:
    """Return which years' merged reports the user reads once published: everyone's with a part in the plan.

    `cycle` leads to the year from what is asked for ("consolidated_report__cycle__"). Only the roles that the person
    holds are asked about: every download comes here.
    """
    place, body = f"{cycle}plan__participants__role", f"{cycle}plan__participants__agency__in"
    reads = Q(pk__in=())
    if bodies := user.agencies_as(Role.LEADER):
        reads |= Q(**{f"{cycle}plan__recipient_agencies__in": bodies})
    if budget := user.agencies_as(Role.BUDGET_OFFICER):
        reads |= Q(**{place: Participant.Role.BUDGET, body: budget})
    if focal := user.agencies_as(Role.OFFICER, Role.HEAD):
        reads |= Q(**{place: Participant.Role.FOCAL, body: focal})
    if own := user.agencies_as(*AGENCY_ROLES):
        reads |= Q(**{f"{cycle}reports__agency__in": own})
    return reads


def may_read_published(user: User, cycle: ReportingCycle) -> bool:
    """Tell whether the user reads the merged report of a year once it is published."""
    return ReportingCycle.objects.filter(_read_once_published(user), pk=cycle.pk).exists()


def readers_of(cycle: ReportingCycle) -> list[User]:
    """Return today's people who read the merged report once published, each once, by name."""
    participants = cycle.plan.participants
    readers = (
        Q(role__in=AGENCY_ROLES, agency__in=cycle.reports.values("agency"))
        | Q(role=Role.OFFICER, agency__in=participants.filter(role=Participant.Role.FOCAL).values("agency"))
        | Q(role=Role.BUDGET_OFFICER, agency__in=participants.filter(role=Participant.Role.BUDGET).values("agency"))
        | Q(role=Role.LEADER, agency__in=cycle.plan.recipient_agencies.values("pk"))
    )
    roles = (*AGENCY_ROLES, Role.OFFICER, Role.BUDGET_OFFICER, Role.LEADER)
    current = Membership.objects.current().with_role(*roles).filter(readers).select_related("user")
    return list({m.user: m for m in current.order_by("user__full_name", "user")})


def get_draft_or_404(cycle: ReportingCycle) -> Consolidation:
    """Return the merged report that is being written, of a cycle that has passed its own door."""
    try:
        draft = cycle.consolidation
    except Consolidation.DoesNotExist as error:
        raise Http404("Kỳ báo cáo chưa mở nên chưa có bản tổng hợp.") from error
    draft.cycle = cycle
    return draft


def get_published_or_404(user: User, cycle: ReportingCycle, version: int) -> ConsolidatedReport:
    """Return a published version of the merged report, its words read where they are asked for."""
    if not may_read_published(user, cycle):
        raise PermissionDenied("Báo cáo tổng hợp dành cho các cơ quan trong kế hoạch và lãnh đạo tỉnh.")
    try:
        return cycle.consolidated_reports.defer("content").get(version=version)
    except ConsolidatedReport.DoesNotExist as error:
        raise Http404("Chưa có báo cáo tổng hợp này.") from error


def get_signed_report_or_404(published: ConsolidatedReport, pk: int) -> SignedConsolidatedReport:
    """Return a signed PDF of a published version that has passed its own door."""
    try:
        return published.signed_copies.select_related("stored").get(pk=pk)
    except SignedConsolidatedReport.DoesNotExist as error:
        raise Http404("Không có bản ký này.") from error
