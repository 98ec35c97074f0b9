"""The urging letter and the annex of reminders: what stands in them, and how they become files."""

import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied

from assignments.models import Role
from reports import deadlines, reminders, services
from reports.documents import orders
from reports.documents.docx import render_docx
from reports.documents.html import page_html
from reports.documents.tree import Paragraph, Table
from reports.models import CalendarException, Document, Printout, Report
from reports.proof import entries_of
from reports.standing import in_plan_order, standings
from tests import factories

LETTER = "/96-kh-ubnd-2018/2026/cong-van-don-doc/"
PRINT = "/96-kh-ubnd-2018/2026/nhac-nho/print/"


def on(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=deadlines.VIETNAM)


LATE = on(11, 12, 14, 5)


@pytest.fixture(autouse=True)
def _late(time_machine):
    time_machine.move_to(LATE, tick=False)


def owed(cycle):
    reports = Report.objects.filter(cycle=cycle).select_related("cycle__plan", "agency")
    corrections = CalendarException.objects.as_corrections()
    return [row for row in in_plan_order(standings(reports, now=LATE, corrections=corrections)) if row.is_owed]


def letter_of(cycle, officer, chosen, **wording):
    words = services.letter_wording(cycle, by=officer, now=LATE) | wording
    content = services.letter_content(cycle, chosen, words, by=officer)
    return services.print_letter(cycle, content, by=officer, now=LATE)


def document_xml(packed: bytes) -> str:
    with ZipFile(BytesIO(packed)) as package:
        return package.read("word/document.xml").decode()


def texts(tree) -> list[str]:
    return ["".join(run.text for run in block.runs) for block in tree.body if isinstance(block, Paragraph)]


# The letter


def test_letter_stands_in_the_decrees_layout(season, officer):
    tree = orders.tree_of(letter_of(season, officer, owed(season), report_by=datetime.date(2026, 11, 19)))

    assert (tree.type_name, tree.letterhead.number.strip(), tree.letterhead.place_and_date[:8]) == (
        "", f"Số:{chr(160) * 8}/{season.plan.focal_agency.notation}-BĐG".replace("Số:", "Số: "), "Lạng Sơn"
    )  # fmt: skip
    assert tree.letterhead.about == ("V/v đôn đốc gửi báo cáo kết quả thực hiện Kế hoạch số 96/KH-UBND năm 2026")
    assert tree.addressees == (
        "Sở Lao động - Thương binh và Xã hội", "Sở Tài chính", "Sở Tư pháp", "Sở Y tế"
    )  # fmt: skip
    assert tree.recipients[0] == "- Như trên;"
    assert tree.recipients[-1] == "- Lưu: VT."
    assert tree.signature.name == "Lương Văn Trưởng"
    [table] = [block for block in tree.body if isinstance(block, Table)]
    assert table.rows[-1] == ("4", "Sở Y tế", "09/11/2026", "Chậm 3 ngày")
    assert texts(tree)[-1].endswith("đề nghị liên hệ Vi Thị Đầu, điện thoại 0205 3871 234./.")


def test_invited_bodies_are_asked_and_not_told(season, officer):
    Report.objects.filter(agency__slug="so-tu-phap").update(is_invited=True)

    words = texts(orders.tree_of(letter_of(season, officer, owed(season), report_by=datetime.date(2026, 11, 19))))

    [invitation] = [text for text in words if text.startswith("Trân trọng đề nghị")]
    assert invitation == (
        "Trân trọng đề nghị Sở Tư pháp quan tâm, phối hợp gửi báo cáo để có đủ căn cứ tổng hợp chung"
        " chậm nhất ngày 19 tháng 11 năm 2026."
    )


def test_letter_to_invited_bodies_alone_orders_nobody(season, officer):
    Report.objects.filter(agency__slug="so-tu-phap").update(is_invited=True)
    chosen = [row for row in owed(season) if row.report.is_invited]

    tree = orders.tree_of(letter_of(season, officer, chosen))

    assert not any("nghiêm túc" in text for text in texts(tree))
    assert tree.addressees == ("Sở Tư pháp",)


def test_letter_has_no_title_and_one_line_for_each_addressee_in_pdf_and_word(season, officer):
    tree = orders.tree_of(letter_of(season, officer, owed(season)))

    page, word = page_html(tree), document_xml(render_docx(tree))
    assert "<h1" not in page
    assert page.count("<li>- ") == 4 + 3
    assert "<li>- Sở Y tế.</li>" in page
    assert (word.count('"KinhGuiTungNoi"'), word.count('"TenLoai"'), word.count('"VeViec"')) == (4, 0, 1)


def test_same_letter_again_is_the_same_row_and_its_files_are_ordered_once(season, officer):
    first = letter_of(season, officer, owed(season))
    again = letter_of(season, officer, owed(season))

    assert first == again
    assert sorted(Document.objects.values_list("kind", flat=True)) == ["docx", "pdf"]


def test_drafting_unit_and_recipients_are_the_last_letters(season, officer):
    letter_of(season, officer, owed(season), unit="PN", recipients=["Như trên", "Lưu: VT, PN"])

    words = services.letter_wording(season, by=officer, now=LATE)

    assert (words["unit"], words["recipients"]) == ("PN", ["Như trên", "Lưu: VT, PN"])


def test_letter_is_signed_by_the_focal_agencys_one_head_or_by_whom_the_officer_names(season, officer, focal_head):
    tree = orders.tree_of(letter_of(season, officer, owed(season)))
    assert (tree.signature.lines, tree.signature.name) == (("GIÁM ĐỐC",), "Lương Văn Trưởng")

    deputy = {"signer_lines": ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], "signer_name": "Triệu Thị Phó"}
    tree = orders.tree_of(letter_of(season, officer, owed(season), **deputy))
    assert (tree.signature.lines, tree.signature.name) == (("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "Triệu Thị Phó")
    assert deputy.items() <= services.letter_wording(season, by=officer, now=LATE).items()


def test_letter_of_an_agency_with_several_heads_names_nobody(season, officer, focal_head, focal_agency):
    factories.MembershipFactory(agency=focal_agency, role=Role.HEAD)

    assert orders.tree_of(letter_of(season, officer, owed(season))).signature.name == ""


def test_letter_is_printed_by_officers_alone(season, focal_head):
    with pytest.raises(PermissionDenied):
        letter_of(season, focal_head, owed(season))


def test_page_names_who_is_late_and_prints_what_was_ticked(client, season, officer):
    client.force_login(officer)
    page = client.get(LETTER)
    form = page.context["form"]
    assert form["agencies"].value() == [
        "so-lao-dong-thuong-binh-va-xa-hoi", "so-tai-chinh", "so-tu-phap", "so-y-te"
    ]  # fmt: skip
    assert Printout.objects.count() == 0
    data = {name: form[name].value() for name in form.fields} | {
        "agencies": ["so-y-te"], "report_by": "19/11/2026", "recipients": "- Như trên;\n\nLưu: VT, BĐG.",
    }  # fmt: skip

    look = client.post(LETTER, data)
    assert "Sở Y tế (chậm 3 ngày)" in look.context["chat"]
    assert "chậm nhất ngày 19/11/2026" in look.context["chat"]
    assert Printout.objects.count() == 0
    answer = client.post(LETTER, data | {"print": "1"})

    printout = Printout.objects.get()
    assert answer["Location"] == printout.get_absolute_url()
    assert [row["agency"] for row in printout.snapshot["rows"]] == ["Sở Y tế"]
    assert printout.snapshot["recipients"] == ["Như trên", "Lưu: VT, BĐG"]
    assert client.get(printout.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"agencies": []}, "agencies"),
        ({"report_by": "11/11/2026"}, "report_by"),
        ({"report_by": "19/11/2028"}, "report_by"),
    ],
)
def test_letter_that_cannot_be_so_is_refused_with_all_that_was_typed(client, season, officer, changes, field):
    client.force_login(officer)
    form = client.get(LETTER).context["form"]
    data = {name: form[name].value() for name in form.fields} | {
        "report_by": "19/11/2026", "recipients": "Lưu: VT", "closing": "Xin cảm ơn", "print": "1"
    }  # fmt: skip

    page = client.post(LETTER, data | changes)

    assert list(page.context["form"].errors) == [field]
    assert "Xin cảm ơn" in page.content.decode()
    assert Printout.objects.count() == 0


# The annex


def test_annex_prints_what_the_page_shows_and_orders_a_pdf(client, season, officer):
    reminders.claim_due_reminders(LATE)
    client.force_login(officer)

    answer = client.post(f"{PRINT}?don-vi=so-y-te")

    printout = Printout.objects.get()
    assert answer["Location"] == printout.get_absolute_url()
    tree = orders.tree_of(printout)
    assert (tree.is_annex, tree.appendices[0].landscape) == (True, True)
    [table] = [block for block in tree.appendices[0].blocks if isinstance(block, Table)]
    assert {row[1] for row in table.rows} == {"Sở Y tế"}
    assert Document.objects.get().kind == "pdf"
    page = page_html(tree)
    assert page.count("<h1") == 1
    assert "doc-letterhead" not in page


def test_annex_stops_at_its_limit_and_says_so(season, officer, monkeypatch):
    reminders.claim_due_reminders(LATE)
    monkeypatch.setattr("reports.services.printing.MOST_PROOF_ROWS", 2)
    entries = entries_of(season, season.reports.select_related("agency"))

    printout = services.print_proof(season, entries, chosen="", by=officer, now=LATE)

    assert (len(printout.snapshot["rows"]), printout.snapshot["left_out"]) == (2, len(entries) - 2)


def test_file_of_a_printout_waits_and_has_one_name(client, season, officer):
    printout = letter_of(season, officer, owed(season))
    client.force_login(officer)

    assert client.get(printout.file_address("pdf")).status_code == 202
    assert client.get(printout.file_address("pdf").replace("cong-van", "khac")).status_code == 404
    # Nobody finishes an annex in Word.
    annex = services.print_proof(season, [], chosen="", by=officer, now=LATE)
    assert client.get(annex.file_address("docx")).status_code == 404
