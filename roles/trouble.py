"""What goes wrong on the way to a node and on it, in words that say what to do."""

from __future__ import annotations

import msgspec

from gigaworks.inventory.problem import GigaworksError, Problem
from gigaworks.roles.target import Target

KNOWN = {  # what the node says → what to do
    "No space left on device": "Make room on the node's disk (df -h), then apply again.",
    "Read-only file system": "The node's file system is read-only: see its kernel log for disk errors.",
    "dpkg frontend lock": "Another package run holds dpkg's lock: wait for its end, then apply again.",
    "is not valid yet": "The node's clock is behind (compare `date` there): apply role time first, or set it by hand.",
    "Failed to fetch": "The node's package mirror does not answer: see that it runs and the node reaches it.",
    "Unable to locate package": "The node's package sources do not have it: bake it into the image or name a mirror.",
    "Temporary failure resolving": "The node cannot reach its package mirror: bake the package into the image.",
    "Could not resolve": "The node cannot resolve that name: see its /etc/resolv.conf and /etc/hosts.",
    "a password is required": "sudo wants a password there: allow the user to run sudo without one, or enter as root.",
    "Operation not permitted": "The node's kernel does not allow it there (in a lab node only net.* may be set).",
}


def no_host_key(target: Target, reason: str) -> Problem:
    """Return what is wrong where no host key is known; ``reason`` is why the file could not be read, or empty."""
    return Problem(
        summary="no host key is known",
        detail=f"{target.known_hosts} names neither {target.name} nor {target.address}{reason}",
        fix="Enrol the host: install it, or add its key after comparing it with the host's console.",
        subject=target.name,
        id="SSH-KEY-UNKNOWN",
    )


def other_host_key(target: Target, shown: str) -> Problem:
    """Return what is wrong where a host shows another key than the one we know."""
    return Problem(
        summary="the host key is not the one we know",
        detail=f"{target.address} shows {shown}; {target.known_hosts} holds another one. Nothing was sent to it",
        fix="Find out whether the node was installed anew or somebody is in between. "
        f"If it is right, remove {target.name} from that file and enrol it again.",
        subject=target.name,
        id="SSH-KEY-CHANGED",
    )


def refused(target: Target, error: BaseException) -> Problem:
    """Return what is wrong where a host does not take our key."""
    return Problem(
        summary="the host refused our key",
        detail=f"{target.user}@{target.address}: {error}",
        fix=f"Put the public half of {target.key_file} into {target.user}'s authorized_keys.",
        subject=target.name,
        id="SSH-REFUSED",
    )


def unreachable(target: Target, error: BaseException) -> Problem:
    """Return what is wrong where SSH does not get through."""
    return Problem(
        summary="the host cannot be reached by SSH",
        detail=f"{target.address} port {target.port}: {error or type(error).__name__}",
        fix="See that the node runs and that its management NIC has its address; then try again.",
        subject=target.name,
        id="SSH-UNREACHABLE",
    )


def no_shell(target: Target, said: str) -> Problem:
    """Return what is wrong where a host took our script and something else than a shell answered."""
    return Problem(
        summary="the node's shell did not run our script",
        detail=f"{target.user}@{target.address} said: {said}",
        fix=next(
            (fix for sign, fix in KNOWN.items() if sign in said),
            "Log in by hand and see what answers there instead of a shell.",
        ),
        subject=target.name,
        id="NODE-SHELL",
    )


def explain(host: str, role: str, operation: str, error: BaseException, failure: tuple[str, str] | None) -> Problem:
    """Return the problem behind an exception of a role; ``failure`` is the last failed command and its output."""
    where = " · ".join(filter(None, (f"role {role}" if role else "", operation)))
    if isinstance(error, GigaworksError):  # a role that knows what is wrong has said it itself
        return msgspec.structs.replace(error.problems[0], subject=host)
    if isinstance(error, TimeoutError):
        return Problem(
            summary="the node did not finish in time",
            detail=f"{where}: {error}" if where else str(error),
            fix="See what hangs on the node; then try again: what is done is not done twice.",
            subject=host,
            id="NODE-TIMEOUT",
        )
    if type(error).__module__.startswith("paramiko") or isinstance(error, (OSError, EOFError)):
        return Problem(
            summary="the connection to the node broke",
            detail=f"{where}: {error or type(error).__name__}",
            fix="See that the node still runs, then try again.",
            subject=host,
            id="SSH-BROKEN",
        )
    if failure and type(error).__module__.startswith("pyinfra"):
        said = "\n".join(failure[1].strip().splitlines()[-5:])
        return Problem(
            summary="a command failed on the node",
            detail=f"{where}: {said or 'it said nothing'}",
            fix=next(
                (fix for sign, fix in KNOWN.items() if sign in failure[1]), "Mend what it says, then apply again."
            ),
            subject=host,
            id="NODE-COMMAND",
        )
    return Problem(
        summary="the role itself is broken",
        detail=f"{where}: {type(error).__name__}: {error}",
        fix="This is a mistake in the role's code or its parameters.",
        subject=host,
        id="ROLE-BROKEN",
    )
