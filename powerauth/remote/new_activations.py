"""Activations that begin on the other server: integration-api.md 7.1, protocol-4.md 34.4."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enrollment_server.remote.members import members, text
from powerauth.protocol.v4.primitives.signing import ECDSA_P384
from powerauth.protocol.versions import GENERATION_4
from powerauth.remote import applications, trees
from powerauth.remote.calls import call

SPAWN = "SPAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeActivation:
    """An activation that waits for the phone with its code, signed for that phone."""

    activation_id: str
    code: str = field(repr=False)
    signature: str = field(repr=False)


def spawn(
    request: Mapping[str, Any], *, application_id: str, parent_activation_id: str
) -> MadeActivation:
    """Begin an activation that follows from another one; an older line is not told of that.

    Args:
        request: as in integration-api.md 7.1.

    Raises:
        EngineRefusal: the server refuses.
        RemoteFailure: there is no answer.
    """
    if not trees.serves(GENERATION_4):
        return _begun(request, signed_by=None)
    # Asked before anything begins: protocol-4.md 39.1.
    former = applications.admits_version_3(application_id)
    signed_by = None if former else ECDSA_P384.label
    origin = {"parentActivationId": parent_activation_id, "transferType": SPAWN}
    return _begun({**request, **origin}, signed_by=signed_by)


def _begun(request: Mapping[str, Any], *, signed_by: str | None) -> MadeActivation:
    def read(answer: object) -> MadeActivation:
        source = members(answer)
        signature = text(source, "activationSignature")
        if signed_by is not None:
            signature = text(members(source.get("activationSignatures")), signed_by)
        return MadeActivation(
            activation_id=text(source, "activationId"),
            code=text(source, "activationCode"),
            signature=signature,
        )

    return call("activation/init", request, read)
