"""FRR configurations compared as what they mean: lines in their contexts, whatever the order they come in."""

from __future__ import annotations

import re
from collections.abc import Iterator

Line = tuple[tuple[str, ...], str]  # the headers around it, outermost first, and the line itself

# What FRR adds or leaves out by itself, and what the switch's own name and log are set by elsewhere
_BESIDE = re.compile(
    r"Building configuration|Current configuration|frr version |hostname |domainname |log |service |"
    r"(no )?ipv6 forwarding$|ip forwarding$"
)
_CLOSING = re.compile(r"(!.*|end|exit\S*)?$")


def observed(declared: str, running: str) -> str:
    """Return the declared text as the switch shows it: lines that it lacks taken out, its own put in.

    Equal in meaning gives the declared text itself, so that a comparison line by line tells exactly what differs.
    """
    wanted, found = _meaning(declared), _meaning(running)
    if wanted.keys() == found.keys():
        return declared
    own: dict[tuple[str, ...], list[str]] = {}
    for context, line in found:
        if (context, line) not in wanted:
            own.setdefault(context, []).append(line)
    shown: list[str] = []
    for raw, key in _keyed(declared):
        if raw == "end":
            shown += _block(own, ())
        if key is None or key in found or _BESIDE.match(key[1]):
            shown.append(raw)
            if key is not None:
                shown += _block(own, (*key[0], key[1]))
    return "\n".join(shown) + "\n"


def removals(declared: str, running: str) -> str:
    """Return the commands that take away what the switch has beyond the declared; applying those comes after."""
    wanted = _meaning(declared)
    gone: set[tuple[str, ...]] = set()
    commands: list[str] = []
    for context, line in _meaning(running):
        if (context, line) in wanted or any(context[: len(each)] == each for each in gone):
            continue
        if line.startswith("interface "):  # FRR keeps ports that are there; one without settings is not shown
            continue
        gone.add((*context, line))
        closing = ["exit-address-family" if each.startswith("address-family") else "exit" for each in context]
        commands += [*context, _undo(line), *reversed(closing)]
    return "".join(f"{command}\n" for command in commands)


def _undo(line: str) -> str:
    if line.startswith("description "):  # the only one that is taken away without its value
        return "no description"
    return line.removeprefix("no ") if line.startswith("no ") else f"no {line}"


def _meaning(text: str) -> dict[Line, None]:
    """Return every line that means something, in order."""
    return {key: None for _, key in _keyed(text) if key is not None and not _BESIDE.match(key[1])}


def _keyed(text: str) -> Iterator[tuple[str, Line | None]]:
    around: list[tuple[int, str]] = []
    for raw in text.splitlines():
        line = raw.strip()
        depth = len(raw) - len(raw.lstrip())
        if _CLOSING.match(line):
            yield raw, None
            continue
        while around and around[-1][0] >= depth:
            around.pop()
        yield raw, (tuple(header for _, header in around), line)
        around.append((depth, line))


def _block(own: dict[tuple[str, ...], list[str]], context: tuple[str, ...]) -> list[str]:
    """Return the switch's own lines in a context, indented, with what stands below them."""
    return [
        each for line in own.get(context, ()) for each in (" " * len(context) + line, *_block(own, (*context, line)))
    ]
