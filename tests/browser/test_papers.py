"""What goes to a head on paper: the slip is one sheet, whatever the report lacks."""

import io

import pytest
from pypdf import PdfReader

from reports import demo

pytestmark = pytest.mark.long


@pytest.mark.parametrize("agency", ["uy-ban-mttq-viet-nam-tinh", "thanh-pho-lang-son"])
def test_slip_is_printed_on_one_sheet_of_a4(demo_people, demo_year, agency):
    page = demo_people.sign_in(f"chuyen-vien@{agency}.example", demo.PASSWORD)
    page.goto(f"/96-kh-ubnd-2018/{demo_year}/{agency}/phieu-trinh/")

    (sheet,) = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages

    assert [round(float(side) / 72 * 25.4) for side in (sheet.mediabox.width, sheet.mediabox.height)] == [210, 297]
    text = " ".join(sheet.extract_text().split())
    assert "PHIẾU TRÌNH" in text
    assert "Ý kiến khác:" in text
    # The page around it stays on the screen.
    assert "Đăng xuất" not in text
    assert "Dùng khi lãnh đạo duyệt trên giấy" not in text
