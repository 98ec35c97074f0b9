"""Recognises Vietnamese text that was typed in the encodings before Unicode, TCVN3 (ABC) and VNI.

Such a text, pasted, shows the letters that Western European programs put in the places of Vietnamese ones:
"TiÕp tôc" (TCVN3) or "Tieáp tuïc" (VNI) for "Tiếp tục". A word is suspicious that is no Vietnamese syllable as it
stands and becomes one when it is read back; names and words of other languages do not become one.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

TCVN3 = "TCVN3 (phông chữ .VnTime)"
VNI = "VNI (phông chữ VNI-Times)"

# TCVN 5712:1993, third table, as Windows-1252 shows it. The soft hyphen of "ư" may have got lost on the way.
_TCVN3_LETTERS = dict(
    zip(
        "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\xadõö÷øùúûüýþ¡¢£¤¥¦§",
        "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵăâêôơưđ",
        strict=True,
    )
)

# VNI for Windows: a base letter and, after it, the mark; a few letters of their own.
_VNI_MARKS = {
    **dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True)),
    **{
        mark: "\u0302" + tone
        for mark, tone in zip("âáàåãä", ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"), strict=True)
    },
    **{
        mark: "\u0306" + tone
        for mark, tone in zip("êéèúüë", ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"), strict=True)
    },
}
_VNI_LETTERS = dict(zip("ôöæóòîñ", "ơưỉĩịỵđ", strict=True))
_VNI_MARKED = re.compile(f"([aeouyôö])([{''.join(_VNI_MARKS)}])")

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_LETTERS = {
    *"bcdđghklmnpqrstvx",
    *(unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in ("", *_TONES)),
}
# Here the tone stands on the vowel before: "xão", never "xaõ".
_GLIDES = ("ai", "ao", "au", "ay", "âu", "ây", "eo", "êu", "oi", "ôi", "ơi", "ưi", "ưu")
_SYLLABLE = re.compile(
    r"(?:ngh(?=[eêi])|gh(?=[eêi])|k(?=[eêiy])|qu(?=[aăâeêioôơy])|gi(?=[aăâeêoôơu])|g(?=i)|[cg](?![eêiy])|ng(?![eêi])"
    r"|ch|kh|nh|ph|th|tr|[bdđhlmnprstvx])?"
    r"(?:(?:[aăâeêioôơuưy]|iê|yê|oa|oă|oe|oo|ôô|uâ|uê|uô|uơ|uy|uyê|ươ)(?:ch|ng|nh|[cmnpt])?"
    r"|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|iêu|yêu|oai|oao|oay|oeo|oi|ôi|ơi|ua|ưa|ui|ưi|uôi|ươi|ươu|ưu|uây|uya|uyu|ya)"
)
_WORD = re.compile(r"[^\s.,;:!?()\[\]{}/\\\"'“”‘’…–—+*=_|<>-]+")

# So many suspicious words in a line make it legacy: a few where they are half of its accented words, else many.
FEW, MANY = 2, 4


@dataclass(frozen=True)
class LegacyText:
    """What gave a text away: its encoding, one of its words and how that is read."""

    encoding: str
    word: str
    reading: str


def find_legacy_text(text: str) -> LegacyText | None:
    """Return what is typed in TCVN3 or VNI in a text; None where all of it is Unicode.

    Each line is judged by itself, so that one pasted paragraph is found among many, then all lines together.
    """
    lines = [[word for word in _WORD.findall(line) if not word.isascii()] for line in text.splitlines()]
    everything = [word for words in lines for word in words]
    candidates = {word for word in everything if _might_be_legacy(word)}
    tcvn3 = {word: reading for word in candidates if (reading := _read_tcvn3(word))}
    vni = {word: reading for word in candidates if (reading := _read_vni(word))}
    # A few words can be read either way, most of them in one alone.
    encoding, readings = (VNI, vni) if len(vni) > len(tcvn3) else (TCVN3, tcvn3)
    for words in [*lines, everything]:
        suspicious = [word for word in words if word in readings]
        is_half = 2 * len(suspicious) >= len(words)
        if len(suspicious) >= (FEW if is_half else MANY):
            return LegacyText(encoding, suspicious[0], readings[suspicious[0]])
    return None


@lru_cache(maxsize=10_000)  # A text that is saved while one writes comes with the same words again and again.
def _might_be_legacy(word: str) -> bool:
    """Tell whether a word has letters, no digits (3m×4m), and is no Vietnamese syllable as it stands."""
    if any(c.isdigit() and c.isascii() for c in word) or not any(c.isalpha() and c.isascii() for c in word):
        return False
    return not (_is_syllable(word) and (word.isupper() or word[1:].islower() or len(word) == 1))


def _read_tcvn3(word: str) -> str:
    """Return the syllable that a word is in TCVN3; empty where it is none."""
    # Capitals with tones are small letters in a font of capitals.
    read = "".join(_TCVN3_LETTERS.get(letter, letter.lower()) for letter in word)
    return read if read != word.lower() and _is_syllable(read) else ""


def _read_vni(word: str) -> str:
    """Return the syllable that a word is in VNI; empty where it is none."""
    marked = _VNI_MARKED.sub(lambda m: _VNI_LETTERS.get(m[1], m[1]) + _VNI_MARKS[m[2]], word.lower())
    read = unicodedata.normalize("NFC", "".join(_VNI_LETTERS.get(letter, letter) for letter in marked))
    return read if read != word.lower() and _is_syllable(read) else ""


def _is_syllable(word: str) -> bool:
    if not _LETTERS.issuperset(word.lower()):
        return False
    decomposed = unicodedata.normalize("NFD", word.lower())
    toneless = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES))
    if sum(decomposed.count(tone) for tone in _TONES) > 1:
        return False
    if decomposed[-1] in _TONES and toneless.endswith(_GLIDES):
        return False
    return _SYLLABLE.fullmatch(toneless) is not None
