"""Encryption of stored secrets: one authenticated record for one value.

A record begins with its mode, so that plain and encrypted rows coexist and keys can be replaced
while the server runs. Layouts: ``00 || 00000000 || plain`` and ``03 || key id (4) || nonce (12) ||
AES-256-GCM ciphertext and tag``. Mode 2 is the same for a context that does not say what the row
refers to; it is read, and written no more. Mode 1 is the scheme of other servers; it has no MAC and
only serves data that comes from them.
"""

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from powerauth.protocol.encoding import cat
from powerauth.protocol.errors import MalformedEncoding, PlainRecordRefused, RecordUnreadable
from powerauth.protocol.primitives import (
    BLOCK_SIZE,
    RandomBytes,
    aes_cbc_decrypt,
    aes_cbc_encrypt,
    hmac_sha256,
    kdf_internal,
)

# The key id of zeros keeps an encrypted record with a damaged mode from passing as a plain one.
_PLAIN = bytes(5)
_FORMER_GCM = b"\x02"
_GCM = b"\x03"
_KEY_ID_SIZE = 4
_NONCE_SIZE = 12
_HEADER_SIZE = 1 + _KEY_ID_SIZE + _NONCE_SIZE
_KEY_ID_LABEL = b"record key id"


class Keyring:
    """The master keys for stored secrets: the first one writes, all of them read."""

    __slots__ = ("_keys", "_reads_plain")

    def __init__(self, keys: Sequence[bytes], *, read_plain: bool = True) -> None:
        """Take keys of 16 to 32 bytes; none at all means that records stay plain.

        Args:
            keys: the current key, then older ones.
            read_plain: whether plain records are read although there are keys. Once all rows are
                encrypted, False keeps a writer of the database from slipping in plain values.

        Raises:
            ValueError: a key of another size.
        """
        if any(not 16 <= len(key) <= 32 for key in keys):
            raise ValueError("a master key has 16 to 32 bytes")
        self._keys = tuple((_key_id(key), key) for key in keys)
        self._reads_plain = read_plain or not keys

    def seal(
        self,
        plaintext: bytes,
        *,
        context: tuple[str, ...],
        random: RandomBytes = secrets.token_bytes,
    ) -> bytes:
        """Make the record of a value.

        Args:
            plaintext: the value.
            context: names the row and the column; a record opens in its own context only.
            random: source of the nonce.

        Source: protocol.md 12.
        """
        if not self._keys:
            return _PLAIN + plaintext
        key_id, key = self._keys[0]
        header = _GCM + key_id + random(_NONCE_SIZE)
        cipher = AESGCM(_record_key(key, context))
        return header + cipher.encrypt(header[-_NONCE_SIZE:], plaintext, header)

    def open(
        self,
        record: bytes,
        *,
        context: tuple[str, ...],
        former_context: tuple[str, ...] | None = None,
    ) -> bytes:
        """Read the value of a record.

        Args:
            former_context: context of a record of mode 2, where it was another one.

        Raises:
            PlainRecordRefused: not encrypted, although there are keys.
            RecordUnreadable: unknown mode or key, changed content, or another context.

        Source: protocol.md 12.
        """
        if is_plain(record):
            if not self._reads_plain:
                raise PlainRecordRefused("a record without encryption, although there is a key")
            return record[len(_PLAIN) :]
        header, body = record[:_HEADER_SIZE], record[_HEADER_SIZE:]
        if len(header) < _HEADER_SIZE or header[:1] not in (_GCM, _FORMER_GCM):
            raise RecordUnreadable("unknown form of record")
        if header[:1] == _FORMER_GCM and former_context is not None:
            context = former_context
        for key_id, key in self._keys:
            if key_id == header[1 : 1 + _KEY_ID_SIZE]:
                try:
                    cipher = AESGCM(_record_key(key, context))
                    return cipher.decrypt(header[-_NONCE_SIZE:], body, header)
                except InvalidTag:
                    continue
        raise RecordUnreadable("no key opens the record")

    def needs_rotation(self, record: bytes) -> bool:
        """Tell whether sealing the value again would change the mode or the key."""
        current = _GCM + self._keys[0][0] if self._keys else _PLAIN
        return not record.startswith(current)

    def fits(self, record: bytes) -> bool:
        """Tell whether a record is one that these keys, or their absence, can read."""
        if is_plain(record):
            return self._reads_plain
        return any(record[1 : 1 + _KEY_ID_SIZE] == key_id for key_id, _ in self._keys)


def is_plain(record: bytes) -> bool:
    """Tell whether a record is not encrypted."""
    return record.startswith(_PLAIN)


def seal_reference_record(
    master_key: bytes,
    parts: Sequence[str],
    plaintext: bytes,
    *,
    random: RandomBytes = secrets.token_bytes,
) -> bytes:
    """Make a record of mode 1: IV, then AES-CBC under a key that depends on the parts.

    Args:
        master_key: 16 bytes.
        parts: texts that name the row.
        plaintext: the value.
        random: source of the IV.

    Source: protocol.md 12; checked by db_record_generated.
    """
    iv = random(BLOCK_SIZE)
    return iv + aes_cbc_encrypt(_reference_key(master_key, parts), iv, plaintext)


def open_reference_record(master_key: bytes, parts: Sequence[str], record: bytes) -> bytes:
    """Read a record of mode 1. Nothing authenticates it: a changed record may open as garbage.

    Raises:
        RecordUnreadable: the record is no ciphertext of this key.

    Source: protocol.md 12; checked by db_record_encryption and db_record_generated.
    """
    if len(record) < 2 * BLOCK_SIZE:
        raise RecordUnreadable("the record is too short")
    iv, body = record[:BLOCK_SIZE], record[BLOCK_SIZE:]
    try:
        return aes_cbc_decrypt(_reference_key(master_key, parts), iv, body)
    except MalformedEncoding:
        raise RecordUnreadable("no ciphertext of this key") from None


def _key_id(key: bytes) -> bytes:
    return hmac_sha256(key=key, data=_KEY_ID_LABEL)[:_KEY_ID_SIZE]


def _record_key(key: bytes, context: tuple[str, ...]) -> bytes:
    return hmac_sha256(key=key, data=cat(*(part.encode() for part in context)))


def _reference_key(master_key: bytes, parts: Sequence[str]) -> bytes:
    return kdf_internal(key=master_key, index="&".join(parts).encode())
