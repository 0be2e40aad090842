"""What nvidia-smi prints: XML (``-q -x``, schemas v11 to v13) and the list (``-L``)."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import msgspec


class Gpu(msgspec.Struct, frozen=True, kw_only=True):
    """A GPU as its driver sees it. Empty strings and None are unknown: the driver says N/A, or nothing."""

    product: str
    uuid: str
    persistence: bool | None
    mig: bool | None
    mig_pending: bool | None
    fabric_state: str
    fabric_status: str
    uncorrectable: int | None  # volatile ECC errors of memory since the driver was loaded


def gpus(text: str) -> list[Gpu]:
    """Read ``nvidia-smi -q -x``.

    Raises:
        ValueError: this is not its output.
    """
    try:
        root = ET.fromstring(text)  # noqa: S314 - our own node's root wrote it, and expat refuses bombs
    except ET.ParseError as error:
        raise ValueError(f"not what nvidia-smi -q -x prints: {error}") from error
    if root.tag != "nvidia_smi_log":
        raise ValueError(f"not what nvidia-smi -q -x prints: <{root.tag}>")
    return [_gpu(element) for element in root.iter("gpu")]


def _gpu(element: ET.Element) -> Gpu:
    def at(path: str) -> str:
        said = (element.findtext(path) or "").strip()
        return "" if said in {"N/A", "[N/A]", "Requested functionality has been deprecated"} else said

    errors = at("ecc_errors/volatile/dram_uncorrectable") or at("ecc_errors/volatile/double_bit/device_memory")
    return Gpu(
        product=at("product_name"),
        uuid=at("uuid"),
        persistence=_on(at("persistence_mode")),
        mig=_on(at("mig_mode/current_mig")),
        mig_pending=_on(at("mig_mode/pending_mig")),
        fabric_state=at("fabric/state"),
        fabric_status=at("fabric/status"),
        uncorrectable=int(errors) if errors.isdigit() else None,
    )


def _on(said: str) -> bool | None:
    return {"Enabled": True, "Disabled": False}.get(said)


def mig_devices(text: str) -> dict[int, list[str]]:
    """Read ``nvidia-smi -L``: each GPU's index with the profiles of its MIG devices, sorted."""
    found: dict[int, list[str]] = {}
    for line in text.splitlines():
        if gpu := re.match(r"GPU (\d+): ", line):
            found[int(gpu[1])] = []
        elif device := re.match(r"\s+MIG (\S+)\s+Device", line):
            found[max(found)].append(device[1])
    return {index: sorted(profiles) for index, profiles in found.items()}
