"""Everything about sushy that needs care, in one place: certificates, proxies, retries, log-in, log noise.

Traps of sushy 5.14 that are dealt with here:

- it falls back to basic authentication after a refused session, a second wrong password toward a lockout;
- environment variables (proxies, ~/.netrc) would apply to controllers;
- it repeats a POST after a read timeout, which could press a power button twice;
- its waits between attempts do not grow, and its warnings end up on stderr;
- it logs out in ``__del__``, long after anybody waits for it.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import requests
import sushy
from sushy import auth, connector, exceptions

_ATTEMPTS = 4
_FIRST_WAIT_S = 0.5  # doubled each time

logging.getLogger("sushy").addHandler(logging.NullHandler())


class NoRedfishError(exceptions.SushyError):  # type: ignore[misc]
    """Something else answers at the controller's address."""

    message = "what answers there is no Redfish service"


class PatientConnector(connector.Connector):  # type: ignore[misc]
    """A connector that waits longer after each transient error, up to a bound."""

    def __init__(self, url: str, ca_file: str, connect_s: float, read_s: float) -> None:
        super().__init__(
            url,
            verify=ca_file,
            server_side_retries=1,  # sushy's own loop: one attempt
            default_request_timeout=read_s,
            connect_timeout=connect_s,
        )
        self._session.trust_env = False

    def _op(self, method: str, path: str = "", *args: Any, **kwargs: Any) -> requests.Response:
        wait_s = _FIRST_WAIT_S
        for left in reversed(range(_ATTEMPTS)):
            try:
                kwargs["server_side_retries_left"] = 0
                response: requests.Response = super()._op(method, path, *args, **kwargs)
            except (exceptions.ConnectionError, exceptions.ServerSideError) as error:
                if not left or not _worth_another(method, error):
                    raise
            else:
                return response
            time.sleep(wait_s)
            wait_s *= 2
        raise AssertionError  # the last attempt returns or raises


def _worth_another(method: str, error: Exception) -> bool:
    """Return whether the same request may succeed later and does no harm twice."""
    if isinstance(error, exceptions.ServerSideError):
        return error.status_code == 503 or (method == "GET" and error.status_code in (502, 504))
    cause = error.__context__
    if isinstance(cause, requests.exceptions.SSLError):
        return False
    return (
        method in ("GET", "PATCH", "DELETE") or "NewConnectionError" in repr(cause) or "ConnectTimeout" in repr(cause)
    )


class SessionFirst(auth.SessionOrBasicAuth):  # type: ignore[misc]
    """A session where the controller has them, basic authentication where not; never a second try after a no."""

    def _do_authenticate(self) -> None:
        try:
            auth.SessionAuth._do_authenticate(self)
        except (exceptions.AccessError, exceptions.ConnectionError, exceptions.ServerSideError):
            raise
        except exceptions.SushyError:  # no session service, or one without tokens: thin old controllers
            self._fallback_to_basic_authentication()


def connect(address: str, user: str, password: str, ca_file: str, connect_s: float, read_s: float) -> sushy.Sushy:
    """Log in and return the service root.

    Raises:
        exceptions.SushyError: see ``is_certificate_error`` for one of its meanings.
    """
    wire = PatientConnector(f"https://{address}", ca_file, connect_s, read_s)
    login = SessionFirst(user, password)
    try:
        return sushy.Sushy(f"https://{address}", auth=login, connector=wire)
    except (ValueError, KeyError, TypeError, AttributeError) as error:  # sushy expects Redfish and finds a web page
        wire.close()
        raise NoRedfishError from error
    except BaseException:
        wire.close()
        raise


def disconnect(root: sushy.Sushy) -> None:
    """Log out and close; what the controller thinks of it does not matter any more."""
    login, root._auth = root._auth, None
    try:
        if login and login.can_refresh_session():  # one attempt: nobody should wait for a log-out
            connector.Connector._op(root._conn, "DELETE", login.get_session_resource_id(), allow_reauth=False)
    except exceptions.SushyError:
        pass  # the session ends by its timeout
    finally:
        root._conn.close()


def is_certificate_error(error: Exception) -> bool:
    """Return whether TLS verification is what failed."""
    return "CERTIFICATE_VERIFY_FAILED" in repr(error.__context__)


def reason(error: Exception) -> str:
    """Return the shortest true reason behind an error: of a chain of wrapped exceptions the innermost."""
    cause: BaseException = error
    while cause.__context__ is not None:
        cause = cause.__context__
    text = str(cause) or type(cause).__name__
    return text.rpartition(": ")[2] if text.startswith("<") else text
