"""The administrator's checklist: read from the data, with every step done from the browser."""

import datetime
import io
import socket
from pathlib import Path

import openpyxl
import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assignments.models import Agency, Plan, Role
from reports import deadlines, letterheads, opening, setting_up
from reports.models import MailTest
from tests import factories
from tests.assignments.plan_source import PLAN_FILE
from tests.reports.mail_server import MailServer

NOW = datetime.datetime(2026, 10, 20, 9, 0, tzinfo=deadlines.VIETNAM)


@pytest.fixture
def signed_in(client, administrator):
    client.force_login(administrator)
    return client


def step(key: str) -> setting_up.Step:
    return next(step for step in setting_up.steps(NOW) if step.key == key)


# The checklist


def test_step_that_is_not_done_says_what_is_missing(settings, focal_agency, agency, other_agency, clerk, officer):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.langson.example", 587
    Agency.objects.filter(pk=agency.pk).update(notation="", telephone="")
    assert {s.key: s.missing for s in setting_up.steps(NOW)} == {
        "plan": "",
        "agencies": "1 cơ quan chưa có số điện thoại chung để đôn đốc: Sở Y tế.",
        "letterheads": "2 cơ quan còn thiếu: Sở Lao động - Thương binh và Xã hội (1 dòng tiêu đề rộng quá 66 mm); "
        "Sở Y tế (chưa có ký hiệu).",
        "people": "2 cơ quan chưa có đầu mối (chuyên viên hoặc lãnh đạo): Sở Lao động - Thương binh và Xã hội; Sở Tư "
        "pháp.",
        "dates": "Chưa có kỳ báo cáo nào. Kỳ của năm được tạo sau khi nạp kế hoạch và tiến trình nền chạy.",
        "mail": "Chưa thử gửi thư qua mail.langson.example:587.",
        "scheduler": "Không thấy chạy; cách xử lý ở đầu trang này.",
    }


def test_every_step_is_open_where_there_is_nothing_yet(db):
    assert [s.is_done for s in setting_up.steps(NOW)] == [False] * 7


def test_people_never_invited_are_missing_from_the_people_step(focal_agency, clerk, other_agency_clerk, officer):
    factories.MembershipFactory(agency=focal_agency, user__password="!never set", role=Role.HEAD)

    assert step("people").missing == "1 người chưa được gửi thư mời."
    assert step("people").address == "/thiet-lap/thu-moi/"


def test_dates_of_the_coming_year_are_shown(plan, focal_agency):
    opening.planned_cycle(plan, 2026)

    assert step("dates").present == ("Kỳ báo cáo năm 2026: mở ngày 01/10/2026, hạn nộp đến hết ngày 09/11/2026.")


def test_home_of_an_administrator_is_the_checklist(signed_in, focal_agency):
    page = signed_in.get("/").content.decode()

    assert "Việc thiết lập hệ thống" in page
    assert "Nhập danh sách từ Excel" in page


def test_home_is_folded_up_once_everything_is_done(signed_in, monkeypatch):
    done = setting_up.Step("plan", "Kế hoạch", "Để làm gì.", "Đã nạp.", "", "Xem", "/")
    monkeypatch.setattr(setting_up, "steps", lambda now: [done])

    assert "<summary>Xem lại các bước</summary>" in signed_in.get("/").content.decode()
    assert "<summary>" not in signed_in.get("/thiet-lap/").content.decode()


@pytest.mark.long
def test_checklist_asks_as_often_for_many_agencies(signed_in, plan, focal_agency, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        signed_in.get("/thiet-lap/")
    for number in range(20, 50):
        factories.ParticipantFactory(plan=plan, number=number)

    with django_assert_num_queries(len(few)):
        signed_in.get("/thiet-lap/")


# Letterheads


@pytest.mark.parametrize(
    ("text", "bold", "millimetres"),
    [("Sở Lao động - Thương binh", True, 69.5), ("Thương binh và Xã hội", True, 59.2)],
)
def test_line_is_as_wide_as_it_was_measured_on_paper(text, bold, millimetres):
    assert letterheads.width_of_line(text, bold=bold) == pytest.approx(millimetres, abs=0.4)


def test_letterhead_is_previewed_and_saved(signed_in, agency):
    address = reverse("letterhead", args=[agency.slug])
    wide = "UBND tỉnh Lạng Sơn\n*Sở Thông tin và Truyền thông tỉnh"
    data = {"letterhead": wide, "notation": "SYT", "place": "Lạng Sơn", "signer_lines": "GIÁM ĐỐC"}

    shown = signed_in.post(f"{address}preview/", data, headers={"HX-Request": "true"}).content.decode()
    agency.refresh_from_db()
    assert agency.letterhead[1]["text"] == "Sở Y tế"
    assert "ô chỉ rộng 66 mm" in shown
    assert "/BC-SYT" in shown
    signed_in.post(address, data)

    agency.refresh_from_db()
    assert agency.letterhead[1] == {"text": "Sở Thông tin và Truyền thông tỉnh", "bold": True}
    assert agency.notation == "SYT"


def test_letterhead_without_its_lines_is_refused_and_keeps_what_was_typed(signed_in, agency):
    data = {"letterhead": "", "notation": "SYT2", "place": "Lạng Sơn", "signer_lines": "GIÁM ĐỐC"}

    page = signed_in.post(reverse("letterhead", args=[agency.slug]), data).content.decode()

    assert "SYT2" in page
    agency.refresh_from_db()
    assert len(agency.letterhead) == 2


# The plan's file


def plan_files(**changed: bytes) -> dict:
    text = PLAN_FILE.with_suffix(".txt")
    content = {"plan_file": PLAN_FILE.read_bytes(), "text_file": text.read_bytes()} | changed
    names = {"plan_file": PLAN_FILE.name, "text_file": Path(text).name}
    return {name: SimpleUploadedFile(names[name], content[name]) for name in content}


def test_plan_is_shown_first_and_loaded_whole_then(signed_in):
    shown = signed_in.post("/thiet-lap/ke-hoach/", plan_files())
    assert Plan.objects.count() == 0
    page = shown.content.decode()
    assert "Kế hoạch số 96/KH-UBND" in page

    signed_in.post("/thiet-lap/ke-hoach/load/", {"signed": shown.context["form"].signed})
    assert Plan.objects.get().tasks.count() == 46

    again = signed_in.post("/thiet-lap/ke-hoach/", plan_files()).content.decode()
    assert "không có gì để nạp" in again


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"plan_file": b"number = "}, "ke-hoach-96.toml, dòng 1"),
        ({"plan_file": b"\xff\xfe"}, "ke-hoach-96.toml, dòng 1: không phải UTF-8"),
        ({"plan_file": b"a = " + b"[" * 5000}, "bảng lồng nhau quá sâu"),
        ({"text_file": "Toàn văn khác.".encode()}, "không có đúng như vậy trong toàn văn của kế hoạch"),
    ],
)
def test_plan_with_an_error_is_refused_whole_with_its_place(signed_in, changed, said):
    page = signed_in.post("/thiet-lap/ke-hoach/", plan_files(**changed)).content.decode()

    assert said in page
    assert "Không nạp, dữ liệu giữ nguyên" in page
    assert Plan.objects.count() == 0


def test_files_that_were_tampered_with_are_not_loaded(signed_in):
    shown = signed_in.post("/thiet-lap/ke-hoach/", plan_files())

    signed_in.post("/thiet-lap/ke-hoach/load/", {"signed": shown.context["form"].signed + "x"})

    assert Plan.objects.count() == 0


# Lists to fill in


def rows_in(response) -> list[tuple]:
    workbook = openpyxl.load_workbook(io.BytesIO(response.getvalue()))
    return list(workbook.worksheets[0].iter_rows(values_only=True))


def test_list_of_agencies_can_be_pasted_back(signed_in, plan, focal_agency, agency):
    rows = rows_in(signed_in.get(reverse("agencies_xlsx")))

    text = "\n".join("\t".join(cell or "" for cell in row) for row in rows)
    page = signed_in.post("/thiet-lap/co-quan/", {"text": text}).content.decode()
    assert "Đọc được 3 dòng, tất cả giống dữ liệu trên cổng: không có gì để ghi." in page


def test_list_of_people_names_the_agencies_that_have_nobody(signed_in, agency, other_agency, clerk):
    rows = rows_in(signed_in.get(reverse("people_xlsx")))

    assert [row[2:4] for row in rows[1:]] == [
        ("Sở Tư pháp", "Chuyên viên báo cáo"),
        ("Sở Tư pháp", "Lãnh đạo đơn vị"),
    ]


# Test mails


@pytest.fixture
def mail_server(settings):
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def test_test_mail_leaves_and_the_servers_answer_is_shown(signed_in, mail_server):
    page = signed_in.post("/thiet-lap/thu-thu/", {"address": "Tri@langson.example"}, follow=True).content.decode()

    assert "Thư đã đi" in page
    assert "250 2.0.0 Ok: queued as 1" in page
    assert mail_server.recipients == ["tri@langson.example"]
    assert step("mail").is_done


def test_refusal_is_shown_word_for_word_with_what_to_check(signed_in, mail_server):
    mail_server.on["RCPT"] = lambda address: "550 5.7.1 relaying denied"

    page = signed_in.post("/thiet-lap/thu-thu/", {"address": "tri@langson.example"}, follow=True).content.decode()

    assert "Thư không đi được" in page
    assert "550 5.7.1 relaying denied" in page
    assert "Máy chủ thư không nhận địa chỉ người nhận." in page
    assert not MailTest.objects.get().has_left
    assert "không gửi được" in step("mail").missing


def test_server_that_is_not_there_is_named(signed_in, mail_server, settings):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_PORT = listener.getsockname()[1]

    page = signed_in.post("/thiet-lap/thu-thu/", {"address": "tri@langson.example"}, follow=True).content.decode()

    assert f"Máy 127.0.0.1 không nhận kết nối ở cổng {settings.EMAIL_PORT}." in page


def test_server_that_says_nothing_is_waited_for_no_longer_than_it_is_said(
    signed_in, mail_server, settings, monkeypatch
):
    monkeypatch.setattr("reports.mail_testing.MOST_SECONDS", 0.3)
    monkeypatch.setattr("reports.mail_testing.ANSWER_SECONDS", 0.6)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_PORT = listener.getsockname()[1]
        page = signed_in.post("/thiet-lap/thu-thu/", {"address": "tri@langson.example"}, follow=True)

    assert "không trả lời ở cổng" in page.content.decode()


def test_portal_that_writes_mails_to_files_is_not_set_up(signed_in, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    page = signed_in.post("/thiet-lap/thu-thu/", {"address": "tri@langson.example"}, follow=True).content.decode()

    assert "Chưa khai máy chủ thư" in page
    assert not step("mail").is_done
    assert mail.outbox == []
