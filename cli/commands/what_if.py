"""gigaworks what-if: what a loss does, before it happens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gigaworks.cli import options
from gigaworks.cli.opening import complete_loss
from gigaworks.cli.views.screen import Screen

if TYPE_CHECKING:
    from gigaworks.inventory.what_if.things import Lost


@click.command("what-if")
@options.site
@click.option(
    "--lose", multiple=True, required=True, metavar="THING", shell_complete=complete_loss, help="What is gone."
)
@options.as_json
@click.pass_obj
def command(screen: Screen, site: Path, lose: tuple[str, ...], json: bool) -> int:
    r"""Say what goes down, what must be throttled and what is degraded when THINGs of SITE are lost.

    THING is a device of the power graph, a CDU group or one unit of it, a loop, a switch, a rack, a node, or feed/a:
    the first feed of every rack. The end of a name is enough where it is the only one; ranges are taken apart. Exits
    with 0 whatever the answer is, with 64 where a name means nothing.

    \b
    gigaworks what-if demo --lose busway-a
    gigaworks what-if demo --lose cooling/h1/cdu-1/2 --lose leaf-1
    gigaworks what-if demo --lose feed/h1/a
    """
    from gigaworks.cli.opening import open_case
    from gigaworks.cli.views import what_if as view
    from gigaworks.inventory.what_if.effect import what_if
    from gigaworks.inventory.what_if.things import things

    case, _ = open_case(site)
    known = things(case.blueprint)
    chosen = {name: known[name] for text in lose for name in _named(known, text)}
    gone = next(iter(chosen.values()))
    for more in chosen.values():
        gone |= more
    effect = what_if(case, gone)
    if json:
        view.show_json(list(chosen), effect, screen.out)
    else:
        view.show_effect(case.blueprint, list(chosen), effect, screen.out)
    return 0


def _named(known: dict[str, Lost], text: str) -> list[str]:
    """Return the full name of each thing that ``text`` names.

    Raises:
        WrongUse: it names nothing, or it may be several things.

    """
    from gigaworks.inventory.problem import Problem, WrongUse
    from gigaworks.inventory.ranges import RangeError, did_you_mean, expand
    from gigaworks.inventory.what_if.things import named

    try:
        parts = [text] if named(known, text) else expand(text)
    except RangeError as error:
        raise WrongUse(Problem("bad range", str(error))) from None
    found = []
    for part in parts:
        names = named(known, part)
        if not names:
            ends = {name.rpartition("/")[2] for name in known}
            fix = did_you_mean(part, [*known, *ends]) or "gigaworks show lists what there is; the shell completes it"
            raise WrongUse(Problem("no such thing to lose", f"{part!r}", fix))
        if len(names) > 1:
            raise WrongUse(Problem("several things have this name", f"{part!r}", f"one of {', '.join(names[:6])}"))
        found += names
    return found
