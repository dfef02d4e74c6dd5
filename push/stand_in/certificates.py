"""The authority and the certificate of the stand-in, made for one run."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

CA_FILE = "ca.pem"
_LIFETIME = timedelta(days=30)


def write(folder: Path, host: str) -> Path:
    """Write an authority's certificate, and a key with a certificate by it for a host.

    Returns: the file for who has to trust the stand-in.
    """
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = _builder("Push stand-in", "Push stand-in", ca_key.public_key(), is_ca=True)
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ip_address(host))]
    )
    certificate = _builder("localhost", "Push stand-in", key.public_key(), is_ca=False)
    signed = certificate.add_extension(names, critical=False).sign(ca_key, hashes.SHA256())
    file = folder / "server.pem"
    file.touch(mode=0o600)
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + signed.public_bytes(Encoding.PEM)
    )
    ca_file = folder / CA_FILE
    ca_file.write_bytes(ca.sign(ca_key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return ca_file


def server_context(folder: Path, *protocols: str) -> ssl.SSLContext:
    """Give what the stand-in shows of itself, for protocols as TLS names them."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    context.set_alpn_protocols(list(protocols))
    return context


def _builder(
    name: str, issuer: str, key: ec.EllipticCurvePublicKey, *, is_ca: bool
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    )
