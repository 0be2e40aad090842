"""Parameters of role security."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from gigaworks.inventory.blueprint import FabricKind

Prefix = Annotated[str, Field(pattern=r"^[0-9a-f.:]+(/\d+)?$")]
Module = Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")]
SysctlName = Annotated[str, Field(pattern=r"^[a-z0-9_]+([./][A-Za-z0-9_:*-]+)+$")]


class Opening(BaseModel):
    """A port that is open to more than the trusted networks."""

    model_config = ConfigDict(extra="forbid")

    port: int = Field(ge=1, le=65535, description="TCP or UDP port")
    protocol: Literal["tcp", "udp"] = Field(default="tcp", description="tcp or udp")
    sources: list[Prefix] = Field(default=[], description="prefixes that may reach it; empty: everybody")


class Params(BaseModel):
    """What security takes."""

    model_config = ConfigDict(extra="forbid")

    ssh: dict[str, str | int | bool] = Field(
        default={
            "PermitRootLogin": "prohibit-password",
            "PermitEmptyPasswords": "no",
            "KbdInteractiveAuthentication": "no",
            "MaxAuthTries": 4,
            "LoginGraceTime": 60,
            "ClientAliveInterval": 300,
            "ClientAliveCountMax": 3,
            "AllowAgentForwarding": "no",
        },
        description="settings of sshd_config(5); they go before role base's",
    )
    firewall: bool = Field(default=True, description="drop what comes from outside the trusted networks")
    trusted: list[FabricKind] = Field(
        default=["mgmt", "compute", "storage"],
        description="kinds of declared networks whose traffic comes in; BMCs (oob) have no business with a node",
    )
    open: list[Opening] = Field(
        default=[Opening(port=22)], description="ports that are open to others as well; SSH, lest nobody gets in"
    )
    audit: bool = Field(default=True, description="run auditd where the kernel's audit is this machine's own")
    sysctl: dict[SysctlName, int | str] = Field(
        default={
            "fs.protected_fifos": 2,
            "fs.protected_regular": 2,
            "fs.suid_dumpable": 0,
            "kernel.dmesg_restrict": 1,
            "kernel.kptr_restrict": 2,
            "kernel.yama.ptrace_scope": 1,
            "net.ipv4.conf.all.accept_redirects": 0,
            "net.ipv4.conf.all.accept_source_route": 0,
            "net.ipv4.conf.all.rp_filter": 2,
            "net.ipv4.conf.all.send_redirects": 0,
            "net.ipv6.conf.all.accept_redirects": 0,
        },
        description="values by name; rp_filter is loose (2, RFC 3704) because rails answer over each other",
    )
    never_loaded: list[Module] = Field(
        default=[
            "cramfs",
            "dccp",
            "firewire_core",
            "freevxfs",
            "hfs",
            "hfsplus",
            "jffs2",
            "rds",
            "tipc",
            "usb_storage",
        ],
        description="kernel modules that are never loaded",
    )
    sudo_log: str = Field(default="/var/log/sudo.log", pattern=r"^/[\w./-]+$", description="where sudo writes")
    modes: dict[str, Annotated[str, Field(pattern=r"^[0-7]{3,4}$")]] = Field(
        default={"/etc/crontab": "600", "/etc/gshadow": "640", "/etc/passwd": "644", "/etc/shadow": "640"},
        description="modes (octal) of files that have to be there or not to be there at all",
    )
