"""What an agency's letterhead lacks before a report can be printed under it, and whether its lines fit their cell."""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from assignments.models import Agency

FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts" / "tinos"
# Nghị định 30/2020/NĐ-CP: the left cell of the letterhead, and the size of the issuer's name in it.
CELL_MM = 66
FONT_POINTS = 13
MM_PER_POINT = 25.4 / 72


@cache
def _widths(face: str) -> tuple[dict[int, int], int]:
    """Return how wide each letter of a face is, by code point, and how many of those units are one em."""
    with TTFont(FONTS / f"Tinos-{face}.ttf", lazy=True) as font:
        metrics = font["hmtx"].metrics
        return {code: metrics[name][0] for code, name in font.getBestCmap().items()}, font["head"].unitsPerEm


def width_of_line(text: str, *, bold: bool) -> float:
    """Return the width in mm of a letterhead's line as it is printed, in capitals; kerning is left out."""
    widths, em = _widths("Bold" if bold else "Regular")
    return sum(widths.get(ord(letter), em) for letter in text.upper()) / em * FONT_POINTS * MM_PER_POINT


def too_wide(lines: list[dict]) -> list[str]:
    """Return a sentence for each line of a letterhead that is wider than its cell."""
    widths = [(line["text"], width_of_line(line["text"], bold=line["bold"])) for line in lines]
    return [
        f"Dòng “{text.upper()}” rộng {str(round(width, 1)).replace('.', ',')} mm, ô chỉ rộng {CELL_MM} mm nên sẽ bị "
        "ngắt ở chỗ khác. Hãy tách thành hai dòng."
        for text, width in widths
        if width > CELL_MM
    ]


def lacking(agency: Agency) -> list[str]:
    """Return what the letterhead of an agency's reports lacks, in a few words each."""
    asked = {
        "tiêu đề văn bản": agency.letterhead,
        "ký hiệu": agency.notation,
        "địa danh": agency.place,
        "chức vụ người ký": agency.signer_lines,
    }
    missing = [f"chưa có {name}" for name, value in asked.items() if not value]
    wide = len(too_wide(agency.letterhead))
    return missing + ([f"{wide} dòng tiêu đề rộng quá {CELL_MM} mm"] if wide else [])
