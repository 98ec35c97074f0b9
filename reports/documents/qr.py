"""QR codes as outlines for pages and as pictures for Word files.

They are read even where a seventh of them cannot be seen (level M): a stamp may lie on one.
"""

from dataclasses import dataclass
from io import BytesIO
from itertools import groupby

import segno

# Blank modules around a code, by its standard (ISO/IEC 18004): without them readers do not find it.
QUIET_ZONE = 4
PIXELS_A_MODULE = 8


@dataclass(frozen=True, slots=True)
class QrCode:
    """The path of a code's dark modules in a square whose side is `size` modules, blank margin included."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """Return the QR code of a text."""
    matrix = _code(text).matrix
    path = []
    for y, row in enumerate(matrix, start=QUIET_ZONE):
        x = QUIET_ZONE
        for is_dark, modules in groupby(row):
            length = len(list(modules))
            if is_dark:
                path.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return QrCode(len(matrix) + 2 * QUIET_ZONE, "".join(path))


def qr_png(text: str) -> bytes:
    """Return the same code as a PNG, black on white."""
    picture = BytesIO()
    _code(text).save(picture, kind="png", scale=PIXELS_A_MODULE, border=QUIET_ZONE)
    return picture.getvalue()


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m", boost_error=False)
