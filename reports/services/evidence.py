"""Evidence: files that prove what a report says of a task, added and taken away while the part may be written."""

import datetime
import secrets

from django.db import transaction
from django.db.models import F

from assignments.models import User
from reports import files, uploads
from reports.files import FileRefused
from reports.models import Evidence, Report, ReportPart, TaskProgress, Upload
from reports.services.keeping import keep_file

MOST_FILES_PER_TASK = 10
# Begun by one person in a day and not finished: with 20 MB each they leave a gigabyte lying about.
MOST_UNFINISHED_UPLOADS = 50


def add_evidence(
    progress: TaskProgress, *, by: User, now: datetime.datetime, name: str, file: files.BinaryFile
) -> Evidence:
    """Attach a file to a task under the name that its sender gave it.

    Raises FileRefused for a file that is not taken, for one that the task has already, and where the part is locked.
    """
    check_room(progress)
    stored = keep_file(file, now=now)
    with transaction.atomic():
        report = Report.objects.select_for_update(no_key=True).get(pk=progress.part.report_id)
        check_room(progress)
        twin = progress.evidence.standing().filter(stored=stored).first()
        if twin:
            raise FileRefused(f"Nhiệm vụ này đã có tệp giống hệt, tên “{twin.name}”, nên không thêm lần nữa.")
        report.writers.add(by)
        return Evidence.objects.create(
            progress=progress,
            stored=stored,
            name=files.name_of(name, files.Kind(stored.kind)),
            added_at=now,
            added_by=by,
        )


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: User, now: datetime.datetime) -> None:
    """Take a file away from a task; what was submitted with it still has it. Once removed, it stays so.

    Raises FileRefused where the part is locked.
    """
    report = Report.objects.select_for_update(no_key=True).get(pk=evidence.progress.part.report_id)
    check_writable(evidence.progress.part)
    if Evidence.objects.standing().filter(pk=evidence.pk).update(removed_at=now, removed_by=by):
        report.writers.add(by)


def start_upload(progress: TaskProgress, *, by: User, now: datetime.datetime, name: str, size: int) -> Upload:
    """Begin to receive a file in pieces. Raises FileRefused where it could not be taken in the end."""
    check_room(progress)
    files.check_size(size)
    if Upload.objects.filter(started_by=by, received__lt=F("size")).count() >= MOST_UNFINISHED_UPLOADS:
        raise FileRefused(
            f"Bạn có {MOST_UNFINISHED_UPLOADS} tệp đang gửi dở. Hãy chờ các tệp đó gửi xong; tệp bỏ dở được dọn "
            "sau một ngày."
        )
    return Upload.objects.create(
        token=secrets.token_hex(16),
        progress=progress,
        name=files.plain_name(name)[: files.LONGEST_NAME],
        size=size,
        started_at=now,
        started_by=by,
    )


def receive_piece(upload: Upload, *, by: User, now: datetime.datetime, offset: int, piece: bytes) -> int:
    """Add a piece to an upload and return how many bytes there are; the last one makes it evidence.

    The same last piece sent twice, because its answer was lost, makes one piece of evidence. Raises
    uploads.WrongOffset, and FileRefused where the file is not taken: then the upload is gone, and whoever sends
    it at the same moment gets Upload.DoesNotExist.
    """
    check_writable(upload.progress.part)
    received = uploads.add_piece(upload, piece, offset=offset)
    if received == upload.size:
        _finish(upload, by=by, now=now)
    return received


def _finish(upload: Upload, *, by: User, now: datetime.datetime) -> None:
    try:
        with transaction.atomic():
            locked = Upload.objects.select_for_update().get(pk=upload.pk)
            if locked.received < locked.size:
                with uploads.path_of(upload).open("rb") as file:
                    add_evidence(upload.progress, by=by, now=now, name=upload.name, file=file)
                locked.received = locked.size
                locked.save(update_fields=["received"])
    except FileRefused:
        upload.delete()
        uploads.clear_away(upload)
        raise
    # Not after any other error: the row still counts the pieces, and the sender goes on from there.
    uploads.clear_away(upload)


def check_writable(part: ReportPart) -> None:
    """Raise FileRefused where the agency may not change the part, as it stands in the database now."""
    part = ReportPart.objects.select_related("report", "area").get(pk=part.pk)
    if not part.is_writable:
        raise FileRefused(
            f"{part.title} đang khóa (báo cáo ở trạng thái “{part.report.get_status_display()}”) nên không thêm, "
            "không gỡ được tệp. Hãy tải lại trang để xem tình trạng mới nhất."
        )


def check_room(progress: TaskProgress) -> None:
    """Raise FileRefused where the part is locked or the task has as many files as it may."""
    check_writable(progress.part)
    if progress.evidence.standing().count() >= MOST_FILES_PER_TASK:
        raise FileRefused(
            f"Mỗi nhiệm vụ nhận tối đa {MOST_FILES_PER_TASK} tệp minh chứng. Hãy gộp các trang vào một tệp PDF, "
            "hoặc gỡ tệp không cần rồi gửi lại."
        )
