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


def server_key(activation_id: Id, application_id: str, user_id: str) -> Place:
    return Place(("activation.server", str(activation_id)), (application_id, user_id))


def derived_keys(activation_id: Id, application_id: str, user_id: str) -> Place:
    return Place(("activation.derived", str(activation_id)), (application_id, user_id))


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
