"""Data files that come with the app: their reading and what is said of a bad one. Nothing touches the database.

A file is TOML in UTF-8 and NFC; its keys are the fields of a dataclass and of the ones below it. White space is
folded: a text may be broken into lines anywhere.
"""

import datetime
import re
import tomllib
import unicodedata
from dataclasses import MISSING, dataclass, fields, is_dataclass
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints


class DataFileError(Exception):
    """A data file that cannot be used. `problems` are sentences for the person who wrote it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Text:
    """What a text must be: quoted from the file's full text, of a certain form (`said` in words), not too long."""

    quoted: bool = False
    form: re.Pattern[str] | None = None
    said: str = "chỉ chữ thường không dấu, chữ số và gạch nối"
    at_most: int | None = None


SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Place:
    """Where in the file: `agencies[5].responsibilities[2]`, and what the nearest named table is called: "số 7"."""

    path: str = ""
    called: str = ""

    def __str__(self) -> str:
        return f"{self.path} ({self.called})" if self.called else self.path

    def key(self, name: str) -> "Place":
        return Place(f"{self.path}.{name}" if self.path else name, self.called)

    def item(self, index: int, called: str = "") -> "Place":
        return Place(f"{self.path}[{index}]", called or self.called)

    def problem(self, reason: str) -> str:
        return f"{self}: {reason}" if self.path else reason


def fold_space(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return " ".join(text.split())


def read_text(path: Path) -> str:
    """Return the text of a file; raises DataFileError that names the line of what is not UTF-8 or not NFC."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise DataFileError([f"không có tệp {path}"]) from error
    except (OSError, ValueError) as error:
        raise DataFileError([f"không đọc được tệp {path}: là thư mục hoặc không có quyền đọc"]) from error
    return decode(content, path.name, shown=str(path))


def decode(content: bytes, name: str, *, shown: str = "") -> str:
    """Return the text in a file's bytes; raises DataFileError that names the line of what is not UTF-8 or not NFC."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataFileError([f"{name}, dòng {line}: không phải UTF-8"]) from error
    if not text.strip():
        raise DataFileError([f"tệp {shown or name} trống"])
    decomposed = [
        number for number, line in enumerate(text.split("\n"), start=1) if not unicodedata.is_normalized("NFC", line)
    ]
    if decomposed:
        others = f", và {len(decomposed) - 1} dòng sau đó" if decomposed[1:] else ""
        raise DataFileError([f"{name}, dòng {decomposed[0]}{others}: chữ có dấu không ở dạng Unicode dựng sẵn (NFC)"])
    return text


def parse(text: str, file_name: str) -> dict[str, Any]:
    """Return what a TOML text says; raises DataFileError that names the line of what is no TOML."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:
        reason, _, position = str(error).partition(" (at ")
        found = re.match(r"line (\d+), column (\d+)", position)
        where = "dòng {}, cột {}".format(*found.groups()) if found else f"dòng {text.count(chr(10)) + 1}, cuối tệp"
        is_repeated = re.match(r"Cannot (overwrite|declare|redefine|mutate)", reason)
        said = "khóa này đã viết ở trên" if is_repeated else f"sai cú pháp TOML ({reason})"
        raise DataFileError([f"{file_name}, {where}: {said}"]) from error


SCALARS = {
    str: "một chuỗi chữ",
    int: "một số nguyên",
    bool: "true hoặc false",
    Decimal: "một số, viết như 60 hoặc 1.5",
    datetime.date: "một ngày, viết như 2018-05-29",
}


# Reading the hints of a class anew for every table took most of the time.
_kinds_of = cache(partial(get_type_hints, include_extras=True))


class Reader:
    """Makes the dataclasses above of TOML's values and gathers what does not fit them."""

    def __init__(self, full_text: str | None) -> None:
        self.full_text = None if full_text is None else fold_space(full_text)
        self.problems: list[str] = []

    def table(self, shape: type, content: object, place: Place) -> Any:
        """Return the dataclass that a table says; None where something in it does not fit."""
        if not isinstance(content, dict):
            return self._refuse(place, "phải là một bảng")
        problems_before = len(self.problems)
        kinds = _kinds_of(shape)
        for key in sorted(content.keys() - kinds.keys()):
            self._refuse(place, f'khóa lạ "{key}"')
        values = {}
        for key_field in fields(shape):
            key, kind = key_field.name, kinds[key_field.name]
            is_required = key_field.default is MISSING and key_field.default_factory is MISSING
            if key in content:
                values[key] = self._value(kind, content[key], place.key(key))
                if is_required and content[key] == []:
                    self._refuse(place.key(key), "để trống")
            elif is_required:
                self._refuse(place, f'thiếu "{key}"')
        return shape(**values) if len(self.problems) == problems_before else None

    def _value(self, kind: Any, value: object, place: Place) -> Any:
        if get_origin(kind) in (Union, UnionType):
            kind = get_args(kind)[0]
        arguments = get_args(kind)
        if is_dataclass(kind):
            return self.table(cast(type, kind), value, place)
        if get_origin(kind) is list:
            return self._list(arguments[0], value, place)
        if get_origin(kind) is Literal:
            if value in arguments:
                return value
            return self._refuse(place, f"phải là một trong: {', '.join(arguments)}")
        base, rule = arguments if arguments else (kind, None)
        if base is Decimal and type(value) is int:
            value = Decimal(value)
        if type(value) is not base:
            return self._refuse(place, f"phải là {SCALARS[base]}")
        if base is str:
            return self._text(rule or Text(), fold_space(str(value)), place)
        if isinstance(rule, range) and value not in rule:
            return self._refuse(place, f"phải từ {rule.start} đến {rule.stop - 1}")
        return value

    def _list(self, kind: Any, value: object, place: Place) -> list | None:
        if not isinstance(value, list):
            return self._refuse(place, "phải là một danh sách")
        places: dict[object, Place] = {}
        items = []
        for index, item in enumerate(value):
            number, code = (item.get("number"), item.get("code")) if isinstance(item, dict) else (None, None)
            called = f"số {number}" if isinstance(number, int) else f"mã {code}" if isinstance(code, str) else ""
            item_place = place.item(index, called)
            if isinstance(number, int | str):
                if number in places:
                    self._refuse(item_place, f"số {number} đã dùng ở {places[number].path}")
                places.setdefault(number, item_place)
            items.append(self._value(kind, item, item_place))
        return items

    def _text(self, rule: Text, text: str, place: Place) -> str | None:
        if not text:
            return self._refuse(place, "để trống")
        if not unicodedata.is_normalized("NFC", text):
            return self._refuse(place, "chữ có dấu không ở dạng Unicode dựng sẵn (NFC)")
        if not text.isprintable():
            return self._refuse(place, "có ký tự không in được")
        if rule.form and not rule.form.fullmatch(text):
            return self._refuse(place, f'"{text}" sai dạng: {rule.said}')
        if rule.at_most and len(text) > rule.at_most:
            return self._refuse(place, f"dài {len(text)} ký tự, nhiều nhất là {rule.at_most}")
        if rule.quoted and self.full_text is not None and text not in self.full_text:
            return self._refuse(place, "không có đúng như vậy trong toàn văn của kế hoạch")
        return text

    def _refuse(self, place: Place, reason: str) -> Any:
        """Note a problem and return None, the value of what has one."""
        self.problems.append(place.problem(reason))
        return None
