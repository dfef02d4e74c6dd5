"""What the other server says of signatures and tokens: integration-api.md 8.1 and 9.3.

Whoever is let in by a verdict is named in it whole: no half of an answer authenticates anybody.
"""

from collections.abc import Collection

from enrollment_server.remote.members import (
    Members,
    WrongShape,
    flag,
    members,
    number,
    optional_text,
    text,
)
from powerauth.protocol.encoding import b64
from powerauth.protocol.headers import TokenHeader
from powerauth.protocol.signed_request import SignatureType
from powerauth.remote import trees
from powerauth.remote.activations import facts_of
from powerauth.remote.calls import call
from powerauth.remote.trees import Tree
from powerauth.values import (
    ACTIVE_ONLY,
    ActivationFacts,
    SignatureVerdict,
    SignedRequest,
    TokenVerdict,
)

_REFUSED = "refused_by_the_server"


def verify_signature(
    signed: SignedRequest, *, admitted: Collection[str] = ACTIVE_ONLY
) -> SignatureVerdict:
    """Have a signature verified, once; the attempt is counted there.

    Of several bases the first one counts: each further call would be a further attempt.

    Args:
        admitted: names of states in which it is compared.

    Raises:
        EngineRefusal: the server refuses the request, or does not serve its version.
        RemoteFailure: there is no verdict; whether the attempt was counted is not known.
    """

    tree = trees.of_version(signed.version)

    def read(answer: object) -> SignatureVerdict:
        source = members(answer)
        if not flag(source, tree.valid):
            return SignatureVerdict(
                valid=False,
                activation=_half(source, signed.activation_id),
                signature_type=signed.signature_type,
                remaining_attempts=number(source, "remainingAttempts") or 0,
                complete=False,
                reason=_REFUSED,
            )
        facts = _whole(source, admitted)
        if facts.activation_id.lower() != signed.activation_id.lower():
            raise WrongShape("activationId is another one")
        if optional_text(source, tree.kind) not in ("", signed.signature_type.name):
            raise WrongShape(f"{tree.kind} is another one")
        return SignatureVerdict(
            valid=True,
            activation=facts,
            signature_type=signed.signature_type,
            remaining_attempts=number(source, "remainingAttempts") or 0,
        )

    asked: dict[str, object] = {**_signature(signed, tree)}
    if admitted is not ACTIVE_ONLY:
        asked["allowedStates"] = sorted(admitted)
    return call(tree.verify, asked, read, tree=tree.number)


def verify_token(header: TokenHeader) -> TokenVerdict:
    """Have a token digest verified, once.

    Raises:
        EngineRefusal: the server refuses the request, such as a digest that was used before, or
            does not serve its version.
        RemoteFailure: there is no verdict.
    """
    tree = trees.of_version(header.version)
    asked = {
        "tokenId": header.token_id,
        "tokenDigest": b64(header.digest),
        "nonce": b64(header.nonce),
        "timestamp": header.timestamp,
        "protocolVersion": header.version,
    }

    def read(answer: object) -> TokenVerdict:
        return _token_verdict(members(answer), tree)

    return call("token/validate", asked, read, tree=tree.number)


def _token_verdict(source: Members, tree: Tree) -> TokenVerdict:
    if not flag(source, "tokenValid"):
        activation_id = optional_text(source, "activationId")
        owner = _half(source, activation_id) if activation_id else None
        return TokenVerdict(valid=False, activation=owner, reason=_REFUSED)
    facts = _whole(source)
    kind = SignatureType.__members__.get(text(source, tree.kind))
    if kind is None:
        # Factors that no endpoint admits: a newer server may know more of them.
        return TokenVerdict(valid=False, activation=facts, reason="unknown_factors")
    return TokenVerdict(valid=True, activation=facts, signature_type=kind)


def _signature(signed: SignedRequest, tree: Tree) -> dict[str, str]:
    return {
        "activationId": signed.activation_id,
        "applicationKey": signed.application_key,
        "data": signed.bases[0].decode(),
        tree.code: signed.signature,
        tree.kind: signed.signature_type.name,
        tree.version: signed.version,
    }


def _half(source: Members, activation_id: str) -> ActivationFacts:
    state = optional_text(source, "activationStatus")
    return ActivationFacts(activation_id=activation_id, state=state)


def _whole(source: Members, admitted: Collection[str] = ACTIVE_ONLY) -> ActivationFacts:
    facts = facts_of(source)
    if facts.state not in admitted:
        raise WrongShape("the activation is in no admitted state")
    text(source, "applicationId")
    return facts
