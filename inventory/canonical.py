"""Canonical JSON and its digest: the same value gives the same bytes on every machine."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(order="sorted")
_TEXT_OR_WHOLE = re.compile(rb'("(?:[^"\\]|\\.)*")|(-?[0-9]+)\.0(?![0-9eE])')
# Nearly every whole number is the value of a key that ends in a letter, and no text begins after one: those are found
# eight times as fast as by reading text and numbers apart, which is done where something else is left.
_OF_KEY = rb"|".join(rb'(?<=\w":\d{%d}\.0)|(?<=\w":-[1-9]\d{%d}\.0)' % (n, n - 1) for n in range(1, 17))
_FRACTION = re.compile(rb"\.0(?=[,}])(?:%s)" % _OF_KEY)
_LEFT = re.compile(rb"\.0(?:[,}\]]|\Z)")


def canonical(value: Any) -> bytes:
    """Return compact JSON with sorted keys, UTF-8; structs, dicts, lists, text and numbers are accepted.

    Whole numbers are written without a fraction (8.0 is 8), so that equal values give equal bytes.
    """
    data = _encoder.encode(value)
    if b".0" not in data:
        return data
    quick = _FRACTION.sub(b"", data)
    return _TEXT_OR_WHOLE.sub(_whole, data) if _LEFT.search(quick) else quick


def _whole(found: re.Match[bytes]) -> bytes:
    return found[1] or (b"0" if found[2] == b"-0" else found[2])


def pretty(value: Any) -> bytes:
    """Return the canonical JSON indented by two, with a newline at the end: for files that people open."""
    return msgspec.json.format(canonical(value), indent=2) + b"\n"


def digest(value: Any) -> str:
    """Return the SHA-256 (64 hex digits) of the canonical JSON of ``value``."""
    return hashlib.sha256(canonical(value)).hexdigest()


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write ``data`` to ``path`` whole or not at all: a temporary file beside it, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
