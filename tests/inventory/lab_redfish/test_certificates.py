"""The lab's certificate authority."""

from __future__ import annotations

import ssl
from pathlib import Path

from cryptography import x509

from gigaworks.inventory.lab.certificates import Authority


def test_authority_stays_the_same(tmp_path: Path) -> None:
    """A second start finds the first authority, and its private keys are nobody else's to read."""
    first = Authority(tmp_path)
    certificate, key = first.issue("n1-bmc", ["10.77.0.11"])
    before = certificate.read_bytes(), first.ca_path.read_bytes()
    again = Authority(tmp_path)
    assert (again.issue("n1-bmc", ["10.77.0.11"])[0].read_bytes(), again.ca_path.read_bytes()) == before
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("*.key")} == {
        "ca.key": 0o600,
        key.name: 0o600,
    }


def test_certificate_names_host_and_address(tmp_path: Path) -> None:
    """A certificate is for its DNS name and addresses; with another address a new one is made."""
    authority = Authority(tmp_path)
    certificate, key = authority.issue("n1-bmc", ["10.77.0.11"])
    names = x509.load_pem_x509_certificate(certificate.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert names.value.get_values_for_type(x509.DNSName) == ["n1-bmc"]
    assert [str(ip) for ip in names.value.get_values_for_type(x509.IPAddress)] == ["10.77.0.11"]
    before = certificate.read_bytes()
    authority.issue("n1-bmc", ["10.77.0.12"])
    assert certificate.read_bytes() != before
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)  # they belong together


def test_new_authority_signs_anew(tmp_path: Path) -> None:
    """A certificate that another authority signed is not served on."""
    old, _ = Authority(tmp_path).issue("n1-bmc", ["10.77.0.11"])
    before = old.read_bytes()
    (tmp_path / "ca.pem").unlink()
    assert Authority(tmp_path).issue("n1-bmc", ["10.77.0.11"])[0].read_bytes() != before
