"""Where things lie in a site folder: what people write on top, what Gigaworks keeps under ``.gigaworks``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


def cache() -> Path:
    """Where things lie that any site can use and that can be made again: engine, trees, images."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "gigaworks"


@dataclass(frozen=True)
class SiteFolder:
    """The paths of one site. Nothing is created by asking for a path."""

    root: Path

    @property
    def kept(self) -> Path:
        """What Gigaworks keeps; not for git."""
        return self.root / ".gigaworks"

    @property
    def allocations(self) -> Path:
        """Numbers once given to names, so that adding a name moves no other; belongs in git."""
        return self.root / "allocations.lock"

    @property
    def plant(self) -> Path:
        """The applied plant and the fleet records (SQLite), unless the site names another database."""
        return self.kept / "plant.db"

    @property
    def ledger(self) -> Path:
        """The hash chain of what was done."""
        return self.kept / "ledger.jsonl"

    @property
    def plans(self) -> Path:
        """Every plan that was applied, by its SHA-256."""
        return self.kept / "plans"

    @property
    def pulumi(self) -> Path:
        """State, home, work folders and passphrase of the engine."""
        return self.kept / "pulumi"

    @property
    def secrets(self) -> Path:
        """Private keys, passwords, salt; mode 0700, files 0600."""
        return self.kept / "secrets"

    @property
    def boot(self) -> Path:
        """What the boot services serve, and their configuration."""
        return self.kept / "boot"

    @property
    def lab(self) -> Path:
        """The lab's machines: disks, sockets, certificates, consoles."""
        return self.kept / "lab"

    @property
    def known_hosts(self) -> Path:
        """Host keys in OpenSSH form: switches enrolled by hand or by the lab, nodes by their installation."""
        return self.kept / "known_hosts"

    @property
    def ssh_key(self) -> Path:
        """The private key with which Gigaworks enters nodes and switches; the public one lies beside it."""
        return self.secrets / "id_ed25519"

    @property
    def bmc_password(self) -> Path:
        """The password of the BMC user."""
        return self.secrets / "bmc-password"

    @property
    def bmc_ca(self) -> Path:
        """The certificate authority (PEM) that BMCs and PDUs must be signed by."""
        return self.kept / "bmc-ca.pem"

    @property
    def evidence(self) -> Path:
        """Measured values of acceptance, one folder a node."""
        return self.kept / "evidence"

    @property
    def lease(self) -> Path:
        """Who is changing this site right now."""
        return self.kept / "lease.json"

    @property
    def pause(self) -> Path:
        """Who asked the running apply to begin no further wave, and why."""
        return self.kept / "pause"

    @property
    def journal(self) -> Path:
        """What the running or interrupted apply has finished, line by line."""
        return self.kept / "journal.jsonl"
