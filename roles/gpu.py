"""What follows from the accelerators that a node declares; shared by the roles for GPUs. Pure."""

from __future__ import annotations

import re
from typing import Literal

from gigaworks.roles.target import Context

Fabric = Literal["nvswitch", "nvl72", "none"]


def why_not(vendor: str, context: Context) -> str:
    """Return why a role for a vendor's accelerators has nothing to do on a node."""
    declared = context.accelerators
    if declared is None:
        return "the node's device type has no accelerators"
    if declared.vendor != vendor:
        return f"its accelerators are of another vendor: {declared.vendor} {declared.model}"
    return "its accelerators are simulated by the lab: there is no driver for them" if context.site.lab else ""


def coherent(context: Context) -> bool:
    """Whether processor and GPU share coherent memory (Grace Hopper, Grace Blackwell): no peermem there."""
    return context.arch == "aarch64" and bool(context.accelerators and re.search(r"\bG[BH]\d00", _model(context)))


def nvlink_fabric(context: Context) -> Fabric:
    """Return how a node's NVIDIA GPUs are joined.

    NVL72 trays share a rack's NVLink switches and need IMEX; baseboards with eight SXM modules have NVSwitches of
    their own and need the fabric manager; PCIe cards and four-GPU boards have neither.
    """
    declared = context.accelerators
    if declared is None or declared.vendor != "nvidia":
        return "none"
    if re.search(r"NVL72|\bGB\d00", _model(context)):
        return "nvl72"
    board = re.search(r"SXM|HGX|DGX|\bB[23]00", _model(context))
    return "nvswitch" if board and declared.count % 8 == 0 else "none"


def nvlink_manager(context: Context) -> bool:
    """Whether the NVSwitches are NVLink 5 (B200, B300): their fabric manager needs nvlsm beside it."""
    return nvlink_fabric(context) == "nvswitch" and bool(re.search(r"\bB[23]00", _model(context)))


def _model(context: Context) -> str:
    names = [context.accelerators.model if context.accelerators else "", context.sku.model if context.sku else ""]
    return " ".join(names).upper()
