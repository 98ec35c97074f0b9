"""The chain of events: one hash that stands for everything that ever happened, in its order.

Events, remarks and noted calls are added and never changed, submissions and published versions are frozen: each link
is the hash of the link before and of one of them. A later backup holds the same chain up to the same moment, or
somebody changed the past.
"""

import datetime
import hashlib
import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps.registry import Apps
from django.db.models import Model

from reports.backups.tables import columns_of, plain
from reports.snapshots import canonical

# An event is written in a transaction that others see later than the moment it gives, by seconds: the chain ends
# before, so that none comes in afterwards.
SETTLED_AFTER = datetime.timedelta(minutes=5)
BEGINNING = 64 * "0"

# Rows of these are added and never changed too; with the column that says when.
ADDED = {"reports.comment": "at", "reports.contactcall": "noted_at"}

# What is frozen of rows of which the rest may change, beginning with when it happened.
FROZEN = {
    "reports.submission": [
        "submitted_at", "id", "report_id", "number", "receipt_number", "sha256", "submitted_by_id", "received_at",
    ],
    "reports.consolidatedreport": [
        "published_at", "id", "cycle_id", "version", "sha256", "number", "issued_on", "code", "published_by_id",
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Chain:
    """The chain up to a moment: `columns` says by model what of its rows is in it, beginning with the moment's."""

    until: str
    columns: dict[str, list[str]]
    links: int
    head: str


def chain_of(apps: Apps, now: datetime.datetime) -> Chain:
    """Return the chain of what happened up to some minutes ago."""
    until = now - SETTLED_AFTER
    return chain_again(
        apps, Chain(until.astimezone(datetime.UTC).isoformat(), _columns_of_events(apps), 0, BEGINNING)
    )


def chain_again(apps: Apps, earlier: Chain) -> Chain:
    """Return the chain up to the moment of an earlier one, of its columns. Raises LookupError where one is gone."""
    until = datetime.datetime.fromisoformat(earlier.until)
    links, head = 0, BEGINNING
    events = [_events(apps.get_model(label), columns, until) for label, columns in sorted(earlier.columns.items())]
    for *_, event in heapq.merge(*events):
        links, head = links + 1, hashlib.sha256(f"{head}\n{event}".encode()).hexdigest()
    return Chain(earlier.until, earlier.columns, links, head)


def _columns_of_events(apps: Apps) -> dict[str, list[str]]:
    """Return what is in the chain: every column of events and of what else is added alone, and what is frozen."""
    columns = {}
    for model in apps.get_models():
        label = model._meta.label_lower
        if label in FROZEN:
            columns[label] = FROZEN[label]
        elif label in ADDED or label.endswith("event"):
            moment = ADDED.get(label, "at")
            columns[label] = [moment, *(column for column in columns_of(model) if column != moment)]
    return columns


def _events(model: type[Model], columns: list[str], until: datetime.datetime) -> Iterator[tuple]:
    """Yield when, which model, which row and what it says, in order."""
    label, moment = model._meta.label_lower, columns[0]
    missing = set(columns) - set(columns_of(model))
    if missing:
        raise LookupError(f"{label} has no {', '.join(sorted(missing))}")
    rows = model._base_manager.filter(**{f"{moment}__lte": until}).order_by(moment, "pk")
    for row in rows.values_list(*columns, "pk").iterator(chunk_size=2_000):
        said = {column: plain(value) for column, value in zip(columns, row, strict=False)}
        yield row[0], label, row[-1], canonical({"model": label, **said})
