"""A shell on a machine over SSH, its host key verified: for switches and storage servers, a few commands at a time."""

from __future__ import annotations

import base64
import hashlib
import shlex
import socket
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.imports import import_once
from gigaworks.inventory.problem import GigaworksError, NotAuthorised, Problem

if TYPE_CHECKING:
    import paramiko

CONNECT_S = 10.0


class RemoteError(GigaworksError):
    """A command on another machine ended badly; ``status`` is its exit status, ``None`` when it never ended."""

    def __init__(self, problem: Problem, status: int | None = None) -> None:
        super().__init__(problem)
        self.status = status


class Remote:
    """One SSH connection as a context manager.

    ``name`` is what messages call the machine; its host key must stand in the site's known hosts under ``name``
    or ``address``.

    Raises:
        RemoteError: the machine cannot be reached, or a command fails.
        NotAuthorised: it shows another host key than the known one, or refuses our key.

    """

    def __init__(self, folder: SiteFolder, name: str, address: str, user: str = "root", port: int = 22) -> None:
        self.folder, self.name, self.address, self.user, self.port = folder, name, address, user, port
        self._transport: paramiko.Transport | None = None

    def __enter__(self) -> Self:
        import_once("paramiko")
        import paramiko

        known = host_keys(self.folder.known_hosts)
        expected = known.get(self.name) or known.get(self.address)
        if not expected:
            raise NotAuthorised(
                Problem(
                    "the host key of a machine is not known",
                    f"{self.name} ({self.address}) has no line in {self.folder.known_hosts}, so nobody can say whether "
                    "the machine that answers there is the right one",
                    "enrol it: add its host key, read at its console, to that file",
                    subject=self.name,
                )
            )
        transport = None
        try:
            connection = socket.create_connection((self.address, self.port), CONNECT_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transport = paramiko.Transport(connection)
            transport.banner_timeout = transport.auth_timeout = CONNECT_S
            transport.get_security_options().key_types = tuple(
                kind for kind in transport.get_security_options().key_types if _plain(kind) in expected
            )
            transport.start_client(timeout=CONNECT_S)
            self._recognise(transport.get_remote_server_key(), expected)
            transport.auth_publickey(self.user, paramiko.Ed25519Key.from_private_key_file(str(self.folder.ssh_key)))
        except paramiko.AuthenticationException as error:
            _close(transport)
            raise NotAuthorised(
                Problem(
                    "a machine refuses the site's SSH key",
                    f"{self.user}@{self.name} ({self.address}): {error}",
                    f"put {self.folder.ssh_key.name}.pub into its authorized_keys",
                    subject=self.name,
                )
            ) from None
        except (OSError, EOFError, paramiko.SSHException) as error:
            _close(transport)
            raise RemoteError(
                Problem(
                    "a machine cannot be reached over SSH",
                    f"{self.name} ({self.address}:{self.port}): {error or type(error).__name__}",
                    "see whether it is powered on and cabled to the management network",
                    subject=self.name,
                )
            ) from None
        except BaseException:
            _close(transport)
            raise
        transport.set_keepalive(15)
        self._transport = transport
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _close(self._transport)
        self._transport = None

    def attempt(self, command: str, data: bytes | None = None, timeout: float = 60.0) -> tuple[int, str, str]:
        """Run a shell command with ``data`` as its input; return exit status, output and errors.

        Raises:
            RemoteError: the connection broke, or the command did not end within ``timeout`` seconds.

        """
        import paramiko

        if self._transport is None:
            raise RuntimeError("a Remote is used inside 'with'")
        try:
            channel = self._transport.open_session(timeout=timeout)
            channel.settimeout(timeout)
            channel.exec_command(command)
            if data is not None:
                channel.sendall(data)
            channel.shutdown_write()
            out, err = channel.makefile("rb").read(), channel.makefile_stderr("rb").read()
            status = channel.recv_exit_status()
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise RemoteError(
                Problem(
                    "a command on a machine did not end",
                    f"{self.name}: '{command}' within {timeout:.0f} s: {error or type(error).__name__}",
                    subject=self.name,
                )
            ) from None
        return status, out.decode(errors="replace"), err.decode(errors="replace")

    def run(self, command: str, data: bytes | None = None, timeout: float = 60.0) -> str:
        """Run a shell command and return its output.

        Raises:
            RemoteError: it ended with another status than 0, or not at all.

        """
        status, out, err = self.attempt(command, data, timeout)
        if status:
            said = (err.strip() or out.strip() or "it said nothing")[-2000:]
            raise RemoteError(
                Problem(
                    "a command on a machine failed",
                    f"{self.name}: '{command}' ended with {status}: {said}",
                    subject=self.name,
                ),
                status,
            )
        return out

    def write(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Write a file whole or not at all: beside it first, then renamed."""
        beside, target = shlex.quote(f"{path}.new"), shlex.quote(path)
        steps = ["umask 077", f"cat > {beside}", f"chmod {mode:o} {beside}", f"sync {beside}", f"mv {beside} {target}"]
        self.run(" && ".join(steps), data)

    def _recognise(self, shown: paramiko.PKey, expected: dict[str, bytes]) -> None:
        known = expected.get(shown.get_name())
        if shown.asbytes() != known:
            raise NotAuthorised(
                Problem(
                    "a machine shows another host key than the known one",
                    f"{self.name} ({self.address}) shows {_fingerprint(shown.asbytes())}, known is "
                    f"{_fingerprint(known) if known else 'none of this kind'} in {self.folder.known_hosts}: it was "
                    "installed anew by somebody else, or another machine answers at its address",
                    "find out which; when it is right, correct its line in that file",
                    subject=self.name,
                )
            )


def host_keys(path: Path) -> dict[str, dict[str, bytes]]:
    """Read known hosts in OpenSSH form: host → kind of key → key. Hashed names and markers are not used here."""
    found: dict[str, dict[str, bytes]] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        words = line.split()
        if len(words) < 3 or words[0].startswith(("#", "@", "|")):
            continue
        for host in words[0].split(","):
            found.setdefault(host.strip("[]"), {})[words[1]] = base64.b64decode(words[2])
    return found


def _fingerprint(key: bytes) -> str:
    """Return a key's fingerprint as OpenSSH shows it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def _plain(kind: str) -> str:
    """Return the kind of key behind a signature algorithm: RSA keys sign with several."""
    return "ssh-rsa" if kind.startswith("rsa-sha2-") else kind


def _close(transport: Any) -> None:
    if transport is not None:
        transport.close()
