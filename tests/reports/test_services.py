"""What people do to reports: nothing is lost, nothing is done twice."""

import datetime
import unicodedata

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from assignments.models import User
from reports import completeness, deadlines, opening, services
from reports.models import Document, Mail, Report, ReportEvent, Submission, TaskProgress
from reports.services import SaveConflict
from reports.workflow import TransitionRefused
from tests import factories
from tests.conftest import DURING, YEAR
from tests.simultaneous import at_the_same_moment

LATER = DURING + datetime.timedelta(hours=1)
REASON = "Đề nghị bổ sung số liệu."
OLD_PAGE = "1" * 32


def at(report) -> Report:
    """Return the report as a new request would read it."""
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


def part_of(report, key):
    return report.parts.get(key=key)


def save(report, key, *, by, version=None, text="", difficulties="", progress=None, now=DURING, page="", edit=0):
    part = part_of(report, key)
    return services.save_part(
        part,
        by=by,
        now=now,
        version=part.version if version is None else version,
        page=page,
        edit=edit,
        text=text,
        difficulties=difficulties,
        progress=progress or {},
    )


def enter(report, by, *, texts=None, received_on=datetime.date(2026, 10, 19)):
    return services.enter_report(
        at(report),
        by=by,
        now=DURING,
        letter_number="187/BC-SYT",
        received_on=received_on,
        scan=SimpleUploadedFile("bao-cao.pdf", b"%PDF-1.7"),
        texts=texts or {},
    )


# Writing

# What comes out of Word: no-break spaces, tabs, hyphens of every kind, rare letters, signs beyond U+FFFF.
AWKWARD = "\u00a0 Đã tổ chức\t12 hội nghị\n\n– 1.260 lượt người; đạt 35,1% …  \U0001f469\u200d\U0001f33e Ǘ\n \u00a0"


def test_save_part_keeps_every_character(report, clerk):
    save(report, "nhiem-vu-07-1", by=clerk, text=AWKWARD, difficulties=AWKWARD[::-1])

    part = part_of(report, "nhiem-vu-07-1")
    assert (part.text, part.difficulties) == (AWKWARD, AWKWARD[::-1])
    assert (part.version, part.saved_at, part.saved_by) == (1, DURING, clerk)


def test_save_part_keeps_fifty_thousand_letters(report, clerk):
    text = unicodedata.normalize("NFC", "Nguyễn Thị Hường ") * 3000

    save(report, "chi-dao", by=clerk, text=text)

    assert part_of(report, "chi-dao").text == text


def test_save_part_sets_only_the_statuses_it_was_given(report, clerk):
    save(report, "noi-dung-1", by=clerk, progress={"ND-1.1": ("done", "")})
    save(report, "noi-dung-1", by=clerk, progress={"ND-1.2": ("not_started", "Chưa có kinh phí.")})

    rows = part_of(report, "noi-dung-1").progress.values_list("task__code", "status", "reason")
    assert list(rows) == [("ND-1.1", "done", ""), ("ND-1.2", "not_started", "Chưa có kinh phí.")]


def test_save_part_leaves_a_task_of_another_part_alone(report, clerk):
    save(report, "noi-dung-1", by=clerk, progress={"ND-2.1": ("done", "")})

    assert list(part_of(report, "noi-dung-2").progress.values_list("status", flat=True)) == [""]


def test_save_part_makes_its_writer_one_who_had_a_part(report, clerk):
    save(report, "chi-dao", by=clerk, text="Đã chỉ đạo.")

    assert list(report.writers.all()) == [clerk]


def test_save_part_by_who_does_not_work_for_the_agency_is_refused(report, officer, other_agency_clerk):
    for stranger in (officer, other_agency_clerk):
        with pytest.raises(PermissionDenied):
            save(report, "chi-dao", by=stranger, text="Của người khác.")

    assert (part_of(report, "chi-dao").text, part_of(report, "chi-dao").version) == ("", 0)


def test_second_save_of_the_same_page_is_a_conflict_and_overwrites_nothing(report, clerk, head):
    save(report, "noi-dung-1", by=clerk, version=0, text="Của chuyên viên.", progress={"ND-1.1": ("done", "")})

    with pytest.raises(SaveConflict) as conflict:
        save(report, "noi-dung-1", by=head, version=0, text="Của lãnh đạo.", progress={"ND-1.1": ("under_way", "")})

    part = part_of(report, "noi-dung-1")
    assert (part.text, part.version, part.saved_by) == ("Của chuyên viên.", 1, clerk)
    assert part.progress.get(task__code="ND-1.1").status == "done"
    assert list(report.writers.all()) == [clerk]
    assert conflict.value.part.version == 1
    assert str(conflict.value) == (
        "Nông Thị Chuyên đã ghi phần này lúc 09:00 20/10/2026, sau khi bạn mở trang. "
        "Nội dung của bạn chưa được ghi và vẫn còn trong ô bên dưới."
    )


def test_save_after_a_conflict_with_the_version_read_anew_succeeds(report, clerk, head):
    save(report, "chi-dao", by=clerk, version=0, text="Của chuyên viên.")

    save(report, "chi-dao", by=head, version=1, text="Của lãnh đạo.")

    assert (part_of(report, "chi-dao").text, part_of(report, "chi-dao").version) == ("Của lãnh đạo.", 2)


def test_save_of_a_version_that_never_was_is_a_conflict(report, clerk):
    with pytest.raises(SaveConflict) as conflict:
        save(report, "chi-dao", by=clerk, version=7, text="Của chuyên viên.")

    assert str(conflict.value).startswith("Phần này đã thay đổi, sau khi bạn mở trang.")
    assert part_of(report, "chi-dao").text == ""


def test_two_people_write_two_parts_without_a_conflict(report, clerk, head):
    save(report, "chi-dao", by=clerk, version=0, text="Chỉ đạo.")
    save(report, "danh-gia", by=head, version=0, text="Đánh giá.")

    assert set(report.writers.all()) == {clerk, head}


def submit(report, clerk, head, officer):
    services.submit_report(at(report), by=head, now=DURING)


def accept(report, clerk, head, officer):
    submit(report, clerk, head, officer)
    services.accept_report(at(report), by=officer, now=DURING)


def send_up(report, clerk, head, officer):
    services.send_up(at(report), by=clerk, now=DURING)


def excuse(report, clerk, head, officer):
    Report.objects.filter(pk=report.pk).update(excused_at=DURING, excused_by=officer, excused_reason="Giải thể.")


@pytest.mark.parametrize(
    ("lock", "status"),
    [
        (send_up, "Chờ lãnh đạo duyệt"),
        (submit, "Đã nộp"),
        (accept, "Đã chấp nhận"),
        (excuse, "Đang soạn"),
    ],
)
def test_save_part_of_a_report_that_is_not_open_is_refused(lock, status, complete_report, clerk, head, officer):
    lock(complete_report, clerk, head, officer)
    before = list(complete_report.parts.values()), list(TaskProgress.objects.values())

    with pytest.raises(TransitionRefused) as refusal:
        save(complete_report, "noi-dung-1", by=clerk, text="Mới.", progress={"ND-1.1": ("under_way", "")})

    assert str(refusal.value) == (
        f"Phần này đang khóa vì báo cáo ở trạng thái “{status}”. "
        "Nội dung bạn vừa nhập chưa được ghi; hãy sao chép lại trước khi rời trang."
    )
    assert (list(complete_report.parts.values()), list(TaskProgress.objects.values())) == before
    assert list(complete_report.writers.all()) == []


def test_nothing_to_report_where_a_text_was_written_is_refused(report, clerk):
    save(report, "noi-dung-1", by=clerk, text="Đã viết trước đó.", progress={"ND-1.1": ("done", "")})

    with pytest.raises(TransitionRefused, match="hãy xóa nội dung"):
        services.mark_nothing_to_report(
            part_of(report, "noi-dung-1"), by=clerk, now=LATER, version=1, reason="Không phát sinh."
        )

    part = part_of(report, "noi-dung-1")
    assert (part.text, part.version) == ("Đã viết trước đó.", 1)
    assert part.progress.get(task__code="ND-1.1").status == "done"


def test_nothing_to_report_marks_the_whole_area(report, clerk):
    services.mark_nothing_to_report(
        part_of(report, "noi-dung-1"), by=clerk, now=LATER, version=0, reason="Không phát sinh."
    )

    part = part_of(report, "noi-dung-1")
    assert (part.text, part.version, part.saved_at) == ("", 1, LATER)
    rows = part.progress.values_list("status", "reason")
    assert list(rows) == [("nothing_to_report", "Không phát sinh.")] * 2


def test_nothing_to_report_on_a_page_that_is_out_of_date_changes_nothing(report, clerk, head):
    page = part_of(report, "noi-dung-1")
    save(report, "noi-dung-1", by=head, text="Của lãnh đạo.", progress={"ND-1.1": ("done", "")})

    with pytest.raises(SaveConflict):
        services.mark_nothing_to_report(page, by=clerk, now=LATER, version=0, reason="Không phát sinh.")

    assert part_of(report, "noi-dung-1").text == "Của lãnh đạo."
    assert part_of(report, "noi-dung-1").progress.get(task__code="ND-1.1").status == "done"


# Submitting


def test_submit_issues_a_numbered_receipt_for_what_the_report_says(complete_report, head):
    submission = services.submit_report(at(complete_report), by=head, now=DURING)

    assert (submission.number, submission.receipt_number) == (1, "01/PTN-96-KH-UBND/2026")
    assert (submission.submitted_at, submission.received_at, submission.submitted_by) == (DURING, DURING, head)
    assert (submission.without_head, submission.is_entered, submission.letter_number) == (False, False, "")
    assert len(submission.sha256) == 64
    assert [(d.kind, d.submission) for d in Document.objects.order_by("kind")] == [
        ("docx", submission),
        ("pdf", submission),
        ("xlsx", submission),
    ]


def test_submit_again_after_a_return_is_the_second_submission(complete_report, clerk, head, officer):
    submit(complete_report, clerk, head, officer)
    services.return_report(at(complete_report), by=officer, now=DURING, reason=REASON, reopened_keys=["chi-dao"])
    save(complete_report, "chi-dao", by=clerk, text="Đã bổ sung.")

    again = services.submit_report(at(complete_report), by=head, now=LATER)

    assert again.number == 2
    first, second = complete_report.submissions.all()
    assert first.sha256 != second.sha256
    assert at(complete_report).standing_submission == second


def test_submit_by_the_clerk_is_marked_where_no_head_has_signed_in(complete_report, clerk):
    submission = services.submit_report(at(complete_report), by=clerk, now=DURING)

    assert (submission.without_head, submission.submitted_by) == (True, clerk)


def test_submit_by_a_head_is_not_marked_whoever_has_signed_in(complete_report, head):
    head.last_login = None
    head.save()

    assert services.submit_report(at(complete_report), by=head, now=DURING).without_head is False


def test_submit_from_awaiting_approval_is_the_heads_approval(complete_report, clerk, head, officer):
    send_up(complete_report, clerk, head, officer)

    services.submit_report(at(complete_report), by=head, now=LATER)

    events = complete_report.events.values_list("kind", "by__full_name", "from_status", "to_status")
    assert list(events) == [
        ("opened", None, "", "draft"),
        ("sent_up", "Nông Thị Chuyên", "draft", "awaiting_approval"),
        ("submitted", "Hoàng Văn Đứng", "awaiting_approval", "submitted"),
    ]


def test_submit_refused_leaves_no_submission_and_no_document(report, head):
    with pytest.raises(TransitionRefused):
        services.submit_report(at(report), by=head, now=DURING)

    assert (Submission.objects.count(), Document.objects.count(), report.events.count()) == (0, 0, 1)


# Withdrawing


def test_withdraw_keeps_the_submission_and_says_who_took_it_back(complete_report, clerk, head, officer):
    submit(complete_report, clerk, head, officer)

    services.withdraw_report(at(complete_report), by=head, now=LATER)

    submission = complete_report.submissions.get()
    assert (submission.withdrawn_at, submission.withdrawn_by) == (LATER, head)
    assert at(complete_report).standing_submission is None


def test_withdraw_after_a_return_takes_back_the_newest_only(complete_report, clerk, head, officer):
    submit(complete_report, clerk, head, officer)
    services.return_report(at(complete_report), by=officer, now=DURING, reason=REASON, reopened_keys=["chi-dao"])
    services.submit_report(at(complete_report), by=head, now=LATER)

    services.withdraw_report(at(complete_report), by=head, now=LATER)

    assert list(complete_report.submissions.values_list("number", "withdrawn_at")) == [(1, None), (2, LATER)]
    assert at(complete_report).standing_submission.number == 1
    services.submit_report(at(complete_report), by=head, now=LATER)
    assert at(complete_report).standing_submission.number == 3


# Entering what came by letter


def test_enter_takes_the_letters_number_day_and_scan(report, officer):
    submission = enter(report, officer)

    assert (submission.number, submission.letter_number, submission.is_entered) == (1, "187/BC-SYT", True)
    assert submission.received_at == deadlines.midnight(datetime.date(2026, 10, 19))
    assert (submission.submitted_at, submission.submitted_by) == (DURING, officer)
    with submission.letter_scan.open() as scan:
        assert scan.read() == b"%PDF-1.7"
    assert report.events.get(kind="entered").note == "Báo cáo giấy số 187/BC-SYT"
    assert list(report.writers.all()) == [officer]


def test_enter_needs_nothing_but_the_letter(report, officer):
    assert completeness.missing_in(report)

    enter(report, officer)

    assert at(report).status == "submitted"


def test_enter_submits_the_letters_words_and_nothing_of_the_agencys_draft(report, clerk, officer):
    save(report, "chi-dao", by=clerk, text="Nháp chỉ đạo.")
    save(report, "noi-dung-1", by=clerk, text="Nháp nội dung 1.", progress={"ND-1.1": ("not_started", "Nháp lý do.")})
    save(report, "nhiem-vu-07-1", by=clerk, difficulties="Nháp khó khăn.")

    submission = enter(report, officer, texts={"chi-dao": "Lời trong công văn.", "kinh-phi": ""})

    texts = {part["key"]: part["text"] for part in submission.snapshot["parts"] if part["text"]}
    assert texts == {"chi-dao": "Lời trong công văn."}
    assert "Nháp" not in submission.content
    assert {task["status"] for part in submission.snapshot["parts"] for task in part["tasks"]} == {""}


def test_enter_keeps_what_the_agency_had_drafted(report, clerk, officer):
    save(report, "chi-dao", by=clerk, text="Bản nháp của Sở Y tế.")

    enter(report, officer, texts={"chi-dao": "Lời trong công văn.", "danh-gia": "Đánh giá trong công văn."})

    kept, filled = part_of(report, "chi-dao"), part_of(report, "danh-gia")
    assert (kept.text, kept.version, kept.saved_by) == ("Bản nháp của Sở Y tế.", 1, clerk)
    assert (filled.text, filled.version, filled.saved_by) == ("Đánh giá trong công văn.", 1, officer)


def test_page_open_since_before_the_letter_was_entered_overwrites_nothing(report, clerk, officer, second_officer):
    for edit, text in enumerate(("Nháp.", ""), start=1):
        save(report, "chi-dao", by=clerk, text=text, page=OLD_PAGE, edit=edit)
    enter(report, officer, texts={"chi-dao": "Lời trong công văn."})
    services.return_report(at(report), by=second_officer, now=DURING, reason=REASON, reopened_keys=["chi-dao"])

    with pytest.raises(SaveConflict):
        save(report, "chi-dao", by=clerk, version=2, text="Chữ mới gõ.", page=OLD_PAGE, edit=3)

    assert part_of(report, "chi-dao").text == "Lời trong công văn."


def test_enter_keeps_the_reasons_of_the_draft_in_the_search(report, clerk, officer):
    save(report, "noi-dung-1", by=clerk, progress={"ND-1.1": ("not_started", "Tảo hôn")})

    enter(report, officer, texts={"noi-dung-1": "Lời trong công văn."})

    assert part_of(report, "noi-dung-1").search_text.split("\n") == ["loi trong cong van.", "", "tao hon", ""]


def test_entered_report_is_decided_by_another_officer(report, officer, second_officer):
    enter(report, officer)

    with pytest.raises(PermissionDenied):
        services.accept_report(at(report), by=officer, now=LATER)
    services.accept_report(at(report), by=second_officer, now=LATER)

    assert at(report).status == "accepted"


# Deciding


def writable(report) -> list[str]:
    return [part.key for part in at(report).parts.all() if part.is_writable]


def test_return_reopens_the_named_parts_alone(complete_report, clerk, head, officer):
    submit(complete_report, clerk, head, officer)

    services.return_report(
        at(complete_report), by=officer, now=DURING, reason=REASON, reopened_keys=["noi-dung-2", "danh-gia"]
    )

    assert writable(complete_report) == ["noi-dung-2", "danh-gia"]
    save(complete_report, "danh-gia", by=clerk, text="Đã sửa.")
    with pytest.raises(TransitionRefused):
        save(complete_report, "chi-dao", by=clerk, text="Không được sửa.")
    assert part_of(complete_report, "danh-gia").text == "Đã sửa."
    assert part_of(complete_report, "chi-dao").text == "Đã tổ chức 12 hội nghị cho 1.260 lượt người."


def test_return_again_reopens_other_parts(complete_report, clerk, head, officer):
    submit(complete_report, clerk, head, officer)
    for keys in (["noi-dung-2"], ["danh-gia"]):
        services.return_report(at(complete_report), by=officer, now=DURING, reason=REASON, reopened_keys=keys)
        assert writable(complete_report) == keys
        services.submit_report(at(complete_report), by=head, now=DURING)


def test_return_reopens_what_the_letter_left_open_too(report, clerk, head, officer, second_officer):
    enter(report, officer, texts=dict.fromkeys(("chi-dao", "danh-gia", "phuong-huong"), "Lời trong công văn."))

    services.return_report(at(report), by=second_officer, now=DURING, reason=REASON, reopened_keys=["danh-gia"])

    assert writable(report) == ["noi-dung-1", "noi-dung-2", "nhiem-vu-07-1", "danh-gia"]


def test_reopen_opens_every_part(complete_report, clerk, head, officer):
    submit(complete_report, clerk, head, officer)
    services.return_report(at(complete_report), by=officer, now=DURING, reason=REASON, reopened_keys=["danh-gia"])
    accept(complete_report, clerk, head, officer)

    services.reopen_report(at(complete_report), by=officer, now=LATER, reason=REASON)

    assert writable(complete_report) == [part.key for part in complete_report.parts.all()]
    assert at(complete_report).returned_at == LATER


def test_decision_queues_one_mail_to_each_of_the_agencys_people(
    complete_report, clerk, head, officer, other_agency_clerk, focal_head
):
    submit(complete_report, clerk, head, officer)

    services.return_report(at(complete_report), by=officer, now=DURING, reason=REASON, reopened_keys=["danh-gia"])
    services.submit_report(at(complete_report), by=head, now=LATER)
    services.accept_report(at(complete_report), by=officer, now=LATER)

    decisions = Mail.objects.exclude(kind="report_submitted").order_by("event", "recipient__full_name")
    assert list(decisions.values_list("kind", "recipient__full_name", "due_from")) == [
        ("report_returned", "Hoàng Văn Đứng", DURING),
        ("report_returned", "Nông Thị Chuyên", DURING),
        ("report_accepted", "Hoàng Văn Đứng", LATER),
        ("report_accepted", "Nông Thị Chuyên", LATER),
    ]


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_twenty_submits_at_the_same_moment_make_one_submission(complete_report, head):
    def click():
        return services.submit_report(at(complete_report), by=User.objects.get(pk=head.pk), now=DURING)

    answers = at_the_same_moment([click] * 20)

    made = [answer for answer in answers if isinstance(answer, Submission)]
    refused = [answer for answer in answers if isinstance(answer, TransitionRefused)]
    assert (len(made), len(refused)) == (1, 19)
    assert list(Submission.objects.all()) == made
    assert ReportEvent.objects.filter(kind="submitted").count() == 1
    assert Document.objects.count() == len(Document.Kind)


@pytest.mark.django_db(transaction=True)
def test_saves_of_the_same_page_at_the_same_moment_lose_nothing(report, clerk):
    def write(n):
        return lambda: save(report, "chi-dao", by=User.objects.get(pk=clerk.pk), version=0, text=f"Bản {n}.")

    answers = at_the_same_moment([write(n) for n in range(6)])

    saved = [answer for answer in answers if not isinstance(answer, SaveConflict)]
    assert len(saved) == 1
    assert (part_of(report, "chi-dao").text, part_of(report, "chi-dao").version) == (saved[0].text, 1)


@pytest.mark.django_db(transaction=True)
def test_withdraw_and_take_at_the_same_moment_are_not_both_done(complete_report, clerk, head, officer):
    submit(complete_report, clerk, head, officer)

    answers = at_the_same_moment(
        [
            lambda: services.withdraw_report(at(complete_report), by=User.objects.get(pk=head.pk), now=LATER),
            lambda: services.take_report(at(complete_report), by=User.objects.get(pk=officer.pk), now=LATER),
        ]
    )

    assert sorted(type(answer) for answer in answers if answer) == [TransitionRefused]
    report = at(complete_report)
    assert (report.status, report.taken_by) in [("draft", None), ("submitted", officer)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_planned", [False, True])
def test_openings_at_the_same_moment_make_every_report_once(is_planned, plan, agency, other_agency, focal_agency):
    if is_planned:
        opening.planned_cycle(plan, YEAR)

    answers = at_the_same_moment([lambda: opening.open_cycle(plan, YEAR, by=None, now=DURING)] * 4)

    assert sorted(made for _, made in answers) == [0, 0, 0, 3]
    assert Report.objects.count() == 3
    assert ReportEvent.objects.filter(kind="opened").count() == 3


@pytest.mark.django_db(transaction=True)
def test_openings_at_the_same_moment_add_a_newcomer_once(plan, agency, focal_agency):
    opening.open_cycle(plan, YEAR, by=None, now=DURING)
    factories.ParticipantFactory(plan=plan, number=14)

    answers = at_the_same_moment([lambda: opening.open_cycle(plan, YEAR, by=None, now=LATER)] * 4)

    assert sorted(made for _, made in answers) == [0, 0, 0, 1]
    assert Report.objects.count() == 3


def test_report_by_letter_is_not_accepted_among_others_while_it_lacks_something(
    client, report, officer, second_officer
):
    enter(report, officer)
    client.force_login(second_officer)
    base = report.cycle.get_absolute_url()

    queue = client.get(f"{base}hang-doi/").content.decode()
    page = client.get(report.url("review")).content.decode()

    gaps = completeness.missing_in(at(report))
    assert f"còn thiếu {len(gaps)} mục, xem từng báo cáo rồi mới chấp nhận" in queue
    assert 'name="bao-cao"' not in queue
    assert f"Báo cáo còn thiếu {len(gaps)} mục" in page
    assert "cũng được mở vì còn thiếu nội dung" in page
    assert "Hạn nộp lại: đơn vị có đến hết ngày <strong>" in page


def test_history_parts_what_is_to_be_mended_from_what_reopens_for_its_gaps(report, officer, second_officer):
    enter(report, officer)
    gaps = {gap.part.key for gap in completeness.missing_in(at(report))}
    mended = report.parts.exclude(key__in=gaps).first()

    services.return_report(at(report), by=second_officer, now=DURING, reason="Thiếu.", reopened_keys=[mended.key])

    note = report.events.get(kind="returned").note
    assert note.startswith(f"Mở lại {mended.title}. Phần còn thiếu cũng được mở: ")


def test_choosing_nothing_to_accept_stays_in_the_list(client, report, officer):
    client.force_login(officer)

    answer = client.get(f"{report.cycle.get_absolute_url()}hang-doi/accept/", follow=True)

    assert answer.redirect_chain == [(f"{report.cycle.get_absolute_url()}hang-doi/", 302)]
    assert "Chưa chọn báo cáo nào để chấp nhận." in answer.content.decode()
