"""Bytes in an answer of the PowerAuth Server."""

from enrollment_server.remote.members import Members, WrongShape, text
from powerauth.protocol.encoding import b64d
from powerauth.protocol.errors import ProtocolError


def binary(source: Members, name: str, *, size: int | None = None) -> bytes:
    """Give bytes that travel as Base64.

    Args:
        size: how many they have to be.

    Raises:
        WrongShape: they are not, or there are none; the text names the member.
    """
    try:
        return b64d(text(source, name), size=size)
    except ProtocolError as error:
        raise WrongShape(f"{name} is not Base64, or has a wrong size") from error
