"""Records that the Java servers encrypted: protocol.md 12, mode 1."""

import base64
import binascii
from pathlib import Path

from enrollment_server.wultra.source import Row
from enrollment_server.wultra.values import LeftOut, decoded, needed
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.keys import key_pair_of, normalize_public_key
from powerauth.protocol.records import open_reference_record

_LARGEST_FILE = 1024  # bytes
_KEY_SIZE = 16  # bytes
_PLAIN = (None, 0, "NO_ENCRYPTION")
_ENCRYPTED = (1, "AES_HMAC")


class MasterKeyUnusable(Exception):
    """The key of the Java server cannot be used; one line without it."""


class MasterKey:
    """What opens the records of a Java server; without a key it opens only plain ones."""

    def __init__(self, key: bytes | None) -> None:
        self._key = key

    @property
    def is_set(self) -> bool:
        return self._key is not None

    def open_bytes(self, value: str | None, mode: object, column: str, *parts: str) -> bytes:
        """Give the bytes of a record, whose plain form is Base64.

        Args:
            mode: encryption, as the row says it; a row of before has none.
            parts: of the index, protocol.md 12.

        Raises:
            LeftOut: not to be read.
        """
        record = decoded(value, column)
        return self._open(record, column, parts) if _is_encrypted(mode, column) else record

    def open_text(self, value: str | None, mode: object, column: str, *parts: str) -> str:
        """Give the text of a record, whose plain form is the text itself; see `open_bytes`."""
        if not _is_encrypted(mode, column):
            return needed(value, column)
        try:
            return self._open(decoded(value, column), column, parts).decode()
        except UnicodeDecodeError as error:
            raise LeftOut(f"{column} does not open") from error

    def _open(self, record: bytes, column: str, parts: tuple[str, ...]) -> bytes:
        if self._key is None:
            raise LeftOut(f"{column} is encrypted, and there is no --master-key-file")
        try:
            return open_reference_record(self._key, parts, record)
        except ProtocolError as error:
            raise LeftOut(f"{column} does not open") from error


def _is_encrypted(mode: object, column: str) -> bool:
    if mode in _PLAIN:
        return False
    if mode in _ENCRYPTED:
        return True
    raise LeftOut(f"{column} is encrypted in an unknown mode")


def master_key(path: Path | None) -> MasterKey:
    """Read the file of --master-key-file; no path is no key.

    Raises:
        MasterKeyUnusable: no such file, or not Base64 of 16 bytes.
    """
    if path is None:
        return MasterKey(None)
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise MasterKeyUnusable(f"{path} cannot be read: {error.strerror}") from error
    try:
        key = base64.b64decode(content.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(content) > _LARGEST_FILE or len(key) != _KEY_SIZE:
        raise MasterKeyUnusable(f"{path} must hold {_KEY_SIZE} bytes in Base64, and nothing else")
    return MasterKey(key)


def server_private_key(row: Row, key: MasterKey) -> bytes:
    """Give the private key of the server in an activation, once it fits the public one.

    Nothing authenticates a record: under a wrong key, it may open as anything.

    Raises:
        LeftOut: it does not open, or belongs to another public key.
    """
    private = key.open_bytes(
        row["server_private_key_base64"],
        row["server_private_key_encryption"],
        "server_private_key_base64",
        *(row["user_id"], row["activation_id"]),
    )
    check_pair(private, decoded(row["server_public_key_base64"], "server_public_key_base64"))
    return private


def check_pair(private: bytes, public: bytes) -> bytes:
    """Give the public key in its long form, once the private one fits it.

    Raises:
        LeftOut: one of them is no key, or they are of two pairs.
    """
    try:
        if key_pair_of(private).public_key == (normal := normalize_public_key(public)):
            return normal
    except ProtocolError as error:
        raise LeftOut("a key is no valid key") from error
    raise LeftOut("the private key does not belong to the public key")
