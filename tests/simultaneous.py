"""Doing several things at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def at_the_same_moment(calls: list[Callable[[], object]]) -> list:
    """Make every call in a thread with a database connection of its own, all begun together.

    Return in the calls' order what each returned, or the exception it raised.
    """
    start = threading.Barrier(len(calls))

    def make(call: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))
