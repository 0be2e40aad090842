"""The image store: golden images under names that carry their digest.

An image is an uncompressed tar of a root file system. It carries no identity of a node: no host key, no
authorized key, no host name. ``NAME-DIGEST12.tar`` is the image itself and never changes; ``NAME.json`` says
which one the name means today.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from pathlib import Path

import msgspec

from gigaworks.inventory.blueprint import Arch
from gigaworks.inventory.canonical import pretty, write_whole
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, Problem


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """One published image; ``size`` in bytes."""

    name: str  # the file's name in the store
    arch: Arch
    sha256: str
    size: int


def image_store(folder: SiteFolder) -> Path:
    """Return where a site's images lie."""
    return folder.boot / "images"


def publish(tar: Path, store: Path, arch: Arch, name: str) -> Image:
    """Put a tar into the store as what ``name`` means from now on; the same tar again costs no copy.

    A hard link where the store is on the same file system, else a copy; whole or not at all. The digest is
    computed here, once, and kept beside the image.

    Raises:
        OSError: the tar cannot be read or the store cannot be written.
    """
    store.mkdir(parents=True, exist_ok=True)
    record = store / f"{name}.json"
    known = _known(record)
    if known is not None and known.arch == arch and _same(tar, store / known.name):
        return known
    with tar.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    image = Image(name=f"{name}-{sha256[:12]}.tar", arch=arch, sha256=sha256, size=tar.stat().st_size)
    target = store / image.name
    if not target.exists():
        temporary = store / f".{image.name}.{os.getpid()}"
        try:
            try:
                temporary.hardlink_to(tar)
            except OSError as error:
                if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK}:
                    raise
                shutil.copy2(tar, temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    write_whole(record, pretty(image))
    return image


def published(store: Path, name: str) -> Image:
    """Return what ``name`` means today.

    Raises:
        GigaworksError: nothing was published under this name, or its file is gone.
    """
    record = store / f"{name}.json"
    image = _known(record)
    if image is None or not (store / image.name).exists():
        raise GigaworksError(
            Problem(
                "An image is missing from the image store",
                f"{name} is declared for this site's nodes, and {record} does not lead to it",
                "publish the image; a lab site does it with `gigaworks lab up`",
                subject=name,
            )
        )
    return image


def _known(record: Path) -> Image | None:
    try:
        return msgspec.json.decode(record.read_bytes(), type=Image)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _same(tar: Path, stored: Path) -> bool:
    if not stored.exists():
        return False
    a, b = tar.stat(), stored.stat()
    return (a.st_size, a.st_mtime_ns) == (b.st_size, b.st_mtime_ns)
