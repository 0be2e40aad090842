"""What proves role kernel."""

from __future__ import annotations

from gigaworks.roles.check import Check, NotHereError, Output, text
from gigaworks.roles.kernel import settings
from gigaworks.roles.kernel.params import Params
from gigaworks.roles.target import Context

NOT_HERE = 77


def checks(params: Params, context: Context) -> list[Check]:  # noqa: ARG001 - every role takes both
    """Return what is read back."""
    return [
        *(
            Check(name, f"sysctl {name}", settings.probe(name), settings.value(setting))
            for name, setting in sorted(params.sysctl.items())
        ),
        *(_word(word) for word in params.command_line),
    ]


def _word(word: str) -> Check:
    def read(output: Output) -> str:
        if output.code == NOT_HERE:
            raise NotHereError(settings.NO_LOADER)
        name = word.partition("=")[0]
        found = [given for given in text(output).split() if given.partition("=")[0] == name]
        return word if word in found else " ".join(found) or "not given"

    return Check(
        f"cmdline.{word.partition('=')[0]}",
        "kernel command line",
        f"{settings.GRUB} || exit {NOT_HERE}; cat /proc/cmdline",
        word,
        read,
    )
