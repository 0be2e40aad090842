"""A fabric as SVG: its tiers from the top down and what runs between them."""

from __future__ import annotations

from collections import Counter

from gigaworks.cli.record.pictures.fabric import Fabric, Tier
from gigaworks.cli.views.fabric import devices, rate
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.svg.draw import Drawing
from gigaworks.cli.views.text import count, joined

_MOST = 24  # members of a tier that are drawn one by one
_WIDE, _HIGH, _ACROSS, _DOWN, _LEFT, _TOP = 88, 30, 98, 130, 20, 80


def draw_fabric(it: Fabric) -> str:
    """Return the drawing; a tier of more than `_MOST` members is one box, and so are its cables one line."""
    told = joined([_counted(tier) for tier in it.tiers])
    drawing = Drawing(f"Fabric {it.kind}", told)
    drawing.text(20, 28, f"Fabric {it.kind}", kind="head")
    drawing.text(20, 46, told, kind="soft")
    width = max(min(max((len(tier.members) for tier in it.tiers), default=1), _MOST) * _ACROSS, 520)
    places: dict[str, tuple[float, float]] = {}
    for level, tier in enumerate(it.tiers):
        places |= _places(tier, width, _TOP + level * _DOWN)
    lines: Counter[tuple[tuple[float, float], tuple[float, float]]] = Counter()
    for upper, lower, cables in it.joined:
        if upper in places and lower in places:
            lines[places[upper], places[lower]] += cables
    for (a, b), _ in sorted(lines.items()):
        drawing.line((a[0], a[1] + _HIGH), b) if a[1] != b[1] else drawing.line(a, b)
    for trunk in it.trunks:
        above = [tier.name for tier in it.tiers].index(trunk.upper)
        speeds = ", ".join(rate(speed) for speed in trunk.speeds)
        y = _TOP + above * _DOWN + _HIGH + 22
        drawing.text(_LEFT + width + 16, y, f"{count(trunk.cables, 'cable')} {trunk.upper} ↔ {trunk.lower}")
        drawing.text(_LEFT + width + 16, y + 16, speeds, kind="small soft")
    for level, tier in enumerate(it.tiers):
        _tier(drawing, tier, places, width, _TOP + level * _DOWN)
    return drawing.svg()


def _counted(tier: Tier) -> str:
    return count(len(tier.members), tier.name, "leaves" if tier.name == "leaf" else "")


def _places(tier: Tier, width: float, y: float) -> dict[str, tuple[float, float]]:
    """Return where the lines of each member end: the middle of its box's top."""
    number = len(tier.members)
    if number > _MOST:
        return dict.fromkeys(tier.members, (_LEFT + width / 2, y))
    return {name: (_LEFT + (n + 0.5) * width / number, y) for n, name in enumerate(tier.members)}


def _tier(drawing: Drawing, tier: Tier, places: dict[str, tuple[float, float]], width: float, y: float) -> None:
    ports = f"{tier.used:,} of {tier.ports:,} ports used" if tier.ports is not None else f"{tier.used:,} ports used"
    ratio = f", oversubscribed {tier.oversubscription:.2f}:1" if tier.oversubscription else ""
    drawing.text(_LEFT + width + 16, y + 13, f"{tier.name}: {ports}")
    drawing.text(_LEFT + width + 16, y + 28, f"{devices(tier)}{ratio}", kind="small soft", room=360)
    if len(tier.members) > _MOST:
        drawing.box(_LEFT, y, width, _HIGH, title=f"{tier.name}: {fold(tier.members)}")
        told = f"{_counted(tier)}: {fold(tier.members)}"
        drawing.text(_LEFT + width / 2, y + 19, told, kind="middle", room=width - 20)
        return
    for name in tier.members:
        x = places[name][0]
        drawing.box(x - _WIDE / 2, y, _WIDE, _HIGH, title=f"{tier.name} {name}")
        drawing.text(x, y + 19, name, kind="middle small", room=_WIDE - 6)
