"""What can be proved: every reminder, mail and call in one list, as it was; and noting the calls."""

import datetime
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from assignments import addresses
from assignments.models import Membership, Role
from reports import deadlines, delivery, reminders, services
from reports.models import ContactCall, Mail, Report
from reports.proof import entries_of
from tests import factories

pytestmark = pytest.mark.long

YEAR = "/96-kh-ubnd-2018/2026/nhac-nho/"
HEALTH = "/96-kh-ubnd-2018/2026/so-y-te/nhac-nho/"
CALL = "/96-kh-ubnd-2018/2026/so-y-te/call/"


def on(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=deadlines.VIETNAM)


LATE = on(11, 12)


def printed(month: int, day: int) -> datetime.datetime:
    """Return nine o'clock as a cell has it, without a time zone."""
    return on(month, day).replace(tzinfo=None)


def told(cycle, *slugs) -> list[tuple]:
    reports = cycle.reports.select_related("agency")
    entries = entries_of(cycle, reports.filter(agency__slug__in=slugs) if slugs else reports)
    return [(e.agency, e.what, e.name, e.address, e.state.value, e.answer, e.why, e.by) for e in entries]


def note_call(report, officer, *, at=LATE, **fields) -> ContactCall:
    call = {"name": "Nông Thị Chuyên", "telephone": "0205 3810 101", "outcome": "reached"} | fields
    return services.note_call(report, by=officer, at=at, now=at, **call)


def test_list_tells_what_was_sent_and_what_was_not_and_why(season, mail_server):
    mail_server.on["RCPT"] = lambda address: "550 5.1.1 No such user" if "lanhdao@so-y-te" in address else None
    reminders.claim_due_reminders(LATE)
    delivery.deliver_waiting(lambda: LATE)

    what = "Nhắc tự động, mốc quá hạn 3 ngày (hạn 09/11/2026)"
    rows = [row for row in told(season, "so-y-te", "so-tai-chinh") if "3 ngày" in row[1] and "quá" in row[1]]
    queued = mail_server.messages
    assert len(queued) == 4
    refused = "550 5.1.1 No such user"
    assert [row[:5] + row[6:] for row in rows] == [
        ("Sở Tài chính", what, "Vi Thị Đầu", "dau-moi@so-ldtbxh.example", "Đã gửi", "", ""),
        ("Sở Y tế", what, "Nông Thị Chuyên", "chuyenvien@so-y-te.example", "Đã gửi", "", ""),
        (
            "Sở Y tế",
            what,
            "Hoàng Văn Đứng",
            "lanhdao@so-y-te.example",
            "Không gửi",
            f"máy chủ thư từ chối: {refused}",
            "",
        ),
    ]
    assert rows[-1][5] == refused
    assert rows[-2][5].startswith("250 2.0.0 Ok: queued as ")


def test_list_tells_how_late_a_report_was_when_its_milestone_was_caught_up_with(season):
    reminders.claim_due_reminders(on(11, 30))

    [row] = [row for row in told(season, "so-y-te") if row[2] == "Nông Thị Chuyên"]

    assert row[1] == "Nhắc tự động, mốc quá hạn 7 ngày (hạn 09/11/2026); khi nhắc quá hạn 21 ngày"


def test_list_tells_the_milestones_that_were_passed_over(season):
    reminders.claim_due_reminders(LATE)

    passed = [row for row in told(season, "so-y-te") if row[6]]

    assert {row[6] for row in passed} == {"đã đến mốc nhắc sau"}
    assert {row[2] for row in passed} == {"không ai"}


def test_list_tells_that_an_agency_had_nobody_to_remind(season):
    Membership.objects.filter(role__in=(Role.OFFICER, Role.CLERK, Role.HEAD)).delete()
    reminders.claim_due_reminders(LATE)

    [row] = [row for row in told(season, "so-y-te") if row[6] == "không có đầu mối"]

    assert row[2] == "không có đầu mối"


def test_list_keeps_the_address_that_the_mail_went_to(season, clerk, mail_server):
    reminders.claim_due_reminders(LATE)
    delivery.deliver_waiting(lambda: LATE)
    clerk.email = "moi@so-y-te.example"
    clerk.save()

    sent = [row[3] for row in told(season, "so-y-te") if row[2] == "Nông Thị Chuyên"]

    assert sent == ["chuyenvien@so-y-te.example"]


def test_mail_that_came_back_is_told_with_both_servers_words(season, clerk, mail_server):
    reminders.claim_due_reminders(LATE)
    delivery.deliver_waiting(lambda: LATE)
    Mail.objects.filter(recipient=clerk).update(
        bounced_at=LATE, bounce="550 5.1.1 Unknown", server_answer="250 Queued"
    )

    [row] = [row for row in told(season, "so-y-te") if row[2] == "Nông Thị Chuyên"]

    assert (row[4], row[5]) == ("Bị trả về", "250 Queued; báo không tới lúc 09:00 12/11/2026: 550 5.1.1 Unknown")


def test_urging_a_receipt_and_calls_stand_in_order_with_who_did_it(
    season, complete_report, officer, head, mail_server
):
    reports = Report.objects.filter(pk=complete_report.pk).select_related("cycle__plan", "agency")
    services.urge(reports, by=officer, now=LATE)
    delivery.deliver_waiting(lambda: LATE)
    note_call(
        complete_report, officer, at=on(11, 12, 14), outcome="promised", promised_for=datetime.date(2026, 11, 15)
    )
    services.submit_report(complete_report, by=head, now=on(11, 13))
    delivery.deliver_waiting(lambda: on(11, 13))

    assert [(row[1], row[2], row[4], row[7]) for row in told(season, "so-y-te")] == [
        ("Đôn đốc: quá hạn 3 ngày (hạn 09/11/2026)", "Nông Thị Chuyên", "Đã gửi", "Vi Thị Đầu"),
        ("Đôn đốc: quá hạn 3 ngày (hạn 09/11/2026)", "Hoàng Văn Đứng", "Đã gửi", "Vi Thị Đầu"),
        ("Đã gọi, hẹn nộp ngày 15/11/2026", "Nông Thị Chuyên", "Đã gọi", "Vi Thị Đầu"),
        ("Phiếu tiếp nhận báo cáo", "Hoàng Văn Đứng", "Đã gửi", "Hoàng Văn Đứng"),
        ("Phiếu tiếp nhận báo cáo", "Nông Thị Chuyên", "Đã gửi", "Hoàng Văn Đứng"),
    ]


# The pages


def test_year_page_shows_what_the_address_asks_for(client, season, report, officer):
    reminders.claim_due_reminders(LATE)
    note_call(report, officer)
    client.force_login(officer)

    calls = client.get(YEAR, {"loc": "cuoc-goi"})
    other = client.get(YEAR, {"don-vi": "so-tu-phap"})

    assert [entry.what for entry in calls.context["page"].object_list] == ["Đã gọi, đã nhắc"]
    assert {entry.agency for entry in other.context["page"].object_list} == {"Sở Tư pháp"}
    assert client.get(YEAR, {"loc": "khong-co"}).context["chosen"].filter == "tat-ca"


def test_agency_reads_its_own_list_and_not_the_years(client, season, report, officer, clerk):
    note_call(report, officer)
    client.force_login(clerk)

    page = client.get(HEALTH)

    assert [entry.what for entry in page.context["page"].object_list] == ["Đã gọi, đã nhắc"]
    assert "Ghi cuộc gọi" not in page.content.decode()
    assert client.get(YEAR).status_code == 403


def test_empty_list_says_why(client, season, officer):
    client.force_login(officer)

    assert "Chưa có lần nhắc, thư hay cuộc gọi nào" in client.get(HEALTH).content.decode()


def test_year_page_asks_the_same_queries_for_one_row_and_for_thirty(client, season, report, officer):
    client.force_login(officer)
    counts = []
    for rows in (1, 30):
        for number in range(rows):
            note_call(report, officer, note=f"{rows}, {number}")
        client.get(YEAR)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(YEAR).status_code == 200
        counts.append(len(queries))
        if rows == 1:
            reminders.claim_due_reminders(LATE)

    assert counts[0] == counts[1]


def test_workbook_has_the_rows_of_the_page_oldest_first_and_no_formulas(client, season, report, officer):
    note_call(report, officer, note="=1+1")
    note_call(report, officer, at=on(11, 11), outcome="not_reached", name="=HYPERLINK(1)")
    client.force_login(officer)

    answer = client.get(f"{HEALTH[:-1]}.xlsx")

    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)] == [
        [
            1, "Sở Y tế", "Không liên lạc được", printed(11, 11), "=HYPERLINK(1)", "0205 3810 101",
            printed(11, 11), "Không gặp", "", "", "Vi Thị Đầu",
        ],
        [
            2, "Sở Y tế", "Đã gọi, đã nhắc. =1+1", printed(11, 12), "Nông Thị Chuyên",
            "0205 3810 101", printed(11, 12), "Đã gọi", "", "", "Vi Thị Đầu",
        ],
    ]  # fmt: skip
    assert {cell.data_type for row in sheet.iter_rows(min_row=5) for cell in row if cell.value} == {"n", "s", "d"}
    assert sheet["A1"].value == ("Các lần nhắc, đôn đốc nộp báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND")


# Noting a call


@pytest.fixture
def at_two(time_machine):
    time_machine.move_to(on(11, 12, 14, 5), tick=False)


def test_list_of_the_year_leads_to_the_call_and_shows_it_afterwards(client, season, clerk, officer, at_two):
    clerk.telephone = "0205 3810 101"
    clerk.save()
    # The alarm about people whom mail may not reach names their telephones too.
    addresses.confirm(clerk, now=LATE)
    client.force_login(officer)
    year = client.get("/96-kh-ubnd-2018/2026/").content.decode()
    assert (year.count(f'href="{CALL}"'), year.count('href="tel:02053810101"')) == (1, 1)

    form = client.get(CALL)
    assert form.context["form"]["time"].value() == datetime.time(14, 5)
    answer = client.post(
        CALL,
        {"line": clerk.pk, "outcome": "promised", "promised_for": "15/11/2026", "time": "13:40", "note": "Đang ký."},
    )

    assert answer["Location"] == "/96-kh-ubnd-2018/2026/#so-y-te"
    call = ContactCall.objects.get()
    assert (call.at, call.noted_at, call.by, call.name, call.telephone, call.note) == (
        on(11, 12, 13, 40), on(11, 12, 14, 5), officer, "Nông Thị Chuyên, chuyên viên báo cáo", "0205 3810 101",
        "Đang ký.",
    )  # fmt: skip
    after = client.get("/96-kh-ubnd-2018/2026/").content.decode()
    assert "Đã gọi, hẹn nộp ngày 15/11/2026 (13:40 12/11)" in after


@pytest.mark.parametrize(
    ("changes", "field", "error"),
    [
        ({"time": "14:06"}, "time", "Giờ gọi không thể sau lúc này. Hãy ghi giờ đã gọi trong hôm nay."),
        ({"promised_for": ""}, "promised_for", "Hãy ghi ngày cơ quan hẹn nộp, hoặc chọn “Đã gọi, đã nhắc”."),
        ({"promised_for": "11/11/2026"}, "promised_for", "Ngày hẹn không thể trước hôm nay."),
        (
            {"promised_for": "14/11/2027"},
            "promised_for",
            "Ngày hẹn tối đa là một năm kể từ hôm nay. Hãy kiểm tra lại năm.",
        ),
        (
            {"outcome": "reached"},
            "promised_for",
            "Chỉ ghi ngày hẹn khi kết quả là “Đã gọi, hẹn ngày nộp”. Hãy chọn kết quả ấy, hoặc xóa ngày hẹn.",
        ),
        ({"line": "khac"}, "other_name", "Hãy ghi tên người đã gọi."),
        (
            {"line": "khac", "other_name": "Ông Tô Văn Ba", "other_telephone": "không có số"},
            "other_telephone",
            "Số điện thoại không hợp lệ: hãy ghi bằng chữ số, ví dụ 0205 3812 000 hoặc 0912 345 678.",
        ),
        (
            {"note": "Gọi lần 2" + "." * 500},
            "note",
            "Chỉ được nhập tối đa 500 ký tự (hiện có 509 ký tự). Vui lòng rút ngắn.",
        ),
    ],
)
def test_call_that_cannot_be_so_is_refused_and_nothing_typed_is_lost(
    client, season, clerk, officer, at_two, changes, field, error
):
    client.force_login(officer)
    data = {
        "line": clerk.pk,
        "outcome": "promised",
        "promised_for": "15/11/2026",
        "time": "14:05",
        "note": "Gọi lần 2",
    }

    page = client.post(CALL, data | changes)

    assert page.context["form"].errors == {field: [error]}
    assert "Gọi lần 2" in page.content.decode()
    assert ContactCall.objects.count() == 0


def test_call_to_somebody_else_keeps_their_name_and_number(client, season, clerk, officer, at_two):
    client.force_login(officer)

    client.post(
        CALL,
        {
            "line": "khac", "other_name": "Ông Tô Văn Ba", "other_telephone": "0912 345 678", "outcome": "reached",
            "time": "14:05",
        },
    )  # fmt: skip

    call = ContactCall.objects.get()
    assert (call.name, call.telephone, call.promised_for) == ("Ông Tô Văn Ba", "0912 345 678", None)


@pytest.mark.parametrize("changes", [{}, {"time": "14:04"}, {"time": "14:06"}])
def test_call_sent_again_from_the_page_gone_back_to_is_noted_once(
    client, season, clerk, officer, time_machine, changes
):
    time_machine.move_to(on(11, 12, 14, 5), tick=False)
    client.force_login(officer)
    data = {
        "line": clerk.pk,
        "outcome": "promised",
        "promised_for": "15/11/2026",
        "time": "14:05",
        "note": "Đang ký.",
    }
    client.post(CALL, data)

    time_machine.move_to(on(11, 12, 14, 7), tick=False)
    answer = client.post(CALL, data | changes, follow=True)

    assert ContactCall.objects.count() == 1
    assert [str(message) for message in answer.context["messages"]][-1] == (
        "Đã ghi cuộc gọi tới Sở Y tế: đã gọi, hẹn nộp ngày 15/11/2026."
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"note": "Gọi lại."},
        {"outcome": "not_reached"},
        {"name": "Hoàng Văn Đứng"},
        {"telephone": "0205 3810 102"},
        {"at": on(11, 12, 8, 30)},
    ],
)
def test_call_that_differs_is_another(season, report, officer, changes):
    first = note_call(report, officer)
    call = {"name": first.name, "telephone": first.telephone, "outcome": "reached", "at": LATE} | changes
    services.note_call(report, by=officer, now=LATE + datetime.timedelta(minutes=1), **call)

    assert ContactCall.objects.count() == 2


def test_same_call_three_minutes_later_is_another(season, report, officer):
    note_call(report, officer)
    note_call(report, officer, at=LATE + datetime.timedelta(minutes=3))

    assert ContactCall.objects.count() == 2


def test_box_for_the_note_is_not_cut_by_the_browser(client, season, officer, at_two):
    client.force_login(officer)

    assert "maxlength" not in client.get(CALL).context["form"]["note"].as_widget()


def test_call_is_noted_by_officers_alone(season, report, head):
    with pytest.raises(PermissionDenied):
        note_call(report, head)


def test_agency_with_nobody_is_called_under_its_own_number(client, season, officer, at_two):
    client.force_login(officer)

    page = client.get("/96-kh-ubnd-2018/2026/so-tai-chinh/call/")

    assert [(line.label, line.telephone) for line in page.context["lines"]] == [
        ("Sở Tài chính, số máy cơ quan", "0205 3812 000")
    ]


def test_people_who_left_are_not_offered(client, season, clerk, officer, at_two):
    Membership.objects.filter(user=clerk).update(valid_to=datetime.date(2026, 11, 1))
    client.force_login(officer)

    page = client.get(CALL)

    assert "Nông Thị Chuyên" not in page.content.decode()
    assert factories.PASSWORD not in page.content.decode()
