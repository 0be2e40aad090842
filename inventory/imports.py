"""Heavy packages that many threads need first at the same moment."""

from __future__ import annotations

import importlib
import threading

_one = threading.Lock()


def import_once(package: str) -> None:
    """Import a package in one thread at a time.

    Python gives up with a deadlock error where threads import packages that import each other (seen: sushy and
    importlib.resources). Start-up stays lazy, so the first import may well happen in a thread.
    """
    with _one:
        importlib.import_module(package)
