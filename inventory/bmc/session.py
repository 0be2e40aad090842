"""One logged-in session with a controller: one call at a time, every trouble turned into a Problem."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gigaworks.inventory.bmc import errors
from gigaworks.inventory.imports import import_once
from gigaworks.inventory.problem import NotAuthorised

if TYPE_CHECKING:
    import requests
    import sushy

Body = dict[str, Any]
_CONNECT_S = 5.0
_READ_S = 30.0


class Session:
    """A controller at an address (``10.77.0.11`` or ``host:port``); logs in at the first call.

    Controllers are small: they get one session and one call at a time. A refused password is not tried again.
    """

    def __init__(self, address: str, user: str, password: str, ca_file: Path, name: str, secret: str) -> None:
        self.address = address
        self.user = user
        self.ca_file = ca_file
        self.name = name or address
        self._password = password
        self._secret = secret
        self._lock = threading.RLock()
        self._root: sushy.Sushy | None = None
        self._refused: NotAuthorised | None = None

    @contextmanager
    def root(self, doing: str) -> Iterator[sushy.Sushy]:
        """Give sushy's service root to one caller at a time; ``doing`` completes "did not …" in messages.

        Raises:
            Unreachable: no answer, after some attempts.
            WrongCertificate: TLS verification failed.
            NotAuthorised: wrong password, or the user may not do this.
            BmcError: the controller says no for another reason, or the CA file is not there.
        """
        import_once("sushy")
        from sushy import exceptions

        from gigaworks.inventory.bmc import quirks

        with self._lock:
            if self._refused:
                raise self._refused
            try:
                if self._root is None:
                    if not self.ca_file.is_file():
                        raise errors.no_authority(self.name, str(self.ca_file))
                    self._root = quirks.connect(
                        self.address, self.user, self._password, str(self.ca_file), _CONNECT_S, _READ_S
                    )
                yield self._root
            except exceptions.AccessError as error:
                if error.status_code == 403:
                    raise errors.forbidden(self.name, self.address, self.user, doing) from error
                self._refused = errors.refused(self.name, self.address, self.user, self._secret)
                raise self._refused from error
            except exceptions.ConnectionError as error:
                why = quirks.reason(error)
                if quirks.is_certificate_error(error):
                    raise errors.wrong_certificate(self.name, self.address, str(self.ca_file), why) from error
                raise errors.unreachable(self.name, self.address, why) from error
            except exceptions.SushyError as error:
                raise errors.failed(self.name, doing, getattr(error, "detail", None) or str(error)) from error

    def read(self, uri: str) -> Body | None:
        """Return the body of a resource, or None where the controller does not really have it.

        Dangling links, error bodies with status 200 and resources that crash the controller are ordinary.
        """
        import_once("sushy")
        from sushy import exceptions

        with self.root(f"read {uri}") as root:
            try:
                body = root._conn.get(uri).json()
            except exceptions.HTTPError as error:
                if error.status_code == 401:
                    raise
                return None
            except ValueError:
                return None
        return body if isinstance(body, dict) and "error" not in body else None

    def patch(self, uri: str, values: Body, doing: str) -> None:
        """Change a resource."""
        with self.root(doing) as root:
            etag = root._conn.get(uri).headers.get("ETag")
            self._finish(root, root._conn.patch(uri, data=values, etag=etag), doing, limit_s=60)

    def act(self, uri: str, values: Body, doing: str, limit_s: float = 180) -> None:
        """Carry out an action and wait until the controller says that it is over.

        Raises:
            TimedOut: not over after ``limit_s`` seconds.
        """
        with self.root(doing) as root:
            self._finish(root, root._conn.post(uri, data=values), doing, limit_s)

    def _finish(self, root: sushy.Sushy, response: requests.Response, doing: str, limit_s: float) -> None:
        """Follow the task that a controller answers with when something takes its time."""
        monitor = response.headers.get("Location")
        end = time.monotonic() + limit_s
        while response.status_code == 202 and monitor:
            if time.monotonic() > end:
                raise errors.TimedOut(*errors.failed(self.name, doing, f"still busy after {limit_s:.0f} s").problems)
            time.sleep(0.3)
            response = root._conn.get(monitor)

    def close(self) -> None:
        """Log out; the next call logs in again."""
        from gigaworks.inventory.bmc import quirks

        with self._lock:
            root, self._root = self._root, None
            if root is not None:
                quirks.disconnect(root)
