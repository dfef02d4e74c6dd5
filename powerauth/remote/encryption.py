"""Encrypted requests, opened here with keys of the other server, or there: integration-api.md 9."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from enrollment_server.remote.members import Members, WrongShape, flag, members, text
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.signed_request import SignatureType
from powerauth.remote import trees
from powerauth.remote.calls import call
from powerauth.remote.trees import Tree
from powerauth.values import (
    ACTIVE_ONLY,
    EncryptedCall,
    Envelope,
    SealedResponse,
    SignedRequest,
    UnlockedVault,
)

T = TypeVar("T")
GENERIC = frozenset({Encryptor.APPLICATION_GENERIC, Encryptor.ACTIVATION_GENERIC})


def open_generic(
    request: EncryptedCall, *, admitted: Collection[str] = ACTIVE_ONLY
) -> tuple[bytes, Envelope]:
    """Decrypt a request to a generic encryptor; the server gives its keys once.

    Args:
        admitted: names of states of the activation.

    Raises:
        EngineRefusal: the server refuses, or DECRYPTION_FAILED: the request is not what its keys
            say; VERSION_NOT_SUPPORTED for a version that the server does not serve.
        RemoteFailure: there is no answer.
    """
    tree = trees.of_version(request.version)

    def read(answer: object) -> tuple[bytes, Envelope]:
        try:
            return tree.envelopes.opened(request, members(answer))
        except ProtocolError as error:
            raise EngineRefusal(ErrorCode.DECRYPTION_FAILED) from error

    asked = tree.envelopes.parameters(request)
    if admitted is not ACTIVE_ONLY:
        asked["allowedStates"] = sorted(admitted)
    return call(tree.secrets, asked, read, tree=tree.number)


def exchange(
    method: str, request: EncryptedCall, asked: Mapping[str, Any], read: Callable[[Members], T]
) -> tuple[T, SealedResponse]:
    """Have the server open a request; give what it says, and what it has encrypted for the phone.

    Args:
        method: such as `activation/prepare`.
        asked: members beside the envelope.
        read: makes a value of the answer; raises WrongShape.
    """

    tree = trees.of_version(request.version)

    def read_both(answer: object) -> tuple[T, SealedResponse]:
        source = members(answer)
        return read(source), _sealed(source, tree, request.version)

    whole = {**_sealed_request(request, tree), "protocolVersion": request.version, **asked}
    return call(method, whole, read_both, tree=tree.number)


def create_token(request: EncryptedCall, signature_type: SignatureType) -> SealedResponse:
    """Make a token for the activation of an encrypted request."""
    kind = trees.of_version(request.version).kind
    asked = {"activationId": request.activation_id, kind: signature_type.name}
    _, sealed = exchange("token/create", request, asked, lambda answer: None)
    return sealed


def change_factor(method: str, request: EncryptedCall) -> SealedResponse:
    """Have another key of a factor agreed on.

    Args:
        method: `password/change` or `biometry/add`.
    """
    asked = {"activationId": request.activation_id}
    _, sealed = exchange(method, request, asked, lambda answer: None)
    return sealed


def start_upgrade(request: EncryptedCall, *, activation_id: str) -> SealedResponse:
    """Have keys of protocol 4 agreed on for an activation that the request does not name."""
    asked = {"activationId": activation_id}
    _, sealed = exchange("upgrade/start", request, asked, lambda answer: None)
    return sealed


def remove_token(token_id: str, *, activation_id: str) -> bool:
    """Delete a token of this activation; tell whether there was one."""
    asked = {"tokenId": token_id, "activationId": activation_id}
    return call("token/remove", asked, lambda answer: flag(members(answer), "removed"))


def create_temporary_key(jwt: str, *, generation: int) -> str:
    """Pass on a signed request for a temporary key, and its signed answer."""
    tree = trees.of_generation(generation)

    def read(answer: object) -> str:
        return text(members(answer), "jwt")

    return call("keystore/create", {"jwt": jwt}, read, tree=tree.number)


def unlock_vault(request: EncryptedCall, signed: SignedRequest) -> UnlockedVault:
    """Have a signature verified, once, and the vault key encrypted for the phone."""

    tree = trees.of_version(request.version)

    def read(answer: object) -> UnlockedVault:
        source = members(answer)
        if flag(source, tree.valid):
            sealed = _sealed(source, tree, request.version)
            return UnlockedVault(signature_valid=True, response=sealed)
        return UnlockedVault(signature_valid=False, reason="refused_by_the_server")

    asked = {
        **_sealed_request(request, tree),
        "activationId": request.activation_id,
        tree.signed: signed.bases[0].decode(),
        tree.code: signed.signature,
        tree.kind: signed.signature_type.name,
        tree.version: signed.version,
    }
    return call("vault/unlock", asked, read, tree=tree.number)


def _sealed_request(request: EncryptedCall, tree: Tree) -> dict[str, Any]:
    return {"applicationKey": request.application_key, **tree.envelopes.request(request)}


def _sealed(source: Members, tree: Tree, version: str) -> SealedResponse:
    try:
        return tree.envelopes.response(source, version)
    except ProtocolError as error:
        raise WrongShape("the envelope does not fit its version") from error
