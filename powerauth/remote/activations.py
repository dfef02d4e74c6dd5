"""Activations on the other server: integration-api.md 7."""

import secrets
from typing import Any

from enrollment_server.api.payloads.json import dump_json
from enrollment_server.remote.members import (
    Members,
    WrongShape,
    flag,
    members,
    optional_text,
    text,
    texts,
)
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.status_blob import CHALLENGE_SIZE
from powerauth.protocol.v4.status_blob import BLOB_SIZE
from powerauth.remote import trees
from powerauth.remote.binary import binary
from powerauth.remote.calls import call
from powerauth.remote.encryption import exchange, open_generic
from powerauth.remote.trees import Tree
from powerauth.rules import invalid
from powerauth.values import (
    ActivationDetail,
    ActivationFacts,
    EncryptedCall,
    PreparedActivation,
    SealedResponse,
    StatusAnswer,
)

EXCHANGED = frozenset({"PENDING_COMMIT", "ACTIVE", "BLOCKED", "REMOVED"})
"""The states in which a phone asks for its status."""


def facts_of(source: Members) -> ActivationFacts:
    """Read who an activation is from the answer to a signature, a token or a status."""
    return ActivationFacts(
        activation_id=text(source, "activationId"),
        state=text(source, "activationStatus"),
        user_id=optional_text(source, "userId"),
        application_id=optional_text(source, "applicationId"),
        blocked_reason=optional_text(source, "blockedReason"),
        flags=texts(source, "activationFlags"),
        roles=texts(source, "applicationRoles"),
    )


def facts(activation_id: str, *, tree: Tree = trees.THREE) -> ActivationFacts:
    """Give an activation.

    Args:
        tree: of its phone's protocol, where that is known.

    Raises:
        EngineRefusal: ACTIVATION_NOT_FOUND.
        RemoteFailure: there is no answer.
    """
    return facts_of(_known(activation_id, tree))


def detail(activation_id: str) -> ActivationDetail:
    """Give what a phone may read of its activation; errors as `facts`."""
    known = _known(activation_id, trees.THREE)
    return ActivationDetail(
        activation_id=text(known, "activationId"), name=optional_text(known, "activationName")
    )


def status(activation_id: str, challenge: bytes | None) -> StatusAnswer:
    """Give the encrypted status, which is random for an unknown activation.

    Raises:
        EngineRefusal: INVALID_REQUEST for a challenge that is not 16 bytes.
        RemoteFailure: there is no answer.
    """
    if challenge is not None and len(challenge) != CHALLENGE_SIZE:
        raise invalid("challenge", "must be 16 bytes")

    def read(answer: object) -> StatusAnswer:
        source = members(answer)
        blob = binary(source, "encryptedStatusBlob")
        if challenge is None:
            return StatusAnswer(blob=blob, nonce=None)
        if not source.get("encryptedStatusBlobNonce"):
            # Some servers tell so that an activation was removed without keys: random, too.
            return StatusAnswer(blob=blob, nonce=secrets.token_bytes(CHALLENGE_SIZE))
        nonce = binary(source, "encryptedStatusBlobNonce", size=CHALLENGE_SIZE)
        return StatusAnswer(blob=blob, nonce=nonce)

    sent = None if challenge is None else b64(challenge)
    return call("activation/status", {"activationId": activation_id, "challenge": sent}, read)


def exchanged_status(request: EncryptedCall, *, timestamp: int) -> SealedResponse:
    """Encrypt the status of an activation for its phone, whatever its state is.

    Args:
        timestamp: of the answer, milliseconds since 1970.

    Raises:
        EngineRefusal: the server refuses.
        RemoteFailure: there is no answer.
    """
    _, envelope = open_generic(request, admitted=EXCHANGED)
    known = _known(request.activation_id or "", trees.of_version(request.version))
    blob = binary(known, "statusBlob", size=BLOB_SIZE)
    plaintext = dump_json({"activationStatus": b64(blob)})
    return envelope.seal_response(plaintext, timestamp=timestamp)


def exchange_keys(method: str, request: EncryptedCall, **asked: Any) -> PreparedActivation:
    """Have keys exchanged with a phone, and learn all of the activation that came of it.

    Args:
        method: `activation/prepare` or `activation/create`.
        asked: members beside the envelope; no recovery code is wanted.

    Raises:
        EngineRefusal: the server refuses.
        RemoteFailure: there is no answer, or none to the question what came of it.
    """
    tree = trees.of_version(request.version)
    asked = {**tree.exchange, **asked}
    activation_id, sealed = exchange(
        method, request, asked, lambda answer: text(answer, "activationId")
    )
    return PreparedActivation(activation=facts(activation_id, tree=tree), response=sealed)


def commit(activation_id: str) -> None:
    """Make an activation active that waits for it."""
    _confirmed("activation/commit", "activated", {"activationId": activation_id})


def remove(activation_id: str) -> None:
    """Remove an activation for good; recovery codes stay, as a phone's own removal leaves them."""
    asked = {"activationId": activation_id, "revokeRecoveryCodes": False}
    _confirmed("activation/remove", "removed", asked)


def confirm(activation_id: str, *, enable_biometry: bool) -> None:
    """Take over the confirmation of a phone whose code was verified there."""
    asked = {"activationId": activation_id, "enableBiometry": enable_biometry}
    call("activation/confirm", asked, lambda answer: None, tree=trees.FOUR.number)


def remove_biometry(activation_id: str) -> None:
    """Turn off the biometry of a phone whose code was verified there."""
    asked = {"activationId": activation_id}
    call("biometry/remove", asked, lambda answer: None, tree=trees.FOUR.number)


def confirm_upgrade(activation_id: str, application_key: str) -> None:
    """Complete the upgrade to protocol 4 of an activation whose code was verified there."""
    asked = {"activationId": activation_id, "applicationKey": application_key}
    _confirmed("upgrade/confirm", "confirmed", asked, tree=trees.FOUR)


def rename(activation_id: str, *, name: str, user_id: str) -> ActivationDetail:
    """Rename an activation; the server wants to know who did it."""
    asked = {"activationId": activation_id, "activationName": name, "externalUserId": user_id}

    def read(answer: object) -> ActivationDetail:
        source = members(answer)
        return ActivationDetail(
            activation_id=text(source, "activationId"), name=text(source, "activationName")
        )

    return call("activation/name/update", asked, read)


def add_flags(activation_id: str, added: list[str]) -> None:
    """Add those flags that are missing."""
    asked = {"activationId": activation_id, "activationFlags": added}
    call("activation/flags/create", asked, lambda answer: texts(members(answer), "activationFlags"))


def _known(activation_id: str, tree: Tree) -> Members:
    def read(answer: object) -> Members:
        source = members(answer)
        text(source, "activationStatus")
        if text(source, "activationId").lower() != activation_id.lower():
            raise WrongShape("activationId is another one")
        return source

    source = call("activation/status", {"activationId": activation_id}, read, tree=tree.number)
    # An unknown activation is answered like a removed one, without an application.
    if not source.get("applicationId"):
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    return source


def _confirmed(
    method: str, member: str, asked: dict[str, Any], *, tree: Tree = trees.THREE
) -> None:
    def read(answer: object) -> None:
        if not flag(members(answer), member):
            raise WrongShape(f"{member} is false")

    call(method, asked, read, tree=tree.number)
