"""Evidence: added, removed, kept once, frozen with a submission, handed out to those it is for."""

import datetime
import hashlib
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import files, services
from reports.models import Evidence, Report, StoredFile
from reports.services.evidence import MOST_FILES_PER_TASK
from tests import sample_files as sample
from tests.conftest import DURING, fill
from tests.simultaneous import at_the_same_moment

pytestmark = pytest.mark.long

NAME = "Biên bản hội nghị bình đẳng giới.pdf"
PDF = sample.pdf()


@pytest.fixture
def progress(report):
    return report.parts.get(key="noi-dung-1").progress.get(task__code="ND-1.1")


def add(progress, clerk, *, name=NAME, content=PDF):
    return services.add_evidence(progress, by=clerk, now=DURING, name=name, file=io.BytesIO(content))


def read(stored: StoredFile) -> bytes:
    with stored.file.open() as file:
        return file.read()


def at(report) -> Report:
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


def address(report, name, *args):
    return at(report).url(name, "noi-dung-1", "ND-1.1", *args)


def test_file_is_kept_as_it_came_under_the_name_it_was_sent_by(progress, clerk):
    evidence = add(progress, clerk)

    assert (evidence.name, evidence.stored.kind, evidence.stored.size) == (NAME, "pdf", len(PDF))
    assert evidence.stored.sha256 == hashlib.sha256(PDF).hexdigest()
    assert read(evidence.stored) == PDF
    assert list(progress.part.report.writers.all()) == [clerk]


def test_same_file_at_two_tasks_is_kept_once(progress, report, clerk):
    other = report.parts.get(key="noi-dung-2").progress.get()

    first, second = add(progress, clerk), add(other, clerk, name="Bản khác tên.pdf")

    assert first.stored == second.stored
    assert second.name == "Bản khác tên.pdf"
    assert StoredFile.objects.count() == 1


def test_same_file_twice_at_one_task_is_told_and_not_doubled(progress, clerk):
    add(progress, clerk)

    with pytest.raises(files.FileRefused) as refusal:
        add(progress, clerk, name="lần hai.pdf")

    assert str(refusal.value) == f"Nhiệm vụ này đã có tệp giống hệt, tên “{NAME}”, nên không thêm lần nữa."
    assert Evidence.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_file_from_two_at_the_same_moment_is_kept_once(report, clerk, head):
    progress = report.parts.get(key="noi-dung-1").progress.get(task__code="ND-1.1")
    other = report.parts.get(key="noi-dung-2").progress.get()

    made = at_the_same_moment([lambda: add(progress, clerk), lambda: add(other, head)])

    assert [type(evidence) for evidence in made] == [Evidence, Evidence]
    assert read(StoredFile.objects.get()) == PDF


@pytest.mark.django_db(transaction=True)
def test_same_file_twice_at_the_same_moment_at_one_task_is_one_piece_of_evidence(report, clerk, head):
    progress = report.parts.get(key="noi-dung-1").progress.get(task__code="ND-1.1")

    made = at_the_same_moment([lambda: add(progress, clerk), lambda: add(progress, head)])

    assert sorted(type(evidence).__name__ for evidence in made) == ["Evidence", "FileRefused"]
    assert Evidence.objects.count() == 1


def test_kept_file_that_was_lost_is_written_again(progress, report, clerk):
    evidence = add(progress, clerk)
    evidence.stored.file.storage.delete(evidence.stored.file.name)

    again = add(report.parts.get(key="noi-dung-2").progress.get(), clerk)

    assert read(again.stored) == PDF


def test_task_takes_no_more_than_its_number_of_files(progress, clerk):
    for number in range(MOST_FILES_PER_TASK):
        add(progress, clerk, content=sample.pdf(str(number)))

    with pytest.raises(files.FileRefused, match="tối đa 10 tệp minh chứng"):
        add(progress, clerk)

    services.remove_evidence(Evidence.objects.first(), by=clerk, now=DURING)
    assert add(progress, clerk).name == NAME


def test_removed_file_may_be_added_again(progress, clerk):
    evidence = add(progress, clerk)

    services.remove_evidence(evidence, by=clerk, now=DURING)
    services.remove_evidence(evidence, by=clerk, now=DURING + datetime.timedelta(hours=1))

    evidence.refresh_from_db()
    assert (evidence.removed_at, evidence.removed_by) == (DURING, clerk)
    assert add(progress, clerk).stored == evidence.stored


def test_locked_part_takes_no_file_and_gives_none_away(complete_report, progress, clerk, head):
    evidence = add(progress, clerk)
    services.submit_report(at(complete_report), by=head, now=DURING)

    with pytest.raises(files.FileRefused, match="Nội dung 1 đang khóa"):
        add(progress, clerk, content=sample.docx(), name="a.docx")
    with pytest.raises(files.FileRefused, match="Nội dung 1 đang khóa"):
        services.remove_evidence(evidence, by=clerk, now=DURING)

    assert list(Evidence.objects.standing()) == [evidence]
    assert StoredFile.objects.count() == 1


# On the part's page, without scripts


def test_form_keeps_the_good_files_and_names_the_bad(client, report, progress, clerk):
    client.force_login(clerk)
    sent = [SimpleUploadedFile(NAME, PDF), SimpleUploadedFile("rỗng.pdf", b""), SimpleUploadedFile("a.exe", b"MZ")]

    response = client.post(address(report, "evidence"), {"files": sent}, follow=True)

    assert response.redirect_chain == [(f"{at(report).url('part', 'noi-dung-1')}#minh-chung-ND-1.1", 302)]
    said = [str(message) for message in response.context["messages"]]
    assert [words.partition(". ")[0] for words in said] == [
        f"Đã thêm minh chứng “{NAME}” cho ND-1.1.",
        "rỗng.pdf: Tệp rỗng (0 byte)",
        "a.exe: Không nhận được loại tệp này: ở đây chỉ nhận PDF, Word (.docx), Excel (.xlsx), ảnh JPEG hoặc ảnh PNG",
    ]
    assert [evidence.name for evidence in Evidence.objects.all()] == [NAME]
    assert NAME in response.content.decode()


def test_form_without_a_file_says_so(client, report, progress, clerk):
    client.force_login(clerk)

    response = client.post(address(report, "evidence"), follow=True)

    assert "Chưa chọn tệp nào." in response.content.decode()


def test_form_with_more_than_the_middleware_lets_through_is_refused_unread(client, report, settings, clerk):
    client.force_login(clerk)
    headers = {"CONTENT_LENGTH": str(5 * settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}

    assert client.post(address(report, "evidence"), **headers).status_code == 400


def test_file_is_removed_by_a_form_and_by_a_script(client, report, progress, clerk):
    client.force_login(clerk)
    first, second = add(progress, clerk), add(progress, clerk, content=sample.docx(), name="b.docx")

    response = client.post(address(report, "remove_evidence", first.pk))
    assert response.url.endswith("/noi-dung-1/#minh-chung-ND-1.1")
    fragment = client.post(address(report, "remove_evidence", second.pk), headers={"HX-Request": "true"})

    assert "Đã gỡ “b.docx”." in fragment.content.decode()
    assert "Chưa có tệp nào." in fragment.content.decode()
    assert not Evidence.objects.standing().exists()


def test_locked_part_shows_files_without_a_way_to_change_them(client, complete_report, progress, clerk, head):
    evidence = add(progress, clerk)
    services.submit_report(at(complete_report), by=head, now=DURING)
    client.force_login(clerk)

    page = client.get(at(complete_report).url("part", "noi-dung-1")).content.decode()

    assert NAME in page
    assert 'type="file"' not in page
    assert address(complete_report, "remove_evidence", evidence.pk) not in page


def test_page_of_a_part_asks_as_often_for_many_files(client, progress, report, clerk):
    client.force_login(clerk)
    page = at(report).url("part", "noi-dung-1")
    add(progress, clerk)
    few = _queries(client, page)

    for number in range(MOST_FILES_PER_TASK - 1):
        add(progress, clerk, content=sample.pdf(str(number)))

    assert _queries(client, page) == few


def _queries(client, page: str) -> int:
    client.get(page)  # what is read once per process
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
    return len(captured)


# Handed out


def test_own_file_is_handed_out_to_be_saved_under_its_name(client, report, progress, clerk):
    evidence = add(progress, clerk)
    client.force_login(clerk)

    response = client.get(address(report, "evidence_file", evidence.pk))

    assert response.getvalue() == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''Bi%C3%AAn%20b%E1%BA%A3n%20h%E1%BB%99i%20ngh%E1%BB%8B%20b%C3%ACnh%20"
        "%C4%91%E1%BA%B3ng%20gi%E1%BB%9Bi.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"


def test_file_that_the_browser_has_is_not_sent_again(client, report, progress, clerk):
    evidence = add(progress, clerk)
    client.force_login(clerk)
    etag = f'"{evidence.stored.sha256}"'

    response = client.get(address(report, "evidence_file", evidence.pk), headers={"If-None-Match": etag})

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)


@pytest.fixture
def submission(complete_report, progress, clerk, head):
    add(progress, clerk)
    return services.submit_report(at(complete_report), by=head, now=DURING)


def submitted_address(submission) -> str:
    return submission.evidence[0]["files"][0]["address"]


def test_submission_names_its_evidence(submission):
    [task] = [task for part in submission.snapshot["parts"] for task in part["tasks"] if task["evidence"]]

    assert (task["code"], task["evidence"]) == (
        "ND-1.1",
        [{"name": NAME, "sha256": hashlib.sha256(PDF).hexdigest(), "size": len(PDF), "kind": "pdf"}],
    )


def test_officer_sees_what_was_submitted_and_nothing_that_came_later(
    client, submission, complete_report, progress, clerk, officer
):
    services.return_report(
        at(complete_report), by=officer, now=DURING, reason="Bổ sung.", reopened_keys=["noi-dung-1"]
    )
    added = add(progress, clerk, content=sample.docx(), name="chưa nộp.docx")
    client.force_login(officer)

    review = client.get(at(complete_report).url("review")).content.decode()
    response = client.get(submitted_address(submission))

    assert NAME in review
    assert "chưa nộp.docx" not in review
    assert response.getvalue() == PDF
    assert client.get(address(complete_report, "evidence_file", added.pk)).status_code == 403
    later = submission.report.url("submitted_file", 1, "ND-1.1", added.stored.sha256)
    assert client.get(later).status_code == 404


def test_file_that_was_taken_away_stays_with_the_submission_that_named_it(
    client, submission, complete_report, clerk, officer
):
    services.return_report(
        at(complete_report), by=officer, now=DURING, reason="Bổ sung.", reopened_keys=["noi-dung-1"]
    )
    evidence = Evidence.objects.get()
    services.remove_evidence(evidence, by=clerk, now=DURING)
    client.force_login(clerk)

    assert client.get(address(complete_report, "evidence_file", evidence.pk)).status_code == 404
    assert client.get(submitted_address(submission)).getvalue() == PDF


def test_files_of_a_withdrawn_submission_are_the_agencys_alone(client, submission, complete_report, head, officer):
    services.withdraw_report(at(complete_report), by=head, now=DURING)

    client.force_login(officer)
    assert client.get(submitted_address(submission)).status_code == 404
    client.force_login(head)
    assert client.get(submitted_address(submission)).getvalue() == PDF


def test_foreign_file_answers_as_one_that_is_not_there(client, cycle, other_agency, other_agency_clerk, clerk):
    foreign = at(cycle.reports.get(agency=other_agency))
    task = foreign.parts.get(key="noi-dung-1").progress.get(task__code="ND-1.1")
    evidence = add(task, other_agency_clerk)
    own = cycle.reports.get(agency__slug="so-y-te")
    client.force_login(clerk)

    assert client.get(address(foreign, "evidence_file", evidence.pk)).status_code == 404
    assert client.get(address(own, "evidence_file", evidence.pk)).status_code == 404
    assert client.get(address(own, "evidence_file", evidence.pk + 1)).status_code == 404


def test_entered_report_names_no_evidence_of_the_draft(report, progress, clerk, officer):
    add(progress, clerk)
    submission = services.enter_report(
        at(report),
        by=officer,
        now=DURING,
        letter_number="187/BC-SYT",
        received_on=DURING.date(),
        scan=SimpleUploadedFile("a.pdf", PDF),
        texts={},
    )

    assert submission.evidence == []


def test_submission_of_before_there_was_evidence_has_none(complete_report, head):
    submission = services.submit_report(at(fill(complete_report)), by=head, now=DURING)
    submission.content = submission.content.replace('"evidence":[],', "")
    assert "evidence" not in submission.content

    assert submission.evidence == []


def test_stored_files_have_no_address_of_their_own(client, submission, clerk):
    client.force_login(clerk)

    assert client.get(f"/media/{StoredFile.objects.get().file.name}").status_code == 404
