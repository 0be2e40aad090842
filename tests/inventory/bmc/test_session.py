"""How we behave toward a controller that is slow, busy, gone, closed, or somebody else."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gigaworks.inventory.bmc import BmcError, Controller, Unreachable, WrongCertificate, quirks
from gigaworks.inventory.lab.certificates import Authority
from gigaworks.inventory.problem import NotAuthorised

Serve = Callable[[dict[str, Any]], Any]
SYSTEM = "/redfish/v1/Systems/1"
TREE: dict[str, Any] = {
    "/redfish/v1": {
        "@odata.id": "/redfish/v1/",
        "Id": "RootService",
        "Systems": {"@odata.id": "/redfish/v1/Systems"},
        "Links": {"Sessions": {"@odata.id": "/redfish/v1/SessionService/Sessions"}},
    },
    "/redfish/v1/Systems": {"Members": [{"@odata.id": SYSTEM}]},
    SYSTEM: {
        "@odata.id": SYSTEM,
        "Id": "1",
        "PowerState": "Off",
        "Actions": {"#ComputerSystem.Reset": {"target": f"{SYSTEM}/Actions/ComputerSystem.Reset"}},
    },
}


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quirks, "_FIRST_WAIT_S", 0.01)


def controller(recorded: Any, password: str = "made-up") -> Controller:  # noqa: S107
    return Controller(recorded.address, "operator", password, recorded.ca.ca_path, "node-1-bmc", "the vault")


def test_wrong_password_is_tried_once(record: Serve) -> None:
    """A refused password is sent once, however often we are asked: no account gets locked by us."""
    recorded = record(TREE)
    bmc = controller(recorded, "wrong")
    for _ in range(3):
        with pytest.raises(NotAuthorised) as raised:
            bmc.power()
    assert recorded.logins == 1
    problem = raised.value.problems[0]
    assert problem.subject == "node-1-bmc"
    assert "the vault" in problem.fix
    assert "wrong" not in f"{problem.detail} {problem.fix}"
    bmc.close()


def test_controller_without_sessions_gets_basic_authentication(record: Serve) -> None:
    """A thin controller without a session service is still read."""
    recorded = record(TREE)
    recorded.sessions = False
    with controller(recorded) as bmc:
        assert bmc.power() == "off"


def test_busy_controller_is_asked_again(record: Serve) -> None:
    """A controller that says 503 while it boots is asked again and then answers."""
    recorded = record(TREE)
    with controller(recorded) as bmc:
        assert bmc.power() == "off"
        recorded.busy = 3
        assert bmc.power() == "off"


def test_one_session_and_one_call_at_a_time(record: Serve) -> None:
    """Eight threads that share a controller log in once between them and wait for each other."""
    recorded = record(TREE)
    with controller(recorded) as bmc, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: bmc.power(), range(16))) == ["off"] * 16
    assert (recorded.logins, recorded.most_reading) == (1, 1)


def test_attempts_are_bounded(record: Serve) -> None:
    """A controller that stays busy is given up after four attempts, with what it said."""
    recorded = record(TREE)
    recorded.busy = 100
    bmc = controller(recorded)
    with pytest.raises(BmcError, match="booting"):
        bmc.power()
    assert recorded.busy == 96


def test_button_is_not_pressed_twice(record: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """An action whose answer never comes is not repeated: nobody knows whether it happened."""
    monkeypatch.setattr("gigaworks.inventory.bmc.session._READ_S", 0.3)
    recorded = record(TREE)
    pressed: list[str] = []

    def hang(change: tuple[str, str, Any]) -> None:
        pressed.append(change[2]["ResetType"])
        time.sleep(1)

    recorded.after_change = hang
    bmc = controller(recorded)
    with pytest.raises(Unreachable, match="timed out"):
        bmc.set_power("on")
    assert pressed == ["On"]


def test_unreachable_controller_is_named(tmp_path: Path) -> None:
    """Nothing at the address: the problem names controller and address and says what to check."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    bmc = Controller(address, "operator", "made-up", Authority(tmp_path).ca_path, "node-1-bmc")
    with pytest.raises(Unreachable) as raised:
        bmc.inventory()
    assert address in raised.value.problems[0].detail
    assert "refused" in raised.value.problems[0].detail
    assert raised.value.problems[0].fix


def test_strangers_certificate_gets_no_password(record: Serve, tmp_path: Path) -> None:
    """A certificate of another authority ends it before anything is sent, and is not tried again."""
    recorded = record(TREE)
    bmc = Controller(recorded.address, "operator", "made-up", Authority(tmp_path).ca_path, "node-1-bmc")
    with pytest.raises(WrongCertificate, match="verify failed"):
        bmc.power()
    assert recorded.logins == 0


def test_web_page_is_no_controller(record: Serve) -> None:
    """Something else that answers with 200 at the address is named as what it is."""
    bmc = controller(record({"/redfish/v1": ["It works!"]}))
    with pytest.raises(BmcError, match="no Redfish service"):
        bmc.power()


def test_missing_authority_is_said_before_anything_is_sent(record: Serve, tmp_path: Path) -> None:
    """Without the CA file nothing is trusted, and the problem says where it belongs."""
    recorded = record(TREE)
    bmc = Controller(recorded.address, "operator", "made-up", tmp_path / "bmc-ca.pem", "node-1-bmc")
    with pytest.raises(BmcError, match=r"bmc-ca\.pem does not exist"):
        bmc.power()
    assert recorded.logins == 0


def test_plain_http_is_not_taken_for_a_wrong_certificate(tmp_path: Path) -> None:
    """A port that speaks no TLS is unreachable, not untrusted."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            for _ in range(8):
                connection, _ = server.accept()
                connection.recv(100)
                connection.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
                connection.close()

        threading.Thread(target=speak, daemon=True).start()
        bmc = Controller(f"127.0.0.1:{server.getsockname()[1]}", "o", "p", Authority(tmp_path).ca_path, "node-1-bmc")
        with pytest.raises(Unreachable):
            bmc.power()


def test_environment_does_not_matter(record: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies and CA bundles that the environment names are not for controllers."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    with controller(record(TREE)) as bmc:
        assert bmc.power() == "off"


def test_closed_controller_logs_in_again(record: Serve) -> None:
    """close() ends the session; a later call opens a new one."""
    recorded = record(TREE)
    bmc = controller(recorded)
    bmc.power()
    bmc.close()
    bmc.close()
    assert bmc.power() == "off"
    assert recorded.logins == 2
    bmc.close()


def test_sushy_stays_silent(record: Serve, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings of the library do not reach the terminal: what matters comes as a problem."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    bmc = controller(record(TREE), "wrong")
    with pytest.raises(NotAuthorised):
        bmc.power()
    assert capfd.readouterr().err == ""
