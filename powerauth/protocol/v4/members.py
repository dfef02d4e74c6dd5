"""Members of a decoded JSON object, checked before they are used."""

from collections.abc import Mapping

from powerauth.protocol.encoding import b64d
from powerauth.protocol.errors import ProtocolError

MAX_KEY_TEXT = 4096  # characters; the largest key or ciphertext has about 3500


class Members:
    """The members of an object; unknown ones are ignored, null means absent."""

    __slots__ = ("_error", "_members")

    def __init__(self, payload: object, error: type[ProtocolError]) -> None:
        """Take a decoded JSON value.

        Args:
            payload: any value.
            error: what to raise, here and below, for members of a wrong kind.

        Raises:
            ProtocolError: no object.
        """
        if not isinstance(payload, Mapping):
            raise error("JSON object expected")
        self._members: Mapping[object, object] = payload
        self._error = error

    def __getitem__(self, name: str) -> object:
        """Give a member of any kind, or None."""
        return self._members.get(name)

    def refuse(self, *names: str) -> None:
        """Refuse an object with any of these members.

        Raises:
            ProtocolError: one is there.
        """
        for name in names:
            if self[name] is not None:
                raise self._error(f"{name} is forbidden")

    def text(self, name: str) -> str:
        """Give a text.

        Raises:
            ProtocolError: absent, or no text.
        """
        value = self[name]
        if not isinstance(value, str):
            raise self._error(f"{name} is not a text")
        return value

    def number(self, name: str) -> int:
        """Give a whole number.

        Raises:
            ProtocolError: absent, or no whole number.
        """
        value = self[name]
        # True is an int in Python, but no number in JSON.
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._error(f"{name} is not a whole number")
        return value

    def binary(self, name: str, *, size: int | None = None) -> bytes:
        """Give bytes of a text in Base64, of any size or of one.

        Raises:
            ProtocolError: absent, no Base64, or another size.
        """
        return b64d(self.text(name), size=size)

    def key(self, name: str) -> bytes:
        """Give a key; its text is measured before it is decoded.

        Raises:
            ProtocolError: absent, too long, or no Base64.
        """
        return self._key(name, self.text(name))

    def keys(self, name: str, *, most: int) -> tuple[bytes, ...]:
        """Give a list of keys.

        Raises:
            ProtocolError: absent, no list of 1 to `most` texts, too long, or no Base64.
        """
        value = self[name]
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise self._error(f"{name} is not a list of keys")
        return tuple(self._key(name, text) for text in value)

    def _key(self, name: str, text: object) -> bytes:
        if not isinstance(text, str) or len(text) > MAX_KEY_TEXT:
            raise self._error(f"{name} has a wrong size")
        return b64d(text)
