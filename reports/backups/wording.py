"""Figures as they are printed here."""

import datetime

from reports.deadlines import VIETNAM


def number(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def megabytes(size: int) -> str:
    return f"{size / 1024**2:.1f} MB".replace(".", ",")


def seconds(took: float) -> str:
    return f"{took:.1f} giây".replace(".", ",")


def moment(text: str) -> str:
    return f"{datetime.datetime.fromisoformat(text).astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"
