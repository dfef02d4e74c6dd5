"""Names of the engine's enums, as the types of members in answers."""

from typing import Annotated

from enrollment_server.api.contract.shapes import one_of
from powerauth.models import ActivationState
from powerauth.protocol.v3.signature import SignatureType

StateName = Annotated[str, one_of(*ActivationState.names)]
FactorsName = Annotated[str, one_of(*(kind.name for kind in SignatureType))]
