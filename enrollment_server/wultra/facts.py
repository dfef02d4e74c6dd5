"""What a row is translated with, besides itself. Pure."""

import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from enrollment_server.wultra.encrypted import MasterKey
from enrollment_server.wultra.source import Row
from enrollment_server.wultra.values import LeftOut, NotSupported, RemovedHere, identifier
from powerauth.models import Application

PROTOCOL = "powerauth"
GENERATION = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the whole import knows, and what a batch of rows refers to.

    Args:
        zone: of the clock of the Java servers.
        at: now.
        applications: those here that were taken, by their number there.
        removed_applications: numbers of those that were taken and are gone here since.
        application_ids: applications of each operation or message, by the row's key there.
        activations: rows there that a batch refers to, by identifier.
        taken: which of these are here.
        remembered: which of these were taken once, in the letters of there.
        versions: the lowest protocol version that an activation has signed in.
        secrets: keys and secrets of the versions of each application.
        push_applications: identifiers by their number in the push database.
    """

    zone: ZoneInfo
    key: MasterKey
    at: datetime
    applications: Mapping[int, Application] = field(default_factory=dict)
    removed_applications: Set[int] = frozenset()
    application_ids: Mapping[object, Sequence[str]] = field(default_factory=dict)
    activations: Mapping[str, Row] = field(default_factory=dict)
    taken: Set[uuid.UUID] = frozenset()
    remembered: Set[str] = frozenset()
    versions: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    push_applications: Mapping[int, str] = field(default_factory=dict)

    def application(self, number: int) -> Application:
        """Give the application here of a number there.

        Raises:
            LeftOut, RemovedHere: why there is none.
        """
        if number in self.removed_applications:
            raise RemovedHere
        if number not in self.applications:
            raise LeftOut("its application was left out")
        return self.applications[number]

    def activation(self, activation_id: str | None) -> Row:
        """Give the row there of an activation that is here.

        Raises:
            NotSupported, LeftOut, RemovedHere: why it is not.
        """
        key = identifier(activation_id, "activation_id")
        row = self.activations.get(str(activation_id))
        if row is None:
            raise LeftOut("its activation does not exist")
        check_supported(row)
        if key not in self.taken:
            if activation_id in self.remembered:
                raise RemovedHere
            raise LeftOut("its activation was left out")
        return row


def check_supported(row: Row) -> None:
    """Refuse an activation of a kind that this server does not have.

    Raises:
        NotSupported: FIDO2, or protocol 2.
    """
    if row["protocol"] != PROTOCOL:
        raise NotSupported("FIDO2")
    if row["version"] not in (None, GENERATION):
        raise NotSupported(f"protocol {row['version']}")
