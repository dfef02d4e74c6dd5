"""Whether credentials are what a provider gives out: push-and-inbox.md 5. Pure."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from push.credentials.values import (
    ApnsSettings,
    FcmSettings,
    HmsSettings,
    InvalidCredentials,
    Settings,
)

NAME_LENGTH = 255  # characters
TOKEN_URI = "token_uri"  # noqa: S105 - a name
SECRET_SIZE = 16 * 1024  # bytes
NOT_BLANK = "must not be blank"
P8 = "must be the .p8 file of Apple: a private key of the curve P-256 in PEM, without a passphrase"
SERVICE_ACCOUNT = "must be the JSON key file of a service account of Google"
_ACCOUNT_MEMBERS = ("client_email", "private_key", TOKEN_URI)
TOKEN_URI_OF_GOOGLE = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
_ENVIRONMENTS = ("", "development", "production")


def check(settings: Settings) -> None:
    """Insist on names that are there, and on secrets of the right kind.

    Raises:
        InvalidCredentials: for the first member that is not.
    """
    for each in fields(settings):
        value = getattr(settings, each.name)
        if isinstance(value, bytes):
            _check_secret(each.name, value)
        elif value is not None and each.name != "environment":
            _check_name(each.name, value)
    match settings:
        case ApnsSettings():
            _check_apns(settings)
        case FcmSettings(service_account=bytes() as account):
            check_service_account(account)
        case HmsSettings(client_secret=bytes() as secret):
            _text("client_secret", secret)


def check_p8(private_key: bytes) -> None:
    """Insist on a key that APNs takes; raises as `check`."""
    if not isinstance(key := _private_key(private_key), EllipticCurvePrivateKey):
        raise InvalidCredentials("private_key", P8)
    if not isinstance(key.curve, SECP256R1):
        raise InvalidCredentials("private_key", P8)


def completed_account(account: bytes) -> bytes:
    """Name the address for tokens in an account that does not: Google's; raises as `check`."""
    try:
        members = json.loads(account)
    except (ValueError, RecursionError) as error:
        raise InvalidCredentials("service_account", SERVICE_ACCOUNT) from error
    if not isinstance(members, dict) or members.get("type") != "service_account":
        raise InvalidCredentials("service_account", SERVICE_ACCOUNT)
    if TOKEN_URI in members:
        return account
    return json.dumps({**members, TOKEN_URI: TOKEN_URI_OF_GOOGLE}).encode()


def check_service_account(account: bytes) -> None:
    """Insist on what google-auth needs to get a token; raises as `check`."""
    members = json.loads(completed_account(account))
    for name in _ACCOUNT_MEMBERS:
        _check_account_member(members, name)
    if not _is_of_google(members[TOKEN_URI]):
        rule = f"{SERVICE_ACCOUNT}: {TOKEN_URI} is no address of Google, see FCM_TOKEN_URL"
        raise InvalidCredentials("service_account", rule)
    if not isinstance(_private_key(members["private_key"].encode()), RSAPrivateKey):
        rule = f"{SERVICE_ACCOUNT}: private_key is no RSA key in PEM"
        raise InvalidCredentials("service_account", rule)


def _is_of_google(address: str) -> bool:
    """Tell whether tokens may be asked for there: whoever sets credentials calls no other host."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return (
        (parts.scheme, parts.username, parts.password) == ("https", None, None)
        and port in (None, 443)
        and (host == "accounts.google.com" or host.endswith(".googleapis.com"))
    )


def _check_account_member(members: Mapping[str, Any], name: str) -> None:
    value = members.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InvalidCredentials("service_account", f"{SERVICE_ACCOUNT}: {name} is missing")


def _check_apns(settings: ApnsSettings) -> None:
    if settings.environment not in _ENVIRONMENTS:
        raise InvalidCredentials("environment", "must be development or production")
    if settings.private_key is not None:
        check_p8(settings.private_key)


def _check_name(member: str, value: str) -> None:
    if not value.strip():
        raise InvalidCredentials(member, NOT_BLANK)
    if len(value) > NAME_LENGTH:
        raise InvalidCredentials(member, f"must have at most {NAME_LENGTH} characters")
    # It becomes a part of headers and addresses.
    if not value.isascii() or not value.isprintable() or any(one in value for one in " /?#%"):
        raise InvalidCredentials(member, "must have letters, digits and signs of names only")


def _check_secret(member: str, value: bytes) -> None:
    if not value.strip():
        raise InvalidCredentials(member, NOT_BLANK)
    if len(value) > SECRET_SIZE:
        raise InvalidCredentials(member, f"must have at most {SECRET_SIZE} bytes")


def _text(member: str, value: bytes) -> str:
    try:
        text = value.decode("ascii")
    except UnicodeDecodeError:
        text = ""
    if not text.isprintable() or not text:
        raise InvalidCredentials(member, "must be one line of ASCII characters")
    return text


def _private_key(pem: bytes) -> object:
    try:
        return load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
