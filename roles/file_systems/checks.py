"""What proves role file_systems."""

from __future__ import annotations

import shlex

from gigaworks.roles.check import Check
from gigaworks.roles.file_systems import mounts
from gigaworks.roles.file_systems.params import Params
from gigaworks.roles.target import Context


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""
    wanted = mounts.mounts(params)
    return [
        *(Check(f"mount.{m.path}", f"mount at {m.path}", mounts.probe(m), mounts.expected(m)) for m in wanted),
        *(
            Check(f"file.{m.path}", f"a file written to {m.path} and read back", _file(m, context), context.name)
            for m in wanted
            if m.writable
        ),
    ]


def _file(mount: mounts.Mount, context: Context) -> str:
    path = shlex.quote(f"{mount.path}/.gigaworks-check-{context.name}")
    script = f"mountpoint -q {shlex.quote(mount.path)} && echo {context.name} >{path} && cat {path} && rm -f {path}"
    return f"timeout 20 sh -c {shlex.quote(script)} 2>&1"
