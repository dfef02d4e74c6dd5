"""Names of the engine's enums as the types of members, and the names of members in `/rest/v4`."""

from dataclasses import dataclass
from typing import Annotated

from enrollment_server.api.contract.shapes import one_of
from powerauth.models import ActivationState
from powerauth.protocol.v3.signature import SignatureType

StateName = Annotated[str, one_of(*ActivationState.names)]
FactorsName = Annotated[str, one_of(*(kind.name for kind in SignatureType))]


@dataclass(frozen=True, slots=True)
class InV4:
    """What a member of an answer of `/rest/v3` is called in `/rest/v4`: protocol-4.md 34.3.

    It stands beside the type of the member:

        signatureValid: Annotated[bool, InV4("authenticationValid")]

    Args:
        name: None for a member that is not there.
    """

    name: str | None
