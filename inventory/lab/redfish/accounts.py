"""The accounts of a controller: who may log in, with which role, and how often a password may be guessed."""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass

from gigaworks.inventory.lab.redfish.messages import RefusalError, message, wrong_value
from gigaworks.inventory.lab.redfish.protocol import ROOT, shown
from gigaworks.inventory.lab.redfish.resource import (
    Answer,
    Body,
    Check,
    Resource,
    Tree,
    boolean,
    collection,
    link,
    number,
    one_of,
    status,
    text,
)

URI = f"{ROOT}/AccountService"
ROLES = {
    "Administrator": ["Login", "ConfigureManager", "ConfigureUsers", "ConfigureSelf", "ConfigureComponents"],
    "Operator": ["Login", "ConfigureSelf", "ConfigureComponents"],
    "ReadOnly": ["Login", "ConfigureSelf"],
}
_CREATED: dict[str, Check] = {
    "UserName": text(1, 64),
    "Password": text(8, 64),
    "RoleId": one_of(*ROLES),
    "Enabled": boolean,
    "PasswordChangeRequired": boolean,
    "AccountTypes": one_of(["Redfish"]),
}


@dataclass
class Account:
    """One account."""

    id: str
    name: str
    password: str
    role: str
    enabled: bool = True
    must_change_password: bool = False
    failures: int = 0
    last_failure: float = 0.0
    revision: int = 0

    @property
    def uri(self) -> str:
        """Where the account is."""
        return f"{URI}/Accounts/{self.id}"

    @property
    def privileges(self) -> frozenset[str]:
        """What its role allows."""
        return frozenset(ROLES[self.role])


class Accounts:
    """All accounts of one controller."""

    def __init__(self, user: str, password: str) -> None:
        self.lockout_threshold = 5  # wrong passwords before an account is locked; 0 never locks
        self.lockout_s = 30
        self.all = {"1": Account("1", user, password, "Administrator")}
        self._next = 2

    def by_password(self, name: str, password: str) -> Account | None:
        """Return the account; counts wrong passwords and refuses a locked account even the right one."""
        account = next((known for known in self.all.values() if known.name == name), None)
        if account is None or not account.enabled or self._locked(account):
            return None
        if hmac.compare_digest(account.password.encode(), password.encode()):
            account.failures = 0
            return account
        account.failures += 1
        account.last_failure = time.monotonic()
        return None

    def _locked(self, account: Account) -> bool:
        if time.monotonic() - account.last_failure > self.lockout_s:
            account.failures = 0
        return bool(self.lockout_threshold) and account.failures >= self.lockout_threshold

    def tree(self) -> Tree:
        """Return the account service, its accounts and roles."""
        accounts, roles = f"{URI}/Accounts", f"{URI}/Roles"
        return {
            URI: Resource(
                "AccountService.v1_18_1.AccountService",
                self._service,
                {"AccountLockoutThreshold": number(0, 100), "AccountLockoutDuration": number(0, 86400)},
                self._apply,
                privilege="ConfigureUsers",
            ),
            accounts: collection(
                "ManagerAccount",
                "Accounts",
                accounts,
                list(self.all),
                create=self._create,
                privilege="ConfigureUsers",
                read_privilege="ConfigureUsers",
            ),
            roles: collection("Role", "Roles", roles, list(ROLES)),
            **{account.uri: self._account(account) for account in self.all.values()},
            **{f"{roles}/{role}": _role(role) for role in ROLES},
        }

    def _service(self) -> Body:
        return {
            "Id": "AccountService",
            "Name": "Account service",
            "ServiceEnabled": True,
            "HTTPBasicAuth": "Enabled",
            "MinPasswordLength": 8,
            "MaxPasswordLength": 64,
            "AccountLockoutThreshold": self.lockout_threshold,
            "AccountLockoutDuration": self.lockout_s,
            "AccountLockoutCounterResetAfter": self.lockout_s,
            "AccountLockoutCounterResetEnabled": True,
            "Accounts": link(f"{URI}/Accounts"),
            "Roles": link(f"{URI}/Roles"),
            "Status": status(),
        }

    def _apply(self, values: Body) -> None:
        self.lockout_threshold = int(values.get("AccountLockoutThreshold", self.lockout_threshold))
        self.lockout_s = int(values.get("AccountLockoutDuration", self.lockout_s))

    def _account(self, account: Account) -> Resource:
        def read() -> Body:
            return {
                "Id": account.id,
                "Name": f"Account of {account.name}",
                "UserName": account.name,
                "Password": None,
                "RoleId": account.role,
                "AccountTypes": ["Redfish"],
                "Enabled": account.enabled,
                "Locked": self._locked(account),
                "PasswordChangeRequired": account.must_change_password,
                "Links": {"Role": link(f"{URI}/Roles/{account.role}")},
            }

        def apply(values: Body) -> None:
            name = values.get("UserName", account.name)
            if any(known.name == name for known in self.all.values() if known is not account):
                raise RefusalError(400, message("ResourceAlreadyExists", "ManagerAccount", "UserName", name))
            account.name = name
            account.role = values.get("RoleId", account.role)
            account.enabled = values.get("Enabled", account.enabled)
            if "Password" in values:
                account.password = values["Password"]
                account.must_change_password = False
            account.must_change_password = values.get("PasswordChangeRequired", account.must_change_password)
            if values.get("Locked") is False:
                account.failures = 0
            account.revision += 1

        def delete() -> None:
            if account.id == "1":  # a controller that nobody can administer is lost
                raise RefusalError(400, message("ResourceCannotBeDeleted"))
            del self.all[account.id]

        return Resource(
            "ManagerAccount.v1_14_1.ManagerAccount",
            read,
            {
                **{name: check for name, check in _CREATED.items() if name != "AccountTypes"},
                "Locked": one_of(False),
            },
            apply,
            delete=delete,
            privilege="ConfigureUsers",
            read_privilege="ConfigureUsers",
            owner=account.name,
            revision=account.revision,
        )

    async def _create(self, body: Body, _user: str) -> Answer:
        missing = [name for name in ("UserName", "Password", "RoleId") if name not in body]
        wrong = [message("CreateFailedMissingReqProperties", name, about=name) for name in missing]
        values: Body = {}
        for name, value in body.items():
            if name not in _CREATED:
                wrong.append(message("PropertyUnknown", name, about=name))
                continue
            try:
                values[name] = _CREATED[name](value)
            except ValueError:
                wrong.append(wrong_value(name, value, name))
        if any(known.name == values.get("UserName") for known in self.all.values()):
            wrong.append(message("ResourceAlreadyExists", "ManagerAccount", "UserName", values["UserName"]))
        if wrong:
            raise RefusalError(400, *wrong)
        account = Account(
            str(self._next),
            values["UserName"],
            values["Password"],
            values["RoleId"],
            values.get("Enabled", True),
            values.get("PasswordChangeRequired", False),
        )
        self._next += 1
        self.all[account.id] = account
        return Answer(201, shown(account.uri, self._account(account)), {"Location": account.uri})


def _role(name: str) -> Resource:
    return Resource(
        "Role.v1_3_3.Role",
        lambda: {
            "Id": name,
            "Name": f"Role {name}",
            "RoleId": name,
            "IsPredefined": True,
            "AssignedPrivileges": ROLES[name],
        },
    )
