"""Ask the running apply to begin no further wave."""

from __future__ import annotations

from gigaworks.cli.record.act import record
from gigaworks.inventory.canonical import write_whole
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import Problem, Refused


def pause(folder: SiteFolder, message: str) -> str:
    """Leave the wish where the running apply looks before each wave; return what runs.

    Raises:
        Refused: nothing runs on this site.
    """
    from gigaworks.stacks.engine.lease import holder

    running = holder(folder)
    if running is None:
        why = "no apply runs on this site"
        raise Refused(
            Problem("there is nothing to pause", why, f"gigaworks status {folder.root} tells where it stands")
        )
    entry = record(folder, "pause", message=message)
    write_whole(folder.pause, f"by {entry.who.user}{f': {message}' if message else ''}\n".encode())
    return str(running)
