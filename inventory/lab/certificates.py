"""The lab's own certificate authority, which signs the certificates of its BMCs and PDUs."""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gigaworks.inventory.canonical import write_whole

_LIFETIME = dt.timedelta(days=3650)  # a lab lives for days; nobody should meet an expired one


class Authority:
    """A certificate authority in a folder; made at first use, then the same for ever. Private keys have mode 0600."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca_path = folder / "ca.pem"  # what clients verify against
        key_path = folder / "ca.key"
        if not self.ca_path.exists():
            key = _new_key(key_path)
            name = x509.Name(
                [x509.NameAttribute(NameOID.COMMON_NAME, f"Gigaworks lab CA {x509.random_serial_number():x}"[:40])]
            )
            certificate = (
                _builder(name, name, key)
                .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
                .add_extension(_key_usage(signs_certificates=True), critical=True)
                .sign(key, hashes.SHA256())
            )
            write_whole(self.ca_path, certificate.public_bytes(serialization.Encoding.PEM))
        loaded = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{key_path} is not an elliptic-curve key")
        self._key = loaded
        self._certificate = x509.load_pem_x509_certificate(self.ca_path.read_bytes())

    def issue(self, name: str, addresses: list[str]) -> tuple[Path, Path]:
        """Return the paths of a server certificate and its key for a host name and its IP addresses.

        An earlier certificate is used again while it still names the same addresses and this authority signed it.
        """
        certificate_path, key_path = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        alternatives = x509.SubjectAlternativeName(
            [x509.DNSName(name), *(x509.IPAddress(ipaddress.ip_address(address)) for address in addresses)]
        )
        if certificate_path.exists() and key_path.exists() and self._still_good(certificate_path, alternatives):
            return certificate_path, key_path
        key = _new_key(key_path)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            _builder(subject, self._certificate.subject, key)
            .add_extension(alternatives, critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        write_whole(certificate_path, certificate.public_bytes(serialization.Encoding.PEM))
        return certificate_path, key_path

    def _still_good(self, path: Path, alternatives: x509.SubjectAlternativeName) -> bool:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return certificate.issuer == self._certificate.subject and found == alternatives


def _new_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = ec.generate_private_key(ec.SECP256R1())
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_whole(path, encoded, mode=0o600)
    return key


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)  # clocks of clients may be behind
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
