"""Files judged by what is in them: what is let through as what, what is refused with which words."""

import io
import tracemalloc
import zipfile

import pytest

from reports import files
from reports.models import StoredFile
from tests import sample_files as sample

Kind = StoredFile.Kind
MEGABYTE = 1024 * 1024


def judge(content: bytes) -> StoredFile.Kind:
    return files.judge(io.BytesIO(content))


def words_for(content: bytes) -> str:
    """Return the words with which the file is refused."""
    with pytest.raises(files.FileRefused) as refusal:
        judge(content)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (sample.pdf(), Kind.PDF),
        (b"\xef\xbb\xbf\r\n" + sample.pdf(), Kind.PDF),
        (sample.pdf() + b"\0" * 512, Kind.PDF),
        (sample.pdf().replace(b"/Root", b"/Encrypt 9 0 R /Root"), Kind.PDF),
        (sample.docx(), Kind.DOCX),
        (sample.xlsx(), Kind.XLSX),
        (sample.png(), Kind.PNG),
        (sample.jpeg(), Kind.JPEG),
        (sample.jpeg(12_000, 9_000), Kind.JPEG),
    ],
)
def test_file_is_what_its_content_says(content, kind):
    assert judge(content) == kind


def test_files_that_libraries_write_are_let_through():
    """Word, Excel and pictures as python-docx, XlsxWriter, openpyxl and Pillow write them."""
    import docx
    import openpyxl
    import xlsxwriter
    from PIL import Image

    made: dict[str, io.BytesIO] = {name: io.BytesIO() for name in ("docx", "xlsxwriter", "openpyxl")}
    docx.Document().save(made["docx"])
    with xlsxwriter.Workbook(made["xlsxwriter"]) as workbook:
        workbook.add_worksheet("Biểu").write_string(0, 0, "Nữ")
    openpyxl.Workbook().save(made["openpyxl"])
    for form in ("PNG", "JPEG"):
        made[form] = io.BytesIO()
        Image.new("RGB", (400, 300), "red").save(made[form], form)
    made["progressive"] = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(made["progressive"], "JPEG", progressive=True)

    assert {name: files.judge(file) for name, file in made.items()} == {
        "docx": Kind.DOCX,
        "xlsxwriter": Kind.XLSX,
        "openpyxl": Kind.XLSX,
        "PNG": Kind.PNG,
        "JPEG": Kind.JPEG,
        "progressive": Kind.JPEG,
    }


def test_workbook_inside_a_document_is_let_through():
    """A chart in Word brings its workbook along."""
    content = sample.archive(
        {"word/document.xml": b"<w/>", "word/embeddings/Microsoft_Excel_Sheet.xlsx": sample.xlsx()}
    )

    assert judge(content) == Kind.DOCX


def test_judged_file_is_left_at_its_start():
    file = io.BytesIO(sample.docx())

    files.judge(file)

    assert file.tell() == 0


def test_pdf_that_is_an_archive_too_is_a_pdf():
    """Whoever gets it is told that it is a PDF: nothing opens the archive behind it."""
    assert judge(sample.pdf() + sample.docx()[:2000]) == Kind.PDF


def test_jpeg_with_a_page_behind_it_is_a_jpeg():
    assert judge(sample.jpeg() + b"<script>alert(1)</script>") == Kind.JPEG


PAGE = b"<!doctype html><script>alert(document.domain)</script>"
PICTURE_WITH_SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "beginning"),
    [
        (b"", "Tệp rỗng (0 byte)."),
        (sample.pdf() + b"\0" * 21 * MEGABYTE, "Tệp lớn hơn 20 MB."),
        (PAGE, "Không nhận được loại tệp này"),
        (PAGE + sample.pdf(), "Không nhận được loại tệp này"),
        (PICTURE_WITH_SCRIPT, "Không nhận được loại tệp này"),
        (b"MZ\x90\0", "Không nhận được loại tệp này"),
        (b"GIF89a", "Không nhận được loại tệp này"),
        (sample.pdf()[:-40], "Tệp PDF bị cụt hoặc hỏng."),
        (b"%PDF-1.7\n" + b"startxref\n99999\n%%EOF", "Tệp PDF bị cụt hoặc hỏng."),
        (sample.png()[:-12], "Tệp ảnh bị cụt hoặc hỏng."),
        (sample.png().replace(b"IDAT", b"IDAU"), "Tệp ảnh bị cụt hoặc hỏng."),
        (b"\x89PNG\r\n\x1a\n", "Tệp ảnh bị cụt hoặc hỏng."),
        (sample.png(0, 8), "Tệp ảnh bị cụt hoặc hỏng."),
        (sample.jpeg()[:-2], "Tệp ảnh bị cụt hoặc hỏng."),
        (b"\xff\xd8" + b"\xff" * MEGABYTE, "Tệp ảnh bị cụt hoặc hỏng."),
        (sample.png(30_000, 30_000), "Ảnh quá lớn (30.000 × 30.000 điểm ảnh; tối đa 120 triệu điểm ảnh)."),
        (sample.jpeg(65_000, 65_000), "Ảnh quá lớn (65.000 × 65.000 điểm ảnh; tối đa 120 triệu điểm ảnh)."),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "Ảnh kiểu HEIC của điện thoại chưa nhận được."),
        (sample.old_office_file(), "Tệp kiểu cũ (.doc, .xls) không nhận được."),
        (sample.old_office_file(has_password=True), "Tệp đặt mật khẩu"),
        (sample.encrypted(), "Tệp đặt mật khẩu"),
        (sample.with_macros(), "Tệp có macro nên không nhận."),
        (sample.archive({"a.xml": b""}, main=sample.WORD_WITH_MACROS), "Tệp có macro nên không nhận."),
        (sample.archive({"xl/macrosheets/sheet1.xml": b""}, main=sample.EXCEL), "Tệp có macro nên không nhận."),
        (sample.archive({"word/embeddings/a.xlsm": b""}), "Tệp có macro nên không nhận."),
        (sample.archive({}, main="application/vnd.ms-powerpoint"), "Tệp này không phải văn bản Word"),
        (sample.docx()[:-30], "Tệp Word hoặc Excel bị cụt hoặc hỏng."),
        (sample.docx() + b"\0", "Tệp Word hoặc Excel bị cụt hoặc hỏng."),
        (sample.with_zip64_lie(), "Tệp Word hoặc Excel bị cụt hoặc hỏng."),
        (sample.with_entity_bomb(), "Tệp Word hoặc Excel bị cụt hoặc hỏng."),
        *(
            (sample.in_encoding(name), "Tệp Word hoặc Excel bị cụt hoặc hỏng.")
            for name in ("xxx", "undefined", "rot13", "base64", "idna", "punycode")
        ),
        (sample.listing("<a>" * 100_000 + "</a>" * 100_000), "Tệp này không phải văn bản Word"),
        (sample.flagged(sample.docx(), 0x20), "Tệp Word hoặc Excel bị cụt hoặc hỏng."),
        (sample.overlapping(), "Tệp có cấu tạo bất thường (các thành phần nằm chồng lên nhau)"),
        (sample.with_same_name_twice(), "Tệp có cấu tạo bất thường (hai thành phần trùng tên)"),
        (sample.with_link(), "Tệp có cấu tạo bất thường (có liên kết thay cho nội dung)"),
        (sample.archive({"a/b.zip": b""}), "Tệp có cấu tạo bất thường (có tệp nén khác bên trong)"),
        (sample.archive({"a": b""}, method=zipfile.ZIP_BZIP2), "Tệp có cấu tạo bất thường (cách nén lạ)"),
        (sample.quiet_lie(), "Tệp có cấu tạo bất thường (kích thước khai không khớp)"),
        (sample.many_entries(3_000), "Tệp có cấu tạo bất thường (quá nhiều thành phần bên trong)"),
        *(
            (sample.archive({name: b""}), "Tệp có cấu tạo bất thường (tên thành phần chỉ ra ngoài tệp)")
            for name in ("../a.xml", "word/../../a.xml", "/etc/passwd", "..\\a.xml", "c:/a.xml")
        ),
    ],
)  # fmt: skip
def test_file_that_is_not_taken_is_refused_with_what_to_do(content, beginning):
    words = words_for(content)

    assert words.startswith(beginning)
    assert "Hãy" in words or "hãy" in words


def test_archive_without_a_list_of_contents_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("ảnh.jpg", sample.jpeg())

    assert words_for(file.getvalue()).startswith("Đây là tệp nén, không phải tệp Word")


@pytest.mark.long
def test_small_document_that_grows_to_a_gigabyte_is_refused_unopened():
    content = sample.bomb(1024 * MEGABYTE)
    assert len(content) < 1.1 * MEGABYTE
    tracemalloc.start()

    words = words_for(content)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert words.startswith("Tệp này bung ra tới 1.025 MB, lớn bất thường so với tệp gửi lên.")
    assert peak < 2 * MEGABYTE


def test_part_that_lies_about_its_size_is_unpacked_no_further_than_it_says():
    content = sample.lying_bomb(64 * MEGABYTE)
    tracemalloc.start()

    words = words_for(content)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert words.startswith("Tệp có cấu tạo bất thường (kích thước khai không khớp)")
    assert peak < MEGABYTE


def test_part_that_was_damaged_is_refused():
    content = sample.archive({"word/document.xml": b"<w>Minh</w>"}, method=zipfile.ZIP_STORED)

    assert words_for(content.replace(b"Minh", b"Ming")).startswith("Tệp Word hoặc Excel bị cụt hoặc hỏng.")


@pytest.mark.parametrize(
    ("given", "kind", "kept"),
    [
        ("Báo cáo kết quả.pdf", Kind.PDF, "Báo cáo kết quả.pdf"),
        ("Ảnh hội nghị.JPEG", Kind.JPEG, "Ảnh hội nghị.JPEG"),
        ("ảnh.png", Kind.JPEG, "ảnh.jpg"),
        ("trang.html", Kind.PDF, "trang.html.pdf"),
        ("Quyết định số 12.QĐ", Kind.PDF, "Quyết định số 12.QĐ.pdf"),
        ("C:\\Users\\lan\\Kế hoạch.docx", Kind.DOCX, "Kế hoạch.docx"),
        ("../../etc/passwd", Kind.PDF, "passwd.pdf"),
        ("\u202egpj.exe", Kind.JPEG, "gpj.exe.jpg"),
        ("dòng\r\nhai.pdf", Kind.PDF, "dònghai.pdf"),
        ("", Kind.PDF, "tep.pdf"),
        (".pdf", Kind.PDF, "pdf.pdf"),
        ("ư" * 300 + ".pdf", Kind.PDF, "ư" * 196 + ".pdf"),
    ],
)
def test_name_keeps_the_senders_words_and_a_true_ending(given, kind, kept):
    assert files.name_of(given, kind) == kept
