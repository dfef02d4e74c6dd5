"""Reading of answers: refusals become failures, unexpected forms become distrust."""

import json
from collections.abc import Mapping
from typing import Any

from powerauth.phone.errors import PhoneFailure, UntrustworthyAnswer
from powerauth.phone.requests.transport import Answer


def plain_payload(answer: Answer) -> Any:
    """Return the ``responseObject`` of a plain answer; None if it has none.

    Raises:
        PhoneFailure: the server refused.
        UntrustworthyAnswer: success without ``"status": "OK"``.

    Source: protocol.md 0.3.
    """
    if not answer.success:
        raise PhoneFailure(answer)
    return unwrap(answer.json)


def decrypted_object(answer: Answer, plaintext: bytes | None) -> dict[str, Any]:
    """Return the JSON object of what `encrypted_post` gave.

    Raises:
        PhoneFailure: the server refused.
        UntrustworthyAnswer: the plaintext is something else.
    """
    if plaintext is None:
        raise PhoneFailure(answer)
    return json_object(plaintext)


def require_ok(answer: Answer) -> None:
    """Insist that the server agreed.

    Raises:
        PhoneFailure: it did not.
    """
    if not answer.ok:
        raise PhoneFailure(answer)


def unwrap(envelope: object) -> Any:
    """Return the ``responseObject`` of a decoded envelope; None if it has none.

    Raises:
        UntrustworthyAnswer: no object with ``"status": "OK"``.

    Source: protocol.md 0.3.
    """
    if not isinstance(envelope, Mapping) or envelope.get("status") != "OK":
        raise UntrustworthyAnswer("the answer does not say OK")
    return envelope.get("responseObject")


def json_object(plaintext: bytes) -> dict[str, Any]:
    """Decode a JSON object.

    Raises:
        UntrustworthyAnswer: anything else.
    """
    try:
        return as_object(json.loads(plaintext))
    except ValueError:
        raise UntrustworthyAnswer("JSON expected") from None


def as_object(value: object) -> dict[str, Any]:
    """Insist on a JSON object.

    Raises:
        UntrustworthyAnswer: anything else.
    """
    if not isinstance(value, dict):
        raise UntrustworthyAnswer("JSON object expected")
    return value


def as_list(value: object) -> list[dict[str, Any]]:
    """Insist on a JSON array of objects.

    Raises:
        UntrustworthyAnswer: anything else.
    """
    if not isinstance(value, list):
        raise UntrustworthyAnswer("JSON array expected")
    return [as_object(item) for item in value]


def text_member(members: object, name: str) -> str:
    """Return a member that has to be a text.

    Raises:
        UntrustworthyAnswer: no object, or the member is absent or no text.
    """
    value = as_object(members).get(name)
    if not isinstance(value, str):
        raise UntrustworthyAnswer(f"{name} is absent or no text")
    return value


def require_echo(members: object, name: str, expected: str) -> None:
    """Insist that the answer names the thing that was asked for.

    Raises:
        UntrustworthyAnswer: it names another one, or none.
    """
    if text_member(members, name) != expected:
        raise UntrustworthyAnswer(f"{name} is not the one that was sent")
