"""One report: who knows of it, who sends, reviews or decides it, and the doors to what stands in it."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from assignments import access as plan_access
from assignments.models import Participant, Role, User
from reports.access.cycle import check_is_officer, reads_every_report
from reports.access.people import AGENCY_ROLES, heads_of, is_clerk_of, is_head_of, is_officer_for, works_for
from reports.models import (
    Evidence,
    Report,
    ReportEvent,
    ReportingCycle,
    ReportPart,
    ReportQuerySet,
    SignedCopy,
    StoredFile,
    Submission,
    TaskProgress,
    Thread,
    Upload,
)


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


def visible_to(user: User) -> ReportQuerySet:
    """Return the reports a person may know of: their agencies' own, and all of a plan for its focal agency."""
    own = Q(agency__in=user.agencies_as(*AGENCY_ROLES))
    focal = Q(
        cycle__plan__participants__role=Participant.Role.FOCAL,
        cycle__plan__participants__agency__in=user.agencies_as(Role.OFFICER, Role.HEAD),
    )
    reports = Report.objects.filter(own | focal).distinct()
    return reports.select_related("cycle__plan", "agency")


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


def get_report_of_officer_or_404(user: User, plan_slug: str, year: int, agency_slug: str) -> Report:
    """Return a report for the focal agency's officers, who decide on its deadline; 403 for everybody else."""
    report = get_report_to_review_or_404(user, plan_slug, year, agency_slug)
    check_is_officer(user, report.cycle)
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


def get_signed_copy_or_404(submission: Submission, pk: int) -> SignedCopy:
    """Return a declared paper with a file, of a submission that has passed its own door."""
    try:
        return submission.signed_copies.exclude(stored=None).select_related("stored").get(pk=pk)
    except SignedCopy.DoesNotExist as error:
        raise Http404("Không có bản ký này.") from error
