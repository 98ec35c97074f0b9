"""What Django and allauth say on our pages: whole, compiled, and in Vietnamese."""

import re
import runpy
import struct
import subprocess
import sys
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext

PROJECT = Path(__file__).resolve().parent.parent
SCRIPT = PROJECT / "script" / "missing-translations"
translations = runpy.run_path(str(SCRIPT))
DOMAINS = ["django", "djangojs"]

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}|<[^>]+>")
# The word in prose: neither a placeholder such as %(email)s nor an OAuth scope such as (ENTER)email(ENTER).
ENGLISH_EMAIL = re.compile(r"(?<![\w(){}])email(?![\w(){}])", re.IGNORECASE)


def read_words(domain):
    return translations["read_catalogue"](PROJECT / "locale", "vi", domain)


def read_compiled(domain):
    """Return the entries of a .mo file as they lie in it, the header (the entry "") left out."""
    raw = (PROJECT / "locale/vi/LC_MESSAGES" / f"{domain}.mo").read_bytes()
    _magic, _version, count, originals, texts = struct.unpack_from("<5I", raw)

    def entry(table, index):
        length, start = struct.unpack_from("<2I", raw, table + 8 * index)
        return raw[start : start + length].decode()

    entries = {entry(originals, index): entry(texts, index) for index in range(count)}
    del entries[""]
    return entries


@pytest.mark.parametrize("domain", DOMAINS)
def test_compiled_catalogue_equals_its_source(domain):
    source = {
        (f"{word.context}\x04" if word.context else "")
        + word.text
        + (f"\0{word.plural}" if word.plural else ""): word.translation
        for word in read_words(domain)
    }

    assert read_compiled(domain) == source


@pytest.mark.parametrize("domain", DOMAINS)
def test_catalogue_has_no_empty_and_no_fuzzy_entry(domain):
    words = read_words(domain)

    assert [word.text for word in words if not word.translation] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_translation_keeps_placeholders_and_tags(domain):
    def marks(text):
        return sorted(PLACEHOLDER.findall(text))

    words = read_words(domain)

    assert [word for word in words if marks(word.translation) != marks(word.plural or word.text)] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_translation_is_composed_unicode(domain):
    words = read_words(domain)

    assert [word for word in words if not unicodedata.is_normalized("NFC", word.translation)] == []


@pytest.mark.parametrize(("library", "domain"), translations["LIBRARY_CATALOGUES"])
def test_library_words_shown_never_say_email(library, domain):
    shown = translations["shown_words"](library, domain)

    assert [text for text in shown.values() if ENGLISH_EMAIL.search(text)] == []


def test_missing_translations_of_the_project_are_none():
    result = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False)

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_missing_translations_name_a_word_that_nobody_translates(tmp_path):
    folder = tmp_path / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    for domain in DOMAINS:
        source = PROJECT / "locale/vi/LC_MESSAGES" / f"{domain}.po"
        blocks = source.read_text(encoding="utf-8").split("\n\n")
        kept = [block for block in blocks if '\nmsgid "Sign In"\n' not in f"\n{block}"]
        (folder / f"{domain}.po").write_text("\n\n".join(kept), encoding="utf-8")

    missing = translations["missing_words"](tmp_path)

    assert missing == ["allauth django: 'Sign In'"]


def test_timesince_counts_in_vietnamese():
    start = datetime(2026, 11, 1)  # noqa: DTZ001

    assert timesince(start, start + timedelta(days=3, hours=2)) == "3\xa0ngày, 2\xa0giờ"


def test_form_errors_say_what_to_do_in_vietnamese():
    class Form(forms.Form):
        name = forms.CharField()
        day = forms.DateField()
        address = forms.EmailField()
        note = forms.CharField(max_length=3)

    form = Form({"name": "", "day": "32/01/2026", "address": "so-y-te", "note": "chào"})

    assert form.errors == {
        "name": ["Mục này bắt buộc phải điền hoặc chọn."],
        "day": ["Ngày không hợp lệ. Vui lòng nhập theo dạng ngày/tháng/năm, ví dụ: 09/11/2026"],
        "address": ["Địa chỉ thư điện tử không hợp lệ. Vui lòng nhập đúng dạng, ví dụ: hoten@coquan.gov.vn"],
        "note": ["Chỉ được nhập tối đa 3 ký tự (hiện có 4 ký tự). Vui lòng rút ngắn."],
    }


def test_short_password_is_refused_in_vietnamese():
    with pytest.raises(ValidationError) as refusal:
        MinimumLengthValidator(10).validate("ngắn")

    assert refusal.value.messages == ["Mật khẩu này quá ngắn. Mật khẩu phải có ít nhất 10 ký tự."]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_plural_has_one_form_for_any_number(count):
    assert ngettext("%(num)d day", "%(num)d days", count) % {"num": count} == f"{count} ngày"


def test_project_wording_wins_over_that_of_the_library():
    assert gettext("Password reset unsuccessful") == "Chưa đặt lại được mật khẩu"
