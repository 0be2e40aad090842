"""A site as a workflow finds it: what is declared, what was applied, and the slices for the engine."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.canonical import write_whole
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.key_pair import key_pair

if TYPE_CHECKING:
    from gigaworks.inventory.plant import Plant
    from gigaworks.stacks.slicing.declared import StackSlice


def open_plant(folder: SiteFolder, blueprint: Blueprint) -> Plant:
    """Return the site's applied plant; it is made on first use."""
    from gigaworks.inventory.plant import Plant, plant_url

    return Plant(plant_url(folder, blueprint.site.database))


def applied_blueprint(plant: Plant) -> Blueprint | None:
    """Return what the newest plan declared, or None when nothing was ever applied."""
    from gigaworks.inventory.blueprint import decode

    head = plant.head()
    return decode(head.blueprint) if head else None


def slices_of(folder: SiteFolder, blueprint: Blueprint) -> dict[str, StackSlice]:
    """Cut the blueprint into stacks; secrets and the boot services' files are in them by digest.

    The site's SSH key, whose public half installed nodes get, is made here when there is none.

    Raises:
        GigaworksError: an image is missing.
    """
    from gigaworks.inventory.boot.configure import prepare
    from gigaworks.stacks.programs import BMC_PASSWORD, BOOT_FILE, slices

    if not folder.ssh_key.exists():
        folder.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
        key_pair(folder.ssh_key, blueprint.site.name)
    files = prepare(folder, blueprint)
    digests = {f"{BOOT_FILE}{name}": hashlib.sha256(data).hexdigest() for name, data in files.items()}
    if folder.bmc_password.exists():
        digests[BMC_PASSWORD] = _keyed(folder, folder.bmc_password.read_bytes())
    return slices(blueprint, digests)


def image_digests(folder: SiteFolder, blueprint: Blueprint) -> dict[str, str]:
    """Return the SHA-256 of the image that each architecture is to run today.

    Raises:
        GigaworksError: an image is not published.
    """
    from gigaworks.inventory.boot.image import image_store, published

    used = {node.arch for node in blueprint.nodes.values()}
    store = image_store(folder)
    return {arch: published(store, name).sha256 for arch, name in blueprint.boot.images.items() if arch in used}


def _keyed(folder: SiteFolder, secret: bytes) -> str:
    """Return a hash that changes with the secret and tells nothing about it without the site's own salt."""
    salt = folder.secrets / "salt"
    if not salt.exists():
        write_whole(salt, secrets.token_bytes(32), mode=0o600)
    return hmac.new(salt.read_bytes(), secret, hashlib.sha256).hexdigest()
