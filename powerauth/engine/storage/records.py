"""Secrets at rest: what the database holds of them, under the configured keys.

Source: protocol.md 12; the context of a record names its column, its row and what the row refers
to, so that neither a record that is moved to another row opens, nor one of a row that is given to
somebody else.
"""

import base64
import binascii
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from powerauth.engine.storage.record_places import Place
from powerauth.protocol.errors import PlainRecordRefused, ProtocolError
from powerauth.protocol.records import Keyring


def _decode(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured(f"{name} is not Base64.") from error
    if not 16 <= len(key) <= 32:
        raise ImproperlyConfigured(f"{name} must hold 16 to 32 bytes in Base64.")
    return key


@lru_cache(maxsize=4)
def _keyring(current: str, previous: str, read_plain: bool) -> Keyring:
    older = [text.strip() for text in previous.split(",") if text.strip()]
    if older and not current:
        raise ImproperlyConfigured("Previous master keys need a current MASTER_DB_ENCRYPTION_KEY.")
    keys = [_decode(current, "MASTER_DB_ENCRYPTION_KEY")] if current else []
    keys += [_decode(text, "MASTER_DB_ENCRYPTION_KEYS_PREVIOUS") for text in older]
    return Keyring(keys, read_plain=read_plain)


def keyring() -> Keyring:
    """Give the configured keys, the current one first.

    Raises:
        ImproperlyConfigured: a key is not 16 to 32 bytes in Base64.
    """
    return _keyring(
        settings.MASTER_DB_ENCRYPTION_KEY,
        settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS,
        settings.MASTER_DB_ENCRYPTION_READ_PLAIN,
    )


def seal(plaintext: bytes, place: Place) -> bytes:
    """Give the record to store for a secret."""
    return keyring().seal(plaintext, context=place.context)


class SecretUnreadable(Exception):
    """A stored secret does not open: a matter for the operator, never a refusal to a client."""


def unseal(record: bytes | memoryview, place: Place) -> bytes:
    """Give the secret of a stored record.

    Raises:
        SecretUnreadable: made under another key or for another row, tampered with, or not
            encrypted although there is a key.
    """
    try:
        return keyring().open(bytes(record), context=place.context, former_context=place.row)
    except PlainRecordRefused as error:
        raise SecretUnreadable(
            "a stored record is not encrypted: run rotate_encryption, and set "
            "MASTER_DB_ENCRYPTION_READ_PLAIN until it is done"
        ) from error
    except ProtocolError as error:
        raise SecretUnreadable("a stored record does not open") from error
