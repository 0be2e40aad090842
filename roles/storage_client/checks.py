"""What proves role storage_client."""

from __future__ import annotations

import shlex

from gigaworks.roles.check import Check
from gigaworks.roles.storage_client import mounts
from gigaworks.roles.storage_client.params import Params
from gigaworks.roles.target import Context, Mount


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""
    wanted = mounts.mounts(params, context)
    return [
        *(
            Check(f"mount.{m.name}", f"volume {m.name} at {m.path}", mounts.probe(m), mounts.expected(m))
            for m in wanted
        ),
        *(
            Check(f"file.{m.name}", f"a file written to {m.name} and read back", _file(m, context), context.name)
            for m in wanted
        ),
    ]


def _file(mount: Mount, context: Context) -> str:
    path = shlex.quote(f"{mount.path}/.gigaworks-check-{context.name}")
    script = f"mountpoint -q {shlex.quote(mount.path)} && echo {context.name} >{path} && cat {path} && rm -f {path}"
    return f"timeout 20 sh -c {shlex.quote(script)} 2>&1"
