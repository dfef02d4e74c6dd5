"""Certificates for receivers and for us, made when a test needs them."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

PASSWORD = "store-password"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self, password: str | None = None) -> bytes:
        encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        return key + self.certificate.public_bytes(Encoding.PEM)

    def pkcs12(self, *, alias: str = "callbacks", password: str = PASSWORD) -> bytes:
        return pkcs12.serialize_key_and_certificates(
            alias.encode(),
            self.key,
            self.certificate,
            None,
            BestAvailableEncryption(password.encode()),
        )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make(name: str, *, issuer: Pair | None = None, address: str = "127.0.0.1") -> Pair:
    """Make a certificate: an authority's own without an issuer, else one for an address."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer.certificate.subject if issuer else _name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False
        )
        .sign(issuer.key if issuer else key, hashes.SHA256())
    )
    return Pair(certificate=certificate, key=key)


@dataclass(frozen=True, kw_only=True)
class Authority:
    """An authority of the bank, and the folder with its files."""

    folder: Path
    pair: Pair

    def file(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def trust_pem(self) -> str:
        return self.file("trust.pem", self.pair.certificate.public_bytes(Encoding.PEM))

    def trust_pkcs12(self) -> str:
        """Give a store of trusted certificates without a key, as Java writes them."""
        trusted = pkcs12.serialize_key_and_certificates(
            None,
            None,
            None,
            [self.pair.certificate],
            BestAvailableEncryption(PASSWORD.encode()),
        )
        return self.file("trust.p12", trusted)

    def server(self, *, ask: bool = False, address: str = "127.0.0.1") -> ssl.SSLContext:
        """Give the TLS settings of a receiver, which asks for a certificate of ours or not."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        pair = make("receiver", issuer=self.pair, address=address)
        context.load_cert_chain(self.file("server.pem", pair.pem()))
        if ask:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.trust_pem())
        return context


def make_authority(folder: Path) -> Authority:
    return Authority(folder=folder, pair=make("Authority of the bank"))
