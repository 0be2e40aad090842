"""SSH keys of our own making: the site's, and those of the lab's switches."""

from __future__ import annotations

from pathlib import Path

from gigaworks.inventory.canonical import write_whole


def key_pair(path: Path, comment: str) -> None:
    """Make an ed25519 key pair in OpenSSH form at ``path`` and ``path.pub``."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    write_whole(path.with_name(f"{path.name}.pub"), public + b" " + comment.encode() + b"\n")
    write_whole(path, private, 0o600)
