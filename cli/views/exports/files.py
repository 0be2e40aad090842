"""Folders of files, written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from gigaworks.inventory.problem import GigaworksError, Problem


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Make ``folder`` hold exactly ``files``, name → text; what an export wrote there before is replaced.

    Raises:
        GigaworksError: the folder holds something else, or cannot be written.

    """
    try:
        other = sorted(path.name for path in folder.iterdir() if path.name not in files) if folder.exists() else []
        if other:
            detail = (
                f"{folder} holds {', '.join(other[:3])}{' …' if len(other) > 3 else ''}, which the export would remove"
            )
            raise GigaworksError(Problem("the folder is in use", detail, "name another folder, or empty it"))
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            made.chmod(0o755)
            for name, text in files.items():
                (made / name).write_text(text, encoding="utf-8", newline="")
            if folder.exists():
                shutil.rmtree(folder)
            made.replace(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise GigaworksError(
            Problem("the folder cannot be written", f"{folder}: {error.strerror}", "name another")
        ) from None
