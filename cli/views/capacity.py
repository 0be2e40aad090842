"""How many more racks fit and what stops the next one; which kW are stranded."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec

from gigaworks.cli.views.jsonl import show_document
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns, count, draw, figure, joined, wrap
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.capacity.fits import MOST, Answer, Kind, Room
from gigaworks.inventory.capacity.stranded import Stranded

NO_SLOTS = "room on the floor: no row says how many racks it holds"


def show_capacity(blueprint: Blueprint, answers: list[Answer], stranded: list[Stranded], stream: Stream) -> None:
    """Show each kind of rack in three lines, then what is stranded."""
    racks = blueprint.racks.values()
    load = draw(sum(rack.draw_kw for rack in racks), sum(rack.unknown_draws for rack in racks))
    contract = f"contracted {figure(blueprint.site.contracted_kw, 'kW')} at PUE {blueprint.policy.pue:g}"
    stream.line(f"{stream.paint(blueprint.site.name, 'bold')}  IT {load}, {contract}")
    for answer in answers:
        stream.line()
        stream.lines(_headed(answer, stream))
        rows = [_stop(room) for room in answer.stops]
        rows += [(problem.id, problem.subject, problem.detail, "") for problem in answer.findings[:3]]
        stream.lines(columns(rows, indent=2))
        stream.lines([f"  unknown  {text}" for text in _unknown(answer)])
    stream.lines(["", f"unknown  {NO_SLOTS}"])
    _show_stranded(stranded, stream)
    if answers:
        like = answers[0].kind.places[0][0]
        stream.lines(["", f"Every resource of a kind:  gigaworks capacity {blueprint.site.name} --like rack/{like}"])


def show_like(answer: Answer, stranded: list[Stranded], stream: Stream) -> None:
    """Show every resource that one kind of rack takes, the scarcest first."""
    stream.lines([*_headed(answer, stream), ""])
    rows: list[tuple[str, ...]] = [("resource", "", "used", "usable", "left", "a rack", "racks", "law")]
    for room in answer.rooms:
        it = room.figure
        left = figure(None if it.usable is None else it.usable - it.used)
        fits = "unknown" if room.fits is None else f"{room.fits:,}"
        used, usable, each = figure(it.used), figure(it.usable, it.unit), figure(room.each)
        rows.append((it.subject, it.what, used, usable, left, each, fits, it.law))
    stream.lines(columns(rows, right=(2, 3, 4, 5, 6)))
    texts = [f"{problem.id}  {problem.subject}: {problem.detail}" for problem in answer.findings[:3]]
    texts += [f"unknown  {text}" for text in [*_unknown(answer), NO_SLOTS]]
    stream.lines([line for text in ["", *texts] if texts for line in wrap(text, stream.width, "  ")])
    _show_stranded(stranded, stream)


def show_json(answers: list[Answer], stranded: list[Stranded], stream: Stream) -> None:
    """Write everything as one document."""
    kinds = [{**msgspec.to_builtins(answer), "fits": answer.fits, "unknown": _unknown(answer)} for answer in answers]
    content: dict[str, Any] = {"kinds": kinds, "stranded": msgspec.to_builtins(stranded)}
    show_document(content, stream)


def _headed(answer: Answer, stream: Stream) -> list[str]:
    racks = [rack for place in answer.kind.places for rack in place]
    at_most = "at most " if answer.unknown_draws else ""
    number = f"{MOST:,} or more" if answer.fits >= MOST else f"{answer.fits} more"
    more = f"{at_most}{number} fit" if answer.fits else "none more fits"
    first = next((problem.id for problem in answer.findings), "") or joined(
        sorted({room.figure.law for room in answer.stops})
    )
    stops = f"; the next one would break {first}" if first else ""
    bound = "≥ " if answer.unknown_draws else ""
    where = f" in {count(len(answer.kind.places), 'place')}" if len(answer.kind.places) > 1 else ""
    return [
        f"{stream.paint(fold(racks), 'bold')}  {_contents(answer.kind)}: {bound}{figure(answer.draw_kw, 'kW')} a rack",
        f"  {stream.paint(more, 'green' if answer.fits else 'yellow')}{where}{stops}",
    ]


def _contents(kind: Kind) -> str:
    return joined([f"{number} x {device}" for device, number in kind.contents.items()])


def _stop(room: Room) -> tuple[str, ...]:
    it = room.figure
    used = f"{figure(it.used)} of {figure(it.usable, it.unit)}"
    return it.law, " ".join(filter(None, (it.subject, it.what))), used, f"{figure(room.each)} a rack"


def _unknown(answer: Answer) -> list[str]:
    """Return what the answer could not look at, because nobody declared it."""
    texts = []
    if answer.unknown_draws:
        texts.append(f"the draw of {count(answer.unknown_draws, 'device')} of a rack: fewer racks may fit")
    limits = [" ".join(filter(None, (r.figure.subject, r.figure.what))) for r in answer.rooms if r.fits is None]
    return texts + ([f"the limit of {joined(limits)}"] if limits else [])


def _show_stranded(stranded: list[Stranded], stream: Stream) -> None:
    alike: dict[tuple[float | None, float, str, str], list[str]] = defaultdict(list)
    for it in stranded:
        kind, _, name = it.subject.partition("/")
        alike[None if it.kw is None else round(it.kw, 1), it.of_kw, it.why, kind].append(name)
    rows = [
        (f"{kind}/{fold(names)}", figure(kw, "kW"), f"of {figure(of_kw, 'kW')}", why)
        for (kw, of_kw, why, kind), names in alike.items()
    ]
    stream.lines(["", stream.paint("stranded", "bold"), *columns(rows, indent=2, right=(1,))] if rows else [])
