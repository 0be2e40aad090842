"""The lines between the runner and its workers. No secret travels here: keys and passwords stay in their files."""

from __future__ import annotations

import msgspec

from gigaworks.roles.target import HostResult, Mode, Progress, SiteContext, Target


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is to do. Site contexts are the same for many targets and travel once."""

    mode: Mode
    host_seconds: float
    targets: list[Target]  # their context.site is empty; site_of says which of sites belongs there
    sites: list[SiteContext]
    site_of: list[int]
    learned: dict[str, dict[str, str]]  # role key → raw fact command → how it stands in a batch


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a worker; an empty one says that it is alive."""

    progress: Progress | None = None
    result: HostResult | None = None
    asked: dict[str, dict[str, str]] = {}  # with a result: what this host's roles asked for, by role key
