"""QR codes: the outline and the picture are the code's own modules, with the margin that readers need."""

import re
from io import BytesIO

import segno
from PIL import Image

from reports.documents.qr import PIXELS_A_MODULE, QUIET_ZONE, qr_code, qr_png
from tests.reports.documents.published import VERIFICATION

MATRIX = [[bool(module) for module in row] for row in segno.make_qr(VERIFICATION.address, error="m").matrix]


def test_outline_fills_the_dark_modules_and_no_others():
    code = qr_code(VERIFICATION.address)

    dark = set()
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path):
        dark |= {(int(y), column) for column in range(int(x), int(x) + int(length))}
    assert re.sub(r"M\d+ \d+h(\d+)v1h-\1z", "", code.path) == ""
    assert code.size == len(MATRIX) + 2 * QUIET_ZONE
    assert dark == {
        (y + QUIET_ZONE, x + QUIET_ZONE) for y, row in enumerate(MATRIX) for x, module in enumerate(row) if module
    }


def test_picture_shows_the_same_modules():
    with Image.open(BytesIO(qr_png(VERIFICATION.address))) as picture:
        grey = picture.convert("L")

    side = len(MATRIX) + 2 * QUIET_ZONE
    assert grey.size == (side * PIXELS_A_MODULE, side * PIXELS_A_MODULE)
    middle = PIXELS_A_MODULE // 2
    shown = [
        [grey.getpixel((x * PIXELS_A_MODULE + middle, y * PIXELS_A_MODULE + middle)) == 0 for x in range(side)]
        for y in range(side)
    ]
    blank = [False] * QUIET_ZONE
    inside = [[*blank, *row, *blank] for row in MATRIX]
    assert shown == [[False] * side] * QUIET_ZONE + inside + [[False] * side] * QUIET_ZONE


def test_same_address_gives_the_same_picture():
    assert qr_png(VERIFICATION.address) == qr_png(VERIFICATION.address)
