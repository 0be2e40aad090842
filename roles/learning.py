"""Within a worker: one host finds out which facts the roles ask for, and the others read them all at once."""

from __future__ import annotations

import time
from collections.abc import Sequence

from gevent.event import Event

from gigaworks.roles.learned import Facts
from gigaworks.roles.pending import Hint

PATIENCE_SECONDS = 3.0  # for hosts that find out: then one more of those that wait begins to do so, too


class _Study:
    """How far it has come with one list of roles."""

    def __init__(self) -> None:
        self.done = Event()
        self.begun = time.monotonic()  # by the host that began last


class Learning:
    """What is known by role key, from earlier runs and from the hosts that went first in this one."""

    def __init__(self, known: dict[str, Facts]) -> None:
        self._known = {key: dict(facts) for key, facts in known.items()}
        self._studies: dict[tuple[str, ...], _Study] = {}
        self._hints: dict[tuple[str, ...], dict[Hint, str]] = {}

    def goes_first(self, keys: Sequence[str]) -> bool:
        """Return whether this host is one to find out; else it has waited for the first that did."""
        study = self._studies.get(tuple(keys))
        if study is None:
            self._studies[tuple(keys)] = _Study()
            return True
        while not study.done.is_set():
            left = study.begun + PATIENCE_SECONDS - time.monotonic()
            if left <= 0:
                study.begun = time.monotonic()
                return True
            study.done.wait(left)
        return False

    def found_out(self, keys: Sequence[str], asked: dict[str, Facts]) -> None:
        """Let the others go on, with what this host's roles asked for."""
        for key, facts in asked.items():
            self._known.setdefault(key, {}).update(facts)
        self._studies[tuple(keys)].done.set()

    def hints(self, keys: Sequence[str]) -> dict[Hint, str]:
        """Return what facts turned out to say on nodes with these roles, for the others to expect; they add to it."""
        return self._hints.setdefault(tuple(keys), {})

    def facts(self, keys: Sequence[str]) -> Facts:
        """Return the facts that these roles are known to ask for."""
        return {raw: text for key in keys for raw, text in self._known.get(key, {}).items()}
