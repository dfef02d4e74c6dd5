"""What requests for temporary keys have in common: the call, and whose answer it is."""

import secrets
from typing import Protocol

from powerauth.phone.core import PhoneCore
from powerauth.phone.errors import UntrustworthyAnswer
from powerauth.phone.requests.answers import plain_payload, text_member
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Scope

_CHALLENGE_SIZE = 18  # bytes


class Asked(Protocol):
    """Who asks, and what an answer has to repeat."""

    @property
    def application_key(self) -> str: ...

    @property
    def activation_id(self) -> str | None: ...

    @property
    def challenge(self) -> str: ...


def new_challenge() -> str:
    """Make a text that no other question has."""
    return b64(secrets.token_bytes(_CHALLENGE_SIZE))


def scope_id(phone: PhoneCore, scope: Scope) -> str | None:
    """Give the id of the activation in activation scope, else None."""
    return phone.activation_id if scope is Scope.ACTIVATION else None


def ask(phone: PhoneCore, path: str, jwt: str) -> str:
    """Send a signed question, and give the signed answer as it came.

    Raises:
        PhoneFailure: the server refused.
        UntrustworthyAnswer: the answer has another form.
    """
    return text_member(plain_payload(phone.plain_post(path, {"jwt": jwt})), "jwt")


def require_answer_to(asked: Asked, told: Asked) -> None:
    """Insist that the answer belongs to the question.

    Raises:
        UntrustworthyAnswer: it belongs to another one.
    """
    question = (asked.application_key, asked.activation_id, asked.challenge)
    if (told.application_key, told.activation_id, told.challenge) != question:
        raise UntrustworthyAnswer("temporary key: the answer belongs to another question")
