"""What proves role kernel."""

from __future__ import annotations

import operator
from collections.abc import Callable

from gigaworks.roles import sysctl
from gigaworks.roles.boot_text import LOADER, NO_LOADER
from gigaworks.roles.check import Check, NotHereError, Output, text
from gigaworks.roles.kernel import settings
from gigaworks.roles.kernel.params import Params
from gigaworks.roles.readers import tuned
from gigaworks.roles.target import Context

NOT_HERE = 77


def checks(params: Params, context: Context) -> list[Check]:  # noqa: ARG001 - every role takes both
    """Return what is read back."""
    return [
        *(sysctl.check(name, setting) for name, setting in sorted(settings.sysctl(params).items())),
        *(_word(word) for word in params.command_line),
        *(_hugepages(size, number) for size, number in sorted(params.hugepages.items())),
        *(
            [Check("governor", "frequency governors", settings.governor_probe(), params.governor, _there("governor"))]
            if params.governor
            else []
        ),
        *(
            [Check("page_size", "page size", "getconf PAGESIZE", params.page_size_kib, _kib, unit="KiB")]
            if params.page_size_kib
            else []
        ),
        *(
            [
                Check(
                    "tuned",
                    "tuned's profile",
                    "tuned-adm active 2>&1",
                    params.tuned,
                    _profile,
                )
            ]
            if params.tuned
            else []
        ),
    ]


def _word(word: str) -> Check:
    def read(output: Output) -> str:
        if output.code == NOT_HERE:
            raise NotHereError(NO_LOADER)
        name = word.partition("=")[0]
        found = [given for given in text(output).split() if given.partition("=")[0] == name]
        return word if word in found else " ".join(found) or "not given"

    return Check(
        f"cmdline.{word.partition('=')[0]}",
        "kernel command line",
        f'[ "$({LOADER})" != none ] || exit {NOT_HERE}; cat /proc/cmdline',
        word,
        read,
    )


def _hugepages(size: str, number: int) -> Check:
    def read(output: Output) -> int:
        return int(_there(f"huge pages of {size} KiB")(output))

    command = f"{settings.hugepages_probe(size)}; true"
    return Check(f"hugepages.{size}", f"huge pages of {size} KiB", command, number, read, operator.ge)


def _there(what: str) -> Callable[[Output], str]:
    def read(output: Output) -> str:
        if not text(output):
            raise NotHereError(f"{what}: the machine has none to set")
        return text(output).replace("\n", " ")

    return read


def _kib(output: Output) -> int:
    return int(text(output)) // 1024


def _profile(output: Output) -> str:
    return tuned.active(text(output))
