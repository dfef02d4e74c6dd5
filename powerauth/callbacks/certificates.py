"""TLS towards a receiver: whom to trust, and which certificate to show (integration-api.md 11.1).

Stores are files of the server, PEM or PKCS#12; their kind is seen from their content. The key
stores of Java's own format are not read. A store is read again only after it has changed.
"""

import secrets
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    pkcs12,
)

from powerauth.callbacks import store_files
from powerauth.callbacks.failures import DeliveryFailed
from powerauth.callbacks.store_files import Stamp, StoreRefused
from powerauth.engine.callbacks.callback_authentication import Certificate

MADE = 256  # TLS settings that are kept
_PEM_MARK = b"-----BEGIN "


def context_of(certificate: Certificate) -> ssl.SSLContext:
    """Give the TLS settings for a receiver; its certificate and host name are always checked.

    Raises:
        DeliveryFailed: a store cannot be read, is of another kind, or its password is wrong.
    """
    if not certificate.enabled:
        return _ordinary()
    trust = key = None
    if certificate.use_custom_trust_store:
        with _naming("trust store"):
            trust = store_files.stamp(certificate.trust_store_location)
    if certificate.use_custom_key_store:
        with _naming("key store"):
            key = store_files.stamp(certificate.key_store_location)
    return _made(certificate, trust, key)


@lru_cache(maxsize=MADE)
def _made(certificate: Certificate, trust: Stamp | None, key: Stamp | None) -> ssl.SSLContext:
    """Make the TLS settings from stores in a certain state; a defect is not remembered."""
    with _naming("trust store"):
        context = _trusting(certificate)
    if key is not None:
        with _naming("key store"):
            _show(context, certificate)
    return context


@contextmanager
def _naming(store: str) -> Iterator[None]:
    """Turn what is wrong with a store into the failure of the delivery."""
    try:
        yield
    except StoreRefused as error:
        raise DeliveryFailed(f"the {store} cannot be used: {error}") from error
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise DeliveryFailed(f"the {store} cannot be used") from error


@lru_cache(maxsize=1)
def _ordinary() -> ssl.SSLContext:
    return ssl.create_default_context()


def _trusting(certificate: Certificate) -> ssl.SSLContext:
    if not certificate.use_custom_trust_store:
        return ssl.create_default_context()
    data = store_files.read(certificate.trust_store_location)
    if _PEM_MARK not in data:
        bag = pkcs12.load_pkcs12(data, _bytes(certificate.trust_store_password))
        first = [bag.cert] if bag.cert else []
        trusted = [one.certificate for one in (*first, *bag.additional_certs)]
        data = b"".join(one.public_bytes(Encoding.PEM) for one in trusted)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=data.decode("ascii"))
    return context


def _show(context: ssl.SSLContext, certificate: Certificate) -> None:
    """Let a context show the certificate of the key store."""
    data = store_files.read(certificate.key_store_location)
    password = certificate.key_password or certificate.key_store_password or ""
    if _PEM_MARK not in data:
        store_password = certificate.key_store_password or certificate.key_password
        password = secrets.token_urlsafe(32)
        data = _as_pem(data, _bytes(store_password), certificate.key_alias, password.encode())
    # OpenSSL reads certificates from files only. A password has to be given in any case, or it
    # would ask for one at the terminal.
    with tempfile.TemporaryDirectory(prefix="callback-") as folder:
        path = Path(folder) / "store.pem"
        path.touch(mode=0o600)
        path.write_bytes(data)
        context.load_cert_chain(path, password=password)


def _as_pem(data: bytes, password: bytes | None, alias: str | None, new_password: bytes) -> bytes:
    """Turn a PKCS#12 store into PEM, its key encrypted under `new_password`.

    Raises:
        ValueError: a wrong password, no key with a certificate, or one of another name.
    """
    bag = pkcs12.load_pkcs12(data, password)
    if bag.key is None or bag.cert is None:
        raise ValueError("no key with a certificate")
    name = bag.cert.friendly_name
    # Java writes aliases in small letters.
    if alias and name and name.decode("utf-8", "replace").lower() != alias.lower():
        raise ValueError("no key of this alias")
    key = bag.key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(new_password)
    )
    chain: list[x509.Certificate] = [one.certificate for one in (bag.cert, *bag.additional_certs)]
    return key + b"".join(one.public_bytes(Encoding.PEM) for one in chain)


def _bytes(password: str | None) -> bytes | None:
    return password.encode() if password else None
