"""The site's known hosts: one host, one key, whoever writes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gigaworks.inventory.fleet.known_hosts import KnownHosts


def test_a_new_key_replaces_the_old_one_under_name_and_address(tmp_path: Path) -> None:
    """Neither the node's old key nor that of the machine that had its address before is believed any more."""
    hosts = KnownHosts(tmp_path / "kept" / "known_hosts")
    hosts.put("n1", "10.0.0.1", "ssh-ed25519 AAA comment")
    hosts.put("n2", "10.0.0.2", "ssh-ed25519 BBB")
    hosts.put("n1", "10.0.0.2", "ssh-ed25519 CCC")
    assert (tmp_path / "kept" / "known_hosts").read_text() == "n1,10.0.0.2 ssh-ed25519 CCC\n"
    assert hosts.get("n1") == "ssh-ed25519 CCC"
    hosts.remove("n1")
    hosts.remove("n1")
    assert hosts.get("n1") is None


def test_lines_of_others_survive_many_writers_at_once(tmp_path: Path) -> None:
    """Switches enrolled by hand stay, and no node's key is lost when forty finish together."""
    path = tmp_path / "known_hosts"
    path.write_text("leaf-1,10.77.0.20 ssh-ed25519 SWITCH\n")
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: KnownHosts(path).put(f"n{n}", f"10.1.0.{n}", f"ssh-ed25519 K{n}"), range(40)))
    assert len(path.read_text().splitlines()) == 41
    assert KnownHosts(path).get("leaf-1") == "ssh-ed25519 SWITCH"
