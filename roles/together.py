"""pyinfra's facts about paths, asked of all paths by one program instead of one program a path; pure.

``stat`` and ``sha1sum`` take many paths; a path that is missing is missing in the answer. Only where the answer names
each path beyond doubt: plain characters, no quoting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gigaworks.roles.check import Output

_PATH = r"(?P<path>/[A-Za-z0-9_./@+-]+)"
_STAT = re.compile(
    rf"! \(test -e {_PATH} \|\| test -L (?P=path) \) \|\| "
    r"\( stat -c (?P<format>'[^']+ %N') (?P=path) 2> /dev/null \|\| .*"
)
_SUM = re.compile(rf"test -e {_PATH} && \( sha1sum (?P=path) 2> /dev/null \|\| .*")
_STAT_LINE = re.compile(r"[^']* '(?P<path>[^']+)'(?: -> .*)?")
_SUM_LINE = re.compile(r"\S+  (?P<path>.+)")
_MANY = 200  # paths for one program


class Together(NamedTuple):
    """One shell text for several facts: ``facts`` maps each path to the fact's key."""

    text: str
    facts: dict[str, str]
    line: re.Pattern[str]

    def outputs(self, output: Output) -> Iterator[tuple[str, Output]]:
        """Yield what each fact says by itself."""
        found = {m["path"]: line for line in output.text.splitlines() if (m := self.line.fullmatch(line))}
        for path, key in self.facts.items():
            yield key, Output(0, f"{found[path]}\n" if path in found else "")


def together(facts: dict[str, str]) -> tuple[list[Together], dict[str, str]]:
    """Return the facts (key → shell text) that go together, and the others."""
    stats: dict[str, dict[str, str]] = {}
    sums: dict[str, str] = {}
    others: dict[str, str] = {}
    for key, text in facts.items():
        if stat := _STAT.fullmatch(text):
            stats.setdefault(stat["format"], {})[stat["path"]] = key
        elif sha1 := _SUM.fullmatch(text):
            sums[sha1["path"]] = key
        else:
            others[key] = text
    found = [
        Together(f"stat -c {form} {' '.join(part)} 2>/dev/null; true", part, _STAT_LINE)
        for form, paths in stats.items()
        for part in _parts(paths)
    ]
    found += [Together(f"sha1sum {' '.join(part)} 2>/dev/null; true", part, _SUM_LINE) for part in _parts(sums)]
    return found, others


def _parts(paths: dict[str, str]) -> Iterable[dict[str, str]]:
    items = list(paths.items())
    return (dict(items[start : start + _MANY]) for start in range(0, len(items), _MANY))
