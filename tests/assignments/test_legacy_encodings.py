"""Texts in TCVN3 and VNI are told from Unicode: the plan in all three, other languages, signs."""

import tomllib
import unicodedata
from pathlib import Path

import pytest

from assignments.legacy_encodings import TCVN3, VNI, find_legacy_text
from assignments.text import normalise

ROOT = Path(__file__).resolve().parent.parent.parent
PLAN = unicodedata.normalize("NFC", (ROOT / "assignments/data/ke-hoach-96.txt").read_text())
PROSE = tomllib.loads((ROOT / "reports/data/demo-year.toml").read_text())

# What a Windows program of Western Europe shows of each letter: TCVN 5712:1993 (VN3), fonts .VnTime.
AS_TCVN3 = {
    "à": "µ", "ả": "¶", "ã": "·", "á": "¸", "ạ": "¹",
    "ă": "¨", "ằ": "»", "ẳ": "¼", "ẵ": "½", "ắ": "¾", "ặ": "Æ",
    "â": "©", "ầ": "Ç", "ẩ": "È", "ẫ": "É", "ấ": "Ê", "ậ": "Ë",
    "đ": "®",
    "è": "Ì", "ẻ": "Î", "ẽ": "Ï", "é": "Ð", "ẹ": "Ñ",
    "ê": "ª", "ề": "Ò", "ể": "Ó", "ễ": "Ô", "ế": "Õ", "ệ": "Ö",
    "ì": "×", "ỉ": "Ø", "ĩ": "Ü", "í": "Ý", "ị": "Þ",
    "ò": "ß", "ỏ": "á", "õ": "â", "ó": "ã", "ọ": "ä",
    "ô": "«", "ồ": "å", "ổ": "æ", "ỗ": "ç", "ố": "è", "ộ": "é",
    "ơ": "¬", "ờ": "ê", "ở": "ë", "ỡ": "ì", "ớ": "í", "ợ": "î",
    "ù": "ï", "ủ": "ñ", "ũ": "ò", "ú": "ó", "ụ": "ô",
    "ư": "\xad", "ừ": "õ", "ử": "ö", "ữ": "÷", "ứ": "ø", "ự": "ù",
    "ỳ": "ú", "ỷ": "û", "ỹ": "ü", "ý": "ý", "ỵ": "þ",
    "Ă": "¡", "Â": "¢", "Ê": "£", "Ô": "¤", "Ơ": "¥", "Ư": "¦", "Đ": "§",
}  # fmt: skip

# VNI for Windows: the mark stands behind its letter.
AS_VNI = {
    "á": "aù", "à": "aø", "ả": "aû", "ã": "aõ", "ạ": "aï",
    "ă": "aê", "ắ": "aé", "ằ": "aè", "ẳ": "aú", "ẵ": "aü", "ặ": "aë",
    "â": "aâ", "ấ": "aá", "ầ": "aà", "ẩ": "aå", "ẫ": "aã", "ậ": "aä",
    "đ": "ñ",
    "é": "eù", "è": "eø", "ẻ": "eû", "ẽ": "eõ", "ẹ": "eï",
    "ê": "eâ", "ế": "eá", "ề": "eà", "ể": "eå", "ễ": "eã", "ệ": "eä",
    "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò",
    "ó": "où", "ò": "oø", "ỏ": "oû", "õ": "oõ", "ọ": "oï",
    "ô": "oâ", "ố": "oá", "ồ": "oà", "ổ": "oå", "ỗ": "oã", "ộ": "oä",
    "ơ": "ô", "ớ": "ôù", "ờ": "ôø", "ở": "ôû", "ỡ": "ôõ", "ợ": "ôï",
    "ú": "uù", "ù": "uø", "ủ": "uû", "ũ": "uõ", "ụ": "uï",
    "ư": "ö", "ứ": "öù", "ừ": "öø", "ử": "öû", "ữ": "öõ", "ự": "öï",
    "ý": "yù", "ỳ": "yø", "ỷ": "yû", "ỹ": "yõ", "ỵ": "î",
}  # fmt: skip


def in_tcvn3(text: str) -> str:
    return "".join(AS_TCVN3.get(c) or AS_TCVN3.get(c.lower(), c) for c in text)


def in_vni(text: str) -> str:
    return "".join(AS_VNI.get(c.lower(), c).upper() if c.isupper() else AS_VNI.get(c, c) for c in text)


def test_tables_of_the_test_hold_every_vietnamese_letter():
    letters = {c for c in PLAN.lower() if c.isalpha() and not c.isascii()}

    assert letters - set(AS_TCVN3) == set()
    assert letters - set(AS_VNI) == set()
    assert in_tcvn3("Tiếp tục") == "TiÕp tôc"
    assert in_vni("Tiếp tục") == "Tieáp tuïc"


@pytest.mark.parametrize(("convert", "encoding"), [(in_tcvn3, TCVN3), (in_vni, VNI)])
def test_plan_in_an_old_encoding_is_found(convert, encoding):
    found = find_legacy_text(normalise(convert(PLAN)))

    assert found is not None
    assert found.encoding == encoding


@pytest.mark.parametrize(("convert", "encoding"), [(in_tcvn3, TCVN3), (in_vni, VNI)])
def test_six_words_of_the_plan_in_an_old_encoding_are_found(convert, encoding):
    """Ninety-nine times in a hundred; what is left has one telling word, or abbreviations and numbers around it."""
    missed, tried = [], 0
    for line in PLAN.splitlines():
        words = line.split()
        for begin in range(0, len(words) - 5, 3):
            tried += 1
            six = normalise(convert(" ".join(words[begin : begin + 6])))
            if find_legacy_text(six) is None:
                missed.append(six)

    assert tried > 1000
    assert len(missed) <= tried / 100, missed


@pytest.mark.parametrize(
    ("text", "word", "reading"),
    [
        ("TiÕp tôc triÓn khai thùc hiÖn", "TiÕp", "tiếp"),
        ("CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM", "CéNG", "cộng"),
        ("B¸o c¸o kÕt qu¶", "B¸o", "báo"),
        ("Tieáp tuïc trieån khai thöïc hieän", "Tieáp", "tiếp"),
        ("Ñaõ toå chöùc 12 hoäi nghò", "Ñaõ", "đã"),
        # A paragraph pasted among Unicode ones, and a sentence pasted into one.
        ("Đã tổ chức hội nghị.\nKÕt qu¶ ®¹t ®­îc nh­ sau\nNăm sau tiếp tục thực hiện.", "KÕt", "kết"),
        ("Đã tổ chức hội nghị, đã mở lớp, đã in tài liệu. §· më 12 líp tËp huÊn cho n÷ c¸n bé.", "më", "mở"),
    ],
)
def test_short_old_text_is_quoted_as_it_is_read(text, word, reading):
    found = find_legacy_text(normalise(text))

    assert (found.word, found.reading) == (word, reading)


@pytest.mark.parametrize("text", [PLAN, *(text for a in PROSE["agencies"] for text in a["parts"].values())])
def test_vietnamese_text_is_let_through(text):
    assert find_legacy_text(normalise(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hoà Bình, Thuý Kiều, khoẻ mạnh; hòa bình, thúy; quý, quí; Đắk Lắk, Krông Pắc, Y Moan; H'Mông",
        "TỔ CHỨC HỘI NGHỊ; UBND, LĐTBXH, BĐG, VSTBCPN, SLĐTBXH-BĐG",
        "L'Organisation française pour l'égalité des élèves à Genève, garçons, naïve, être, août, Noël, île, sûr.",
        "« Où sont les élèves ? » dit François, né à Besançon ; dû, haïr, maïs, Citroën.",
        "Für die Gleichstellung müssen größere Anstrengungen über Länder hinweg geführt werden.",
        "Jörg Müller, Köln; Günter Größ; Björn",
        "São Tomé, Señor Núñez, José, Curaçao, Łódź, Åse, naïve café résumé, Thaïlande",
        "5 °C; 3m × 4m × 5m; ½ ha; 1½ giờ; 25 km², 10 m³; 5×6; 10 µm; ± 5%; © 2026; §5; Điều 5¹; x ≥ 3; a·b",
        "«Bình đẳng giới»; « Phụ nữ »; “Ngăn ngừa”",
        "½",
        "x· y",
    ],
)
def test_other_languages_and_signs_are_let_through(text):
    assert find_legacy_text(normalise(text)) is None
