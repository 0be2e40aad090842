"""The sessions of a controller: who is logged in, until when."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from gigaworks.inventory.lab.redfish.accounts import Account, Accounts
from gigaworks.inventory.lab.redfish.messages import RefusalError, message
from gigaworks.inventory.lab.redfish.protocol import ROOT, SESSIONS, shown
from gigaworks.inventory.lab.redfish.resource import Answer, Body, Resource, Tree, collection, link, number, status

_MOST = 32  # real controllers hold few: a client that never logs out has to find out here


@dataclass
class Session:
    """A login."""

    id: str
    token: str
    account: Account
    used: float


class Sessions:
    """All sessions of one controller."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self.timeout_s = 600
        self.all: dict[str, Session] = {}
        self._next = 1

    def by_token(self, token: str) -> Account | None:
        """Return the account of a living session, whose time starts again."""
        self._forget_old()
        for session in self.all.values():
            if secrets.compare_digest(session.token.encode(), token.encode()):
                session.used = time.monotonic()
                return session.account
        return None

    def clear(self) -> None:
        """Log everybody out."""
        self.all = {}

    def _forget_old(self) -> None:
        now = time.monotonic()
        self.all = {
            key: session
            for key, session in self.all.items()
            if now - session.used <= self.timeout_s
            and session.account.enabled
            and session.account.id in self.accounts.all
        }

    def tree(self) -> Tree:
        """Return the session service and every session."""
        self._forget_old()
        return {
            f"{ROOT}/SessionService": Resource(
                "SessionService.v1_2_0.SessionService",
                self._service,
                {"SessionTimeout": number(30, 86400)},
                lambda values: setattr(self, "timeout_s", int(values["SessionTimeout"])),
                privilege="ConfigureManager",
            ),
            SESSIONS: collection("Session", "Sessions", SESSIONS, list(self.all), create=self._create),
            **{f"{SESSIONS}/{session.id}": self._session(session) for session in self.all.values()},
        }

    def _service(self) -> Body:
        return {
            "Id": "SessionService",
            "Name": "Session service",
            "ServiceEnabled": True,
            "SessionTimeout": self.timeout_s,
            "Sessions": link(SESSIONS),
            "Status": status(),
        }

    def _session(self, session: Session) -> Resource:
        def delete() -> None:
            self.all.pop(session.id, None)

        return Resource(
            "Session.v1_8_0.Session",
            lambda: {
                "Id": session.id,
                "Name": f"Session {session.id}",
                "UserName": session.account.name,
                "Password": None,
                "SessionType": "Redfish",
            },
            delete=delete,
            privilege="ConfigureManager",
            owner=session.account.name,
        )

    async def _create(self, body: Body, _user: str) -> Answer:
        missing = [name for name in ("UserName", "Password") if not isinstance(body.get(name), str)]
        if missing:
            raise RefusalError(
                400, *(message("CreateFailedMissingReqProperties", name, about=name) for name in missing)
            )
        account = self.accounts.by_password(body["UserName"], body["Password"])
        if account is None:
            raise RefusalError(401, message("ResourceAtUriUnauthorized", SESSIONS, "invalid user name or password"))
        self._forget_old()
        if len(self.all) >= _MOST:
            raise RefusalError(503, message("SessionLimitExceeded"), headers={"Retry-After": "30"})
        session = Session(str(self._next), secrets.token_hex(16), account, time.monotonic())
        self._next += 1
        self.all[session.id] = session
        uri = f"{SESSIONS}/{session.id}"
        made = shown(uri, self._session(session))
        if account.must_change_password:
            made["@Message.ExtendedInfo"] = [message("PasswordChangeRequired", account.uri)]
        return Answer(201, made, {"Location": uri, "X-Auth-Token": session.token})
