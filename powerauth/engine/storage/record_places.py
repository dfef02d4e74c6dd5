"""Where each stored secret belongs: the same for who seals, who opens, and who encrypts anew."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from powerauth.protocol.encoding import b64

Id: TypeAlias = str | uuid.UUID
Bytes: TypeAlias = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Place:
    """A column and a row, and what the row refers to: whose secret it is must not change.

    A record opens in its own place only. Records of before do not know what their row refers to.
    """

    row: tuple[str, ...]
    refers_to: tuple[str, ...] = ()

    @property
    def context(self) -> tuple[str, ...]:
        return (*self.row, *self.refers_to)


def named(column: str) -> Callable[..., Place]:
    """Give what makes the places of a column whose rows refer to nothing."""
    return lambda *row: Place((column, *map(str, row)))


# The places of rows that refer to something; protocol.md 12 suggests what to.


def token(token_id: Id, activation_id: Id) -> Place:
    return Place(("token", str(token_id)), (str(activation_id),))


def _of_activation(column: str) -> Callable[[Id, str, str], Place]:
    """Give what makes the places of a column of activations, from the activation and its owners."""

    def place(activation_id: Id, application_id: str, user_id: str) -> Place:
        return Place((column, str(activation_id)), (application_id, user_id))

    return place


server_key = _of_activation("activation.server")
derived_keys = _of_activation("activation.derived")
activation_secret = _of_activation("activation.secret")
# A key that replaces another one moves to the place of that one, so that neither opens twice.
knowledge_key = _of_activation("activation.knowledge")
next_knowledge_key = _of_activation("activation.next_knowledge")
biometry_key = _of_activation("activation.biometry")
next_biometry_key = _of_activation("activation.next_biometry")


def activation_key(activation_id: Id, algorithm: str, public_key: Bytes) -> Place:
    """Give the place of the private half of a key pair of the server."""
    return Place(("activation_key", str(activation_id), algorithm), (b64(bytes(public_key)),))


def temporary_key(key_id: Id, application_key: str, activation_id: Id | None) -> Place:
    return Place(
        ("temporary_key", str(key_id)),
        (application_key, str(activation_id) if activation_id else ""),
    )


def master_key(application_id: str, public_key: Bytes) -> Place:
    return Place(("master_key_pair", application_id), (b64(bytes(public_key)),))


def callback_authentication(callback_id: Id, application_id: str) -> Place:
    return Place(("callback.authentication", str(callback_id)), (application_id,))


def callback_signing(callback_id: Id, application_id: str) -> Place:
    return Place(("callback.signing", str(callback_id)), (application_id,))
