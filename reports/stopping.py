"""A worker that was told to stop lets the processes of its pool know, so that they hand back their work in time.

Celery itself tells them nothing: it waits (CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT), puts their messages back into the
broker and waits for them again, until whoever runs the container has had enough.
"""

import mmap
import signal
from collections.abc import Callable
from types import FrameType

from celery.signals import worker_ready

Asked = Callable[[], bool]

# One byte that the worker's main process shares with those it forks. No lock that a killed process could keep.
_told = mmap.mmap(-1, 1)


def is_told_to_stop() -> bool:
    return _told[0] == 1


def goes_on() -> bool:
    """Answer for work that nobody will ask to stop: never."""
    return False


@worker_ready.connect
def listen(**kwargs: object) -> None:
    """Hear SIGTERM before Celery does, whose own handler returns when the pool has ended."""
    celerys_handler = signal.getsignal(signal.SIGTERM)

    def tell(number: int, frame: FrameType | None) -> None:
        _told[0] = 1
        if callable(celerys_handler):
            celerys_handler(number, frame)

    signal.signal(signal.SIGTERM, tell)
