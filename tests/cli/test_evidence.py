"""Measured values: what was kept, beside like nodes."""

from __future__ import annotations

import io

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gigaworks.cli.record.evidence import beside_like_nodes, slow
from gigaworks.cli.record.results import Evidence
from gigaworks.cli.views.evidence import show_evidence
from gigaworks.cli.views.screen import Stream

from .golden import check
from .sample_site import blueprint

SITE = blueprint()


def measured(cpu: float, **changes: object) -> Evidence:
    """Return a measurement of a processor."""
    one = Evidence(check="acceptance/cpu", observed=cpu, expected="20.0", unit="events/s", sha256="a" * 64)
    return msgspec.structs.replace(one, **changes)


@given(st.lists(st.floats(0.1, 1e6), min_size=4, max_size=4))
def test_shares_are_of_the_median_of_like_nodes(values: list[float]) -> None:
    """Half of the like nodes lie at or above their median, and a slow one is below 90 % of it."""
    kept = {name: [measured(cpu)] for name, cpu in zip(sorted(SITE.nodes), values, strict=True)}
    shares = [checks[0].of_median for checks in beside_like_nodes(kept, SITE).values()]

    assert sum(share is not None and share >= 0.999 for share in shares) >= 2
    for checks in beside_like_nodes(kept, SITE).values():
        assert slow(checks[0]) == ((checks[0].of_median or 0) < 0.9)


def test_what_is_no_quantity_is_not_compared() -> None:
    """A setting that was read back, or a value of a single node, has no share."""
    setting = Evidence(check="kernel/swappiness", observed=10, expected="10")
    kept = {"gpu-01-n1": [setting, measured(5.0)], "gpu-01-n2": [setting]}

    assert [one.of_median for checks in beside_like_nodes(kept, SITE).values() for one in checks] == [None, None, None]


def test_screen() -> None:
    """One node's sheet with digests, then all nodes in a line for each quantity; slow and failed ones are named."""
    failed = Evidence(check="time/offset", observed=None, expected="0.1", unit="s", ok=False)
    kept = {
        "gpu-01-n1": [measured(1000.0)],
        "gpu-01-n2": [measured(1010.0)],
        "gpu-02-n1": [measured(700.0), failed],
        "gpu-02-n2": [],
    }
    found = beside_like_nodes(kept, SITE)
    file = io.StringIO()
    stream = Stream(file, width=110)
    show_evidence(found, stream, whole=False)
    stream.line()
    show_evidence({"gpu-02-n1": found["gpu-02-n1"]}, stream, whole=True)

    check("evidence.txt", file.getvalue())
