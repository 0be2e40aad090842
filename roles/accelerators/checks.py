"""What proves role accelerators."""

from __future__ import annotations

import re
from collections.abc import Callable

from gigaworks.roles.accelerators import readers
from gigaworks.roles.accelerators.params import Params
from gigaworks.roles.check import Check, NotHereError, Output, UnreadableError
from gigaworks.roles.target import Context

TOOLS: dict[str, tuple[str, Callable[[str], readers.Found]]] = {
    "nvidia": ("nvidia-smi -q -x", readers.nvidia),
    "amd": ("rocm-smi --showproductname --showdriverversion --json", readers.amd),
}


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is counted."""
    declared = context.accelerators
    if declared is None or declared.vendor not in TOOLS:
        return [Check("count", "accelerators", "true", declared.count if declared else 0, _no_tool)]
    command, parse = TOOLS[declared.vendor]
    model = params.product or declared.model

    def found(output: Output) -> readers.Found:
        if output.code == 127:
            if context.site.lab:
                raise NotHereError(
                    f"{declared.count} {declared.model} are simulated by the lab: Redfish counts them, no driver does"
                )
            raise UnreadableError(f"{command.split()[0]} is not there: the image has no driver")
        if output.code:
            raise UnreadableError(output.text.strip() or f"exit status {output.code}")
        return parse(output.text)

    same = [
        Check("count", "accelerators", command, declared.count, lambda output: len(found(output).products)),
        Check("model", "accelerator model", command, model, lambda output: _one(found(output).products), _is_model),
    ]
    if params.driver:
        same.append(
            Check("driver", "accelerator driver", command, params.driver, lambda o: found(o).driver, _is_branch)
        )
    return same


def _no_tool(output: Output) -> int:  # noqa: ARG001 - a reader's signature
    raise NotHereError("accelerators: no tool of their vendor is known here")


def _one(products: list[str]) -> str:
    return ", ".join(sorted(set(products)))


def _is_model(observed: str, expected: str) -> bool:
    """Whether every word with a digit of the declared model (H100, MI300X) stands in each product's name."""
    words = [word for word in re.split(r"[\s\-_/]+", expected.lower()) if any(c.isdigit() for c in word)]
    return bool(observed) and (
        observed == expected or (bool(words) and all(word in observed.lower() for word in words))
    )


def _is_branch(observed: str, expected: str) -> bool:
    """Whether a version is of the declared branch: 580 holds 580.82.07."""
    return observed == expected or observed.startswith(f"{expected}.")
