"""How long two longest texts take to compare, word by word, beside difflib on the same words.

.venv/bin/python -m tests.bench.comparing_texts
"""

import difflib
import os
import time

import django

LONGEST = 50_000


def main() -> None:
    """Print for each pair of texts how long our comparisons take; difflib's only where it ends within a minute."""
    from reports import differences, last_year

    words = [f"từ{number % 97}" for number in range(9_000)]
    other = [word if place % 2 else "khác" for place, word in enumerate(words)]
    marks = [(mark * 25_000)[:LONGEST] for mark in (".,", ";.")]
    sentence = "Sở đã tổ chức 12 hội nghị tuyên truyền cho 1.260 lượt người, đạt 35,5% kế hoạch năm. "
    same = (sentence * 600)[:LONGEST]
    reworded = same.replace("hội nghị tuyên truyền", "lớp tập huấn")

    show("every second word changed", differences.compare_words, " ".join(words)[:LONGEST], " ".join(other)[:LONGEST])
    show("50,000 marks, too many to pair", differences.compare_words, *marks, beside=False)
    show("how alike last year's text is", last_year.similarity, same, reworded)


def show(name: str, compare, old: str, new: str, *, beside: bool = True) -> None:
    """Print one comparison's seconds, and difflib's on the words of the same texts."""
    line = f"{name:34} {seconds(compare, old, new):6.3f} s"
    if beside:
        line += f"   difflib {seconds(_difflib, old.split(), new.split()):6.2f} s"
    print(line)


def seconds(work, *arguments) -> float:
    """Return the seconds that `work(*arguments)` takes."""
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


def _difflib(old: list[str], new: list[str]) -> None:
    difflib.SequenceMatcher(None, old, new).get_opcodes()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")
    django.setup()
    main()
