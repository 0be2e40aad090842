"""Readers of what the vendors' tools print."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import msgspec


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the driver sees: product names, one for each accelerator, and the driver's version."""

    products: list[str]
    driver: str


def nvidia(text: str) -> Found:
    """Read ``nvidia-smi -q -x``, schemas v11 to v13.

    Raises:
        ValueError: this is not its output.
    """
    try:
        root = ET.fromstring(text)  # noqa: S314 - our own node's root wrote it, and expat refuses bombs
    except ET.ParseError as error:
        raise ValueError(f"not what nvidia-smi -q -x prints: {error}") from error
    if root.tag != "nvidia_smi_log":
        raise ValueError(f"not what nvidia-smi -q -x prints: <{root.tag}>")
    return Found(
        products=[gpu.findtext("product_name", "").strip() for gpu in root.iter("gpu")],
        driver=root.findtext("driver_version", "").strip(),
    )


def amd(text: str) -> Found:
    """Read ``rocm-smi --showproductname --showdriverversion --json``, ROCm 4 to 6.

    Older ones give numbers for names; "Card series" (later "Card Series") is the one that people know.

    Raises:
        ValueError: this is not its output.
    """
    start = text.find("{")  # warnings go before it
    found = json.loads(text[start:] if start >= 0 else text)
    cards = [fields for name, fields in sorted(found.items()) if re.fullmatch(r"card\d+", name)]
    return Found(
        products=[
            str(card.get("Card Series") or card.get("Card series") or card.get("Device Name") or "") for card in cards
        ],
        driver=str(found.get("system", {}).get("Driver version", "")),
    )
