"""Parameters of role base."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

UserName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")]
PackageName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?$")]


class User(BaseModel):
    """A person or service with an account on the node."""

    model_config = ConfigDict(extra="forbid")

    name: UserName = Field(description="login name")
    uid: int | None = Field(default=None, ge=1000, lt=60000, description="number; the node picks one where None")
    groups: list[UserName] = Field(default=[], description="groups besides the own one; made where missing")
    shell: str = Field(default="/bin/bash", pattern=r"^/[\w./-]+$", description="login shell")
    keys: list[str] = Field(default=[], description="public SSH keys that may enter; others are removed")
    sudo: bool = Field(default=False, description="may become root without a password")


class Limit(BaseModel):
    """A line of limits.d, see limits.conf(5)."""

    model_config = ConfigDict(extra="forbid")

    domain: str = Field(default="*", pattern=r"^\S+$", description="user, @group or *")
    type: Literal["soft", "hard", "-"] = Field(default="-", description="soft, hard or both (-)")
    item: str = Field(pattern=r"^[a-z]+$", description="memlock (KiB), nofile, nproc, stack (KiB) …")
    value: int | Literal["unlimited"] = Field(description="a number in the item's unit, or unlimited")


class Params(BaseModel):
    """What base takes."""

    model_config = ConfigDict(extra="forbid")

    packages: list[PackageName] = Field(
        default=["lldpd", "openssh-server", "iproute2", "procps", "ca-certificates"],
        description="Debian packages that have to be there; NAME or NAME=VERSION",
    )
    timezone: str = Field(
        default="Etc/UTC", pattern=r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$", description="zone of the tz database"
    )
    users: list[User] = Field(default=[], description="accounts besides root")
    ssh: dict[str, str | int | bool] = Field(
        default={"PasswordAuthentication": "no", "X11Forwarding": "no"},
        description="settings of sshd_config(5); they go before the distribution's own",
    )
    limits: list[Limit] = Field(
        default=[Limit(item="memlock", value="unlimited")], description="resource limits of sessions"
    )
    lldp: bool = Field(default=True, description="run lldpd, so that the cabling can be compared with the plan")
