"""Texts as they come in and as they are searched."""

import unicodedata


def normalise(text: str) -> str:
    """Return the text in NFC, with line feeds as line ends and without control characters."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


def fold(text: str) -> str:
    """Return the text without tones, other diacritics and capitals, so that "tao hon" is found in "Tảo hôn".

    Both spellings of the tone (hòa, hoà) fold to the same letters. The length may differ from the text's.
    """
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
