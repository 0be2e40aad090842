"""The small values that several nouns share: names, redundancy, addresses, dates."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from typing import Annotated, Any, Literal, LiteralString

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

Redundancy = Annotated[str, Field(pattern=r"^(n|n\+[1-9]|2n)$")]
Arch = Literal["x86_64", "aarch64", "riscv64"]
FabricKind = Literal["compute", "storage", "mgmt", "oob"]

_ORDINAL = re.compile(r"[1-9][0-9]*|\[[-0-9, ]+\]")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")


def spare_units(redundancy: str | None) -> int:
    """Return how many units may be off: 1 for ``n+1``; 0 for ``n``, ``2n`` and nothing declared."""
    return int(redundancy[2:]) if redundancy and redundancy.startswith("n+") else 0


def _prefix(value: Any) -> ipaddress.IPv4Network:
    try:
        return ipaddress.IPv4Network(value if isinstance(value, str) and "/" in value else "no prefix length")
    except ValueError as error:
        raise _wrong("prefix", value, "{value} is no IPv4 prefix, such as `10.0.0.0/24`: {reason}", error) from None


def _address(value: Any) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(value if isinstance(value, str) else "no text")
    except ValueError as error:
        raise _wrong("address", value, "{value} is no IPv4 address, such as `10.0.0.1`: {reason}", error) from None


def _prefix6(value: Any) -> ipaddress.IPv6Network:
    try:
        return ipaddress.IPv6Network(value if isinstance(value, str) and "/" in value else "no prefix length")
    except ValueError as error:
        raise _wrong("prefix", value, "{value} is no IPv6 prefix, such as `fd00:10::/64`: {reason}", error) from None


def _address6(value: Any) -> ipaddress.IPv6Address:
    try:
        return ipaddress.IPv6Address(value if isinstance(value, str) else "no text")
    except ValueError as error:
        raise _wrong("address", value, "{value} is no IPv6 address, such as `fd00:10::1`: {reason}", error) from None


def _date(value: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise _wrong("date", value, "{value} is no date; write it as `2027-01-31`", error) from None


def _wrong(kind: LiteralString, value: Any, words: LiteralString, reason: Exception) -> PydanticCustomError:
    return PydanticCustomError(kind, words, {"value": f"`{str(value)[:60]}`", "reason": str(reason)})


def _mac(value: Any) -> str:
    if isinstance(value, str) and _MAC.fullmatch(value.lower()):
        return value.lower()
    raise PydanticCustomError(
        "mac", "{value} is no MAC address; write it as `3c:ec:ef:12:00:9a`", {"value": f"`{str(value)[:60]}`"}
    )


def _ordinal(value: Any) -> int | str:
    whole = isinstance(value, int) and not isinstance(value, bool) and value > 0
    if whole or (isinstance(value, str) and _ORDINAL.fullmatch(value)):
        return value  # type: ignore[no-any-return]
    raise PydanticCustomError(
        "number", "{value} is no number from 1 and no range of them, such as `[1-2]`", {"value": f"`{str(value)[:60]}`"}
    )


Ordinal = Annotated[  # a number from 1, or a range that follows the name's; a text of digits once that is written out
    int | str,
    BeforeValidator(_ordinal),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "examples": ["[1-2]"]}]}),
]
Prefix = Annotated[
    ipaddress.IPv4Network, BeforeValidator(_prefix), WithJsonSchema({"type": "string", "examples": ["10.0.0.0/24"]})
]
Address = Annotated[
    ipaddress.IPv4Address, BeforeValidator(_address), WithJsonSchema({"type": "string", "format": "ipv4"})
]
Prefix6 = Annotated[
    ipaddress.IPv6Network, BeforeValidator(_prefix6), WithJsonSchema({"type": "string", "examples": ["fd00:10::/64"]})
]
Address6 = Annotated[
    ipaddress.IPv6Address, BeforeValidator(_address6), WithJsonSchema({"type": "string", "format": "ipv6"})
]
Date = Annotated[dt.date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Mac = Annotated[str, BeforeValidator(_mac), WithJsonSchema({"type": "string", "examples": ["3c:ec:ef:12:00:9a"]})]
