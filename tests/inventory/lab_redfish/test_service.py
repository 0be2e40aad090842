"""The lab's Redfish service under our own client and under plain requests."""

from __future__ import annotations

import http.server
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from gigaworks.inventory.blueprint import Bmc
from gigaworks.inventory.bmc import BmcError, Controller, OutletController, Unreachable, Unsupported, WrongCertificate
from gigaworks.inventory.problem import NotAuthorised

USER = "gigaworks"
PASSWORD = "a-Password_of-the-lab1"
ROOT = "/redfish/v1"


def bmc(site: Any) -> Controller:
    return Controller(site.bmc, USER, PASSWORD, site.ca.ca_path, "n1-bmc")


def ask(site: Any, method: str, path: str, body: Any = None, auth: Any = (USER, PASSWORD), **headers: str) -> Any:
    session = requests.Session()
    session.trust_env = False
    return session.request(
        method,
        f"https://{site.bmc}{ROOT}{path}",
        json=body,
        auth=auth,
        headers={key.replace("_", "-"): value for key, value in headers.items()},
        verify=str(site.ca.ca_path),
        timeout=10,
    )


def message_of(answer: Any) -> str:
    return str(answer.json()["error"]["@Message.ExtendedInfo"][0]["MessageId"]).rpartition(".")[2]


def test_inventory_is_the_machines_hardware(site: Any) -> None:
    """What the client finds is what the machine has, and what is simulated says so."""
    with bmc(site) as controller:
        found = controller.inventory()
    hardware = site.machine.hardware
    assert (found.manufacturer, found.model, found.serial) == (hardware.manufacturer, hardware.model, hardware.serial)
    assert (found.sockets, found.cores, found.memory_gib) == (2, 64, 512.0)
    assert found.macs == sorted(hardware.macs.values())
    assert found.accelerators == {"H100 (simulated)": 2}
    assert "simulated" in found.firmware["bmc"]


def test_hardware_fault_shows_at_once(site: Any) -> None:
    """A machine whose hardware changes is described as it is now: nothing is kept from before."""
    with bmc(site) as controller:
        controller.inventory()
        site.machine.hardware.serial = "OTHER"
        site.machine.hardware.accelerators = None
        found = controller.inventory()
    assert (found.serial, found.accelerators) == ("OTHER", {})


def test_power_and_boot_reach_the_machine(site: Any) -> None:
    """One-time network boot, start, reset and graceful stop do exactly that to the machine, in that order."""
    with bmc(site) as controller:
        controller.boot_from("network", once=True)
        assert controller.boot() == ("network", True)
        controller.set_power("on")
        assert (controller.power(), controller.boot()) == ("on", (None, False))
        controller.set_power("on")
        controller.boot_from("network", once=False)
        controller.set_power("reset")
        assert controller.boot() == ("network", False)
        controller.boot_from("disk", once=False)
        controller.set_power("off", graceful=True)
        controller.wait_for_power("off", 1)
    assert site.machine.log == ["on from network", "reset", "on from network", "off gracefully"]


def test_button_shows_the_way(site: Any) -> None:
    """While the button takes its time the system says PoweringOn, and the task that it is running."""
    site.running._listeners["n1"].controller.system.delay_s = 0.5
    answer = ask(site, "POST", "/Systems/1/Actions/ComputerSystem.Reset", {"ResetType": "On"})
    assert (answer.status_code, answer.json()["TaskState"]) == (202, "Running")
    time.sleep(0.1)
    assert ask(site, "GET", "/Systems/1").json()["PowerState"] == "PoweringOn"
    monitor = answer.headers["Location"].removeprefix(ROOT)
    assert ask(site, "GET", monitor).status_code == 202
    time.sleep(0.8)
    assert ask(site, "GET", monitor).status_code == 204
    assert ask(site, "GET", "/Systems/1").json()["PowerState"] == "On"


def test_failed_start_says_why(site: Any) -> None:
    """What the machine says when it does not start reaches the client's problem."""
    site.machine.trouble = RuntimeError("its disk is gone")
    with bmc(site) as controller, pytest.raises(BmcError, match="its disk is gone"):
        controller.set_power("on")


def test_power_cap(site: Any) -> None:
    """A cap is set, read, kept to by the simulated draw, and taken away; one out of range is refused unsent."""
    with bmc(site) as controller:
        assert controller.power_cap() is None
        controller.set_power_cap(900)
        assert controller.power_cap() == site.machine.hardware.power_cap_w == 900
        controller.set_power("on")
        assert ask(site, "GET", "/Chassis/1/Sensors/PowerDraw").json()["Reading"] == 900
        with pytest.raises(Unsupported, match="it allows from 0 W to 4000 W"):
            controller.set_power_cap(10**6)
        controller.set_power_cap(None)
        assert (controller.power_cap(), site.machine.hardware.power_cap_w) == (None, None)


def test_outlets(site: Any) -> None:
    """Outlets are read, switched and cycled; the limit of the PDU is set and read."""
    with OutletController(site.pdu, USER, PASSWORD, site.ca.ca_path, "pdu-1") as pdu:
        assert pdu.outlets() == {"1": "on", "2": "off"}
        assert "simulated" in str(pdu.model())
        pdu.set_outlet(2, "on")
        pdu.set_outlet(2, "on")
        pdu.set_outlet("1", "cycle")
        assert site.bank.log == ["2 on", "1 off", "1 on"]
        assert (pdu.outlet(2), pdu.draw_w(1)) == ("on", 40.5)
        pdu.set_limit_kw(7.25)
        assert (pdu.limit_kw(), site.bank.limit_w) == (7.25, 7250)
        pdu.set_limit_kw(None)
        assert (pdu.limit_kw(), site.bank.limit_w) == (None, None)
        with pytest.raises(Unsupported, match="has no outlet 9: it has 1, 2"):
            pdu.outlet(9)


def test_faults_and_healing(site: Any) -> None:
    """Each fault gives the problem that it stands for; healed, the controller answers as before."""
    expected = {"dead": Unreachable, "password": NotAuthorised, "certificate": WrongCertificate}
    for kind, error in expected.items():
        site.do(site.running.fault("n1", kind))
        with pytest.raises(error):
            bmc(site).power()
        site.do(site.running.heal("n1"))
        with bmc(site) as controller:
            assert controller.power() == "off"
    site.do(site.running.fault("n1", "slow"))
    start = time.monotonic()
    assert ask(site, "GET", "/").status_code == 200
    assert time.monotonic() - start > 0.9


def test_machines_come_and_go(site: Any) -> None:
    """A controller can be taken away and another one added while the rest goes on."""
    site.do(site.running.remove("n1"))
    with pytest.raises(Unreachable):
        bmc(site).power()
    site.do(site.running.add(site.machine, Bmc(name="n1-bmc", mac="02:00:00:00:01:01", address="127.0.0.2", user=USER)))
    with bmc(site) as controller:
        assert controller.power() == "off"


def test_lockout(site: Any) -> None:
    """Five wrong passwords lock an account for half a minute, even for the right one; an administrator frees it."""
    account = {"UserName": "second", "Password": "Second-password1", "RoleId": "Operator"}
    uri = ask(site, "POST", "/AccountService/Accounts", account).headers["Location"].removeprefix(ROOT)
    right = ("second", account["Password"])
    for _ in range(5):
        assert ask(site, "GET", "/Systems", auth=("second", "wrong")).status_code == 401
    assert ask(site, "GET", "/Systems", auth=right).status_code == 401
    assert ask(site, "GET", uri).json()["Locked"] is True
    assert ask(site, "PATCH", uri, {"Locked": False}).status_code == 200
    assert ask(site, "GET", "/Systems", auth=right).status_code == 200


def test_roles(site: Any) -> None:
    """A reader reads, an operator switches, neither makes accounts; nobody gives themselves another role."""
    for role in ("ReadOnly", "Operator"):
        ask(site, "POST", "/AccountService/Accounts", {"UserName": role, "Password": "Some-password1", "RoleId": role})
    reset = ("POST", "/Systems/1/Actions/ComputerSystem.Reset", {"ResetType": "On"})
    reader, operator = (("ReadOnly", "Some-password1"), ("Operator", "Some-password1"))
    assert ask(site, "GET", "/Systems/1", auth=reader).status_code == 200
    refused = ask(site, *reset, auth=reader)
    assert (refused.status_code, message_of(refused)) == (403, "InsufficientPrivilege")
    assert ask(site, *reset, auth=operator).status_code == 202
    assert ask(site, "POST", "/AccountService/Accounts", {}, auth=operator).status_code == 403
    own = "/AccountService/Accounts/2"
    assert ask(site, "PATCH", own, {"RoleId": "Administrator"}, auth=reader).status_code == 400
    assert ask(site, "PATCH", own, {"Password": "New-password-2"}, auth=reader).status_code == 200
    assert ask(site, "GET", own, auth=("ReadOnly", "New-password-2")).json()["RoleId"] == "ReadOnly"


def test_bad_bodies_are_answered_with_every_reason(site: Any) -> None:
    """A change with two mistakes changes nothing and names both; a body that is no JSON is a 400 as well."""
    answer = ask(site, "PATCH", "/Systems/1", {"Boot": {"BootSourceOverrideTarget": "Tape"}, "Model": "x"})
    said = [entry["MessageId"].rpartition(".")[2] for entry in answer.json()["error"]["@Message.ExtendedInfo"]]
    assert (answer.status_code, said) == (400, ["PropertyValueIncorrect", "PropertyNotWritable"])
    answer = ask(site, "POST", "/Systems/1/Actions/ComputerSystem.Reset", {"ResetType": "Sometimes", "Speed": 1})
    said = [entry["MessageId"].rpartition(".")[2] for entry in answer.json()["error"]["@Message.ExtendedInfo"]]
    assert (answer.status_code, said) == (400, ["ActionParameterUnknown", "ActionParameterValueError"])
    assert message_of(ask(site, "PATCH", "/Systems/1", ["no object"])) == "MalformedJSON"


def test_refused_password_is_not_repeated(site: Any) -> None:
    """An error about a password does not say which it was."""
    for method, path in (("PATCH", "/AccountService/Accounts/1"), ("POST", "/AccountService/Accounts")):
        answer = ask(site, method, path, {"UserName": "third", "Password": "canary"})
        assert answer.status_code == 400
        assert "canary" not in answer.text


def test_of_two_writers_one_wins(site: Any) -> None:
    """A change that was made on an old entity tag is refused, and an unchanged resource is not sent again."""
    etag = ask(site, "GET", "/Systems/1").headers["ETag"]
    assert ask(site, "GET", "/Systems/1", If_None_Match=etag).status_code == 304
    change = {"Boot": {"BootSourceOverrideTarget": "Pxe", "BootSourceOverrideEnabled": "Once"}}
    assert ask(site, "PATCH", "/Systems/1", change, If_Match=etag).status_code == 200
    assert ask(site, "PATCH", "/Systems/1", change, If_Match=etag).status_code == 412


def test_sessions_end(site: Any) -> None:
    """A session ends by logging out, by its timeout, and with its account's password being changed by a fault."""
    made = ask(site, "POST", "/SessionService/Sessions", {"UserName": USER, "Password": PASSWORD}, auth=None)
    token, uri = made.headers["X-Auth-Token"], made.headers["Location"].removeprefix(ROOT)
    assert ask(site, "GET", "/Systems", auth=None, X_Auth_Token=token).status_code == 200
    assert ask(site, "DELETE", uri, auth=None, X_Auth_Token=token).status_code == 204
    assert ask(site, "GET", "/Systems", auth=None, X_Auth_Token=token).status_code == 401
    made = ask(site, "POST", "/SessionService/Sessions", {"UserName": USER, "Password": PASSWORD}, auth=None)
    site.running._listeners["n1"].controller.sessions.timeout_s = 0
    time.sleep(0.01)
    assert ask(site, "GET", "/Systems", auth=None, X_Auth_Token=made.headers["X-Auth-Token"]).status_code == 401


def test_lost_session_is_opened_again(site: Any) -> None:
    """A controller that forgot its sessions (a restart, a timeout) is logged in to again, once and unnoticed."""
    with bmc(site) as controller:
        controller.power()
        site.running._listeners["n1"].controller.sessions.clear()
        assert controller.power() == "off"
    assert site.running._listeners["n1"].controller.sessions.all == {}


def test_password_changed_under_a_session_is_tried_once(site: Any) -> None:
    """When the password changes while we are logged in, the account sees one wrong password, not a lockout."""
    controller = bmc(site)
    controller.power()
    site.do(site.running.fault("n1", "password"))
    for _ in range(3):
        with pytest.raises(NotAuthorised):
            controller.power()
    assert site.running._listeners["n1"].controller.accounts.all["1"].failures == 1


def test_virtual_media(site: Any, tmp_path: Path) -> None:
    """An image given by URL is fetched whole and inserted; ejected it is gone; a URL that fails inserts nothing."""
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "rescue.iso").write_bytes(b"image" * 1000)

    class Files(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(tmp_path / "www"))

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        target = "/Systems/1/VirtualMedia/Cd/Actions/VirtualMedia"
        missing = ask(site, "POST", f"{target}.InsertMedia", {"Image": f"{base}/none.iso"})
        assert (missing.status_code, site.machine.media) == (400, None)
        assert ask(site, "POST", f"{target}.InsertMedia", {"Image": f"{base}/rescue.iso"}).status_code == 204
        server.shutdown()
    assert site.machine.media.read_bytes() == b"image" * 1000
    assert ask(site, "GET", "/Systems/1/VirtualMedia/Cd").json()["ImageName"] == "rescue.iso"
    assert ask(site, "POST", f"{target}.EjectMedia", {}).status_code == 204
    assert site.machine.media is None
