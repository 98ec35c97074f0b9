"""Texts as they come in and as they are searched."""

import re
import unicodedata

# Never kept: control characters; invisible ones (zero-width, byte order mark, soft hyphen, directions); halves of
# a character; private ones, which every computer shows differently or not at all.
UNWANTED = {"Cc", "Cf", "Cs", "Co"}

# Word's symbol fonts use private code points: signs and bullets among them get the code points everybody knows.
SYMBOLS = str.maketrans(
    {
        "\uf0b0": "°",
        "\uf0b1": "±",
        "\uf0b3": "≥",
        "\uf0a3": "≤",
        "\uf0b4": "×",
        "\uf0b8": "÷",
        "\uf0b9": "≠",
        "\uf0ae": "→",
        "\uf0b7": "•",
        "\uf0a7": "•",
        "\uf0d8": "•",
        "\uf0fc": "•",
        "\uf076": "•",
        "\uf02d": "-",
        "\uf0be": "-",
    }
)

# A bullet before a space, or a letter of Word's symbol fonts before a tab.
_BULLET = re.compile(r"^[ \t\xa0]*(?:[•●▪■◦○‣⁃∙·–—][ \t\xa0]+|[§ØüvÜ]\t[ \t\xa0]*)(?=\S)", re.MULTILINE)
_SECOND_BULLET = re.compile(r"^[ \t\xa0]*o\t[ \t\xa0]*(?=\S)", re.MULTILINE)


def normalise(text: str) -> str:
    """Return the text in NFC, with line feeds as line ends and without characters that nobody sees."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").translate(SYMBOLS)
    return text.translate({ord(c): None for c in set(text) if not (c in "\n\t" or _is_wanted(c))})


def _is_wanted(character: str) -> bool:
    if ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":  # no characters, and refused by XML
        return False
    return unicodedata.category(character) not in UNWANTED


def plain_lists(text: str) -> str:
    """Return the text with the bullets of lists pasted from Word as "- ", those of the second level as "+ "."""
    return _SECOND_BULLET.sub("+ ", _BULLET.sub("- ", text))


def fold(text: str) -> str:
    """Return the text without tones, other diacritics and capitals, so that "tao hon" is found in "Tảo hôn".

    Both spellings of the tone (hòa, hoà) fold to the same letters. The length may differ from the text's.
    """
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return decomposed.translate({ord(c): None for c in set(decomposed) if unicodedata.category(c) == "Mn"})
