"""A new key of a factor, on which phone and server agree. Source: protocol-4.md 18.1 and 25."""

from collections.abc import Callable
from typing import Any

from enrollment_server.api.payloads.json import MalformedJson, load_exact
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation
from powerauth.protocol.errors import ProtocolError
from powerauth.rules import invalid

Agree = Callable[[Activation, object], tuple[dict[str, Any], dict[str, object]]]


def reached(
    agree: Agree, activation: Activation, plaintext: bytes
) -> tuple[dict[str, Any], dict[str, object]]:
    """Agree on what a phone offers; give the columns to change, and the answer.

    Args:
        agree: of a factor.
        plaintext: what the phone encrypted.

    Raises:
        EngineRefusal: INPUT_FORMAT for anything but JSON, INVALID_REQUEST for another suite than
            the activation's or a malformed key.
    """
    try:
        return agree(activation, load_exact(plaintext))
    except MalformedJson as error:
        raise EngineRefusal(ErrorCode.INPUT_FORMAT) from error
    except ProtocolError as error:
        raise invalid("encryptedData", "must hold a key of the activation's suite") from error
