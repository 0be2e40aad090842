"""What proves role dcgm."""

from __future__ import annotations

from gigaworks.roles.check import Check, Output, text
from gigaworks.roles.dcgm.params import Params
from gigaworks.roles.readers import dcgmi
from gigaworks.roles.scrape import scrape_check
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.target import Context


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""
    number = context.accelerators.count if context.accelerators else 0
    return [
        *service_checks("nvidia-dcgm"),
        *service_checks("nvidia-dcgm-exporter"),
        Check("count", "GPUs that DCGM sees", "dcgmi discovery -l", number, lambda o: dcgmi.discovered(text(o))),
        Check("diagnosis", "tests of a short diagnosis that do not pass", "dcgmi diag -r 1 -j", "none", failed),
        scrape_check(params.port, min(params.fields)),
    ]


def failed(output: Output) -> str:
    """Read the tests that fail or warn, with what DCGM says about them; its exit status is not 0 then."""
    bad = [test for test in dcgmi.diagnosis(output.text) if test.status not in {"Pass", "Skip"}]
    return "; ".join(": ".join([f"{test.name} {test.status}", *test.said]) for test in bad) or "none"
