"""What every page must be, whatever it shows: checked in the browser itself."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
# WCAG 2.2 AA with everything before it, and what the checker's authors hold good practice.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# What a page has to be whatever it shows; the names of the faults are the keys.
FAULTS = """(width) => {
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  const all = (selector) => [...document.querySelectorAll(selector)];
  const named = (element) => element.innerText.trim() || element.ariaLabel || element.title;
  const labelled = (control) => control.ariaLabel || control.getAttribute("aria-labelledby")
    || [...control.labels].some((label) => label.innerText.trim());
  const ids = all("[id]").map((element) => element.id);
  return Object.entries({
    "wider than the screen": document.documentElement.scrollWidth > width,
    "no Vietnamese": document.documentElement.lang !== "vi",
    "no title": !/\\S \\| \\S/.test(document.title),
    "not one h1": all("h1").length !== 1,
    "control without label": all("input:not([type=hidden], [hidden]), select, textarea").some((c) => !labelled(c)),
    "link or button without name": all("a, button:not([hidden])").some((element) => !named(element)),
    "an id twice": new Set(ids).size !== ids.length,
    "a style in the page": all("[style], style").length > 0,
  }).filter(([name, is_so]) => is_so).map(([name]) => name);
}"""

VIOLATIONS = """async (tags) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  return found.violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(" ")}`));
}"""

# Everything that is read or read out; addresses, codes and hashes are marked as such and are no words.
WORDS_ON_PAGE = """() => {
  const codes = [...document.querySelectorAll("code")].map((code) => code.innerText).filter(Boolean);
  const words = codes.reduce((text, code) => text.replaceAll(code, " "), document.body.innerText);
  const read = [document.title, words];
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    for (const name of ["aria-label", "title", "placeholder", "alt"]) read.push(element.getAttribute(name) || "");
  }
  return read.join("\\n");
}"""

INITIALS = "(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh|ng|nh|n|ph?|qu|r|s|tr|th|t|v|x)?"
RHYMES = "(?:[aeiouy]{1,3})(?:ch|c|m|ng|nh|n|p|t)?"
SYLLABLE = re.compile(f"{INITIALS}{RHYMES}", re.IGNORECASE)
# English words whose letters could be a Vietnamese syllable, and are none.
LOOKALIKES = {
    *("the", "then", "that", "this", "at", "it", "on", "not", "change", "home", "date", "page", "time", "name"),
    *("none", "one", "more", "open", "note", "late", "due", "up"),
}  # fmt: skip
# What may stand on a page though it is no Vietnamese: kinds of file, keys, the keyboard program that everybody has.
ALLOWED = {
    *(
        "pdf",
        "word",
        "excel",
        "docx",
        "xlsx",
        "txt",
        "jpeg",
        "png",
        "mb",
        "kb",
        "byte",
        "e-mail",
        "mail",
        "internet",
        "sha-256",
        "sha",
    ),
    *("redis", "worker"),  # services, as whoever restarts them knows them
    *("enter", "tab", "ctrl", "unikey", "unicode", "vntime", "vni-times", "windows", "macos", "linux"),
}


def faults(page: Page, width: int) -> list[str]:
    """Return the names of what is wrong with the page at its present width."""
    return page.evaluate(FAULTS, width)


@cache
def axe_source() -> str:
    return AXE.read_text()


def violations(page: Page) -> list[str]:
    """Return what axe-core finds on the page: the rule and the element, one line each."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(axe_source())
    return page.evaluate(VIOLATIONS, AXE_TAGS)


def foreign_words(page: Page) -> list[str]:
    """Return the words on the page that are not Vietnamese and not among those that may stand there."""
    text = re.sub(r"\S*(?:@|://|\.example|\d)\S*", " ", page.evaluate(WORDS_ON_PAGE))
    words = set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text))
    return sorted(w for w in words if len(w) > 1 and not is_vietnamese(w) and w.lower() not in ALLOWED)


def is_vietnamese(word: str) -> bool:
    """Tell whether every part of a word could be a Vietnamese syllable, and none of it is a common English word."""
    # VSTBPN, KH-UBND, SLĐTBXH-BĐG: abbreviations of offices and documents.
    if word.isupper() and max(map(len, word.split("-"))) <= 10:
        return True
    return all(
        SYLLABLE.fullmatch(without_accents(part)) is not None and part.lower() not in LOOKALIKES
        for part in word.split("-")
    )


def without_accents(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
