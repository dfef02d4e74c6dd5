"""Signatures by the key pairs of activations: `dsa/*` and `jwt/*`. Source: protocol-4.md 34.3.

What is signed, and what was, stands in Base64. A signature or a JWS that cannot be read is not
valid; it is no malformed request.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Literal, TypedDict

from enrollment_server.api.contract.shapes import Base64, Shape
from powerauth.engine.signatures import key_pairs
from powerauth.engine.signatures.key_pairs import Kind
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.cryptography.inputs import CompleteInput
from powerauth.integration.cryptography.signatures import EcdsaFormat, SignatureValidity
from powerauth.integration.inputs.fields import Binary, EnumField, Text
from powerauth.integration.v4 import examples
from powerauth.integration.words import method
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import ProtocolError
from powerauth.rules import invalid

_TAG = "Signatures of activations"
_REFUSED = (
    ErrorCode.INVALID_REQUEST,
    ErrorCode.ACTIVATION_NOT_FOUND,
    ErrorCode.ACTIVATION_STATE,
)
MAX_PAYLOAD = 16_384  # bytes; a JWS of more would be refused by whoever verifies it here


class JwsFormat(Enum):
    """How a JWS is written."""

    JWS_COMPACT = "JWS_COMPACT"
    JWS_JSON = "JWS_JSON"


class SignInput(CompleteInput):
    """What an activation shall sign."""

    activation_id = Text(needed=True)
    data = Binary(needed=True)  # type: ignore[assignment] # taken out of the class by its metaclass


class VerifyInput(SignInput):
    """What a device signed, how, and the signature in Base64."""

    signature = Text(needed=True)
    signature_type = EnumField(Kind, needed=True)
    signature_format = EnumField(EcdsaFormat)


class SignJwsInput(SignInput):
    """What shall stand in a JWS, its form, and by which kind of keys it is signed."""

    signature_format = EnumField(JwsFormat)
    signature_type = EnumField(Kind)


class VerifyJwsInput(CompleteInput):
    """A JWS that a device wrote, and its form."""

    activation_id = Text(needed=True)
    signed_data = Text(needed=True)
    signature_format = EnumField(JwsFormat)


class ServerSignatures(TypedDict):
    """Signatures by every key that the server has for an activation."""

    signatureEcdsa: Annotated[Base64, Shape("DER.")]
    signatureMldsa: Annotated[Base64 | None, Shape("Null where the suite has no ML-DSA.")]


class SignedJws(TypedDict):
    """A JWS by the server's keys of an activation."""

    signedData: Annotated[str, Shape("A JWS; in JSON it is the text of an object.")]
    signatureFormat: Literal["JWS_COMPACT", "JWS_JSON"]


class SignView(IntegrationView):
    """`dsa/sign`."""

    endpoint = method(
        _TAG,
        "Sign by the server's keys of an activation",
        *_REFUSED,
        description="By each key that it has: ECDSA always, ML-DSA in the hybrid suites.",
        request={"activationId": examples.ACTIVATION_ID, "data": examples.DATA},
        example=ServerSignatures(
            signatureEcdsa=examples.ECDSA_SIGNATURE, signatureMldsa=examples.MLDSA_SIGNATURE
        ),
    )
    tree = 4
    input_class = SignInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ServerSignatures:
        made = key_pairs.sign(body["activation_id"], body["data"])
        mldsa = made.get(Kind.MLDSA)
        return {
            "signatureEcdsa": b64(made[Kind.ECDSA]),
            "signatureMldsa": None if mldsa is None else b64(mldsa),
        }


class VerifyView(IntegrationView):
    """`dsa/verify`."""

    endpoint = method(
        _TAG,
        "Verify a signature by a key of a device",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.VERSION_NOT_SUPPORTED,
        ErrorCode.VERSION_NOT_SUPPORTED,
        description="`signatureFormat` says how an ECDSA signature is written, `DER` if it is "
        "absent. Signatures of an activation that is not active are not valid.",
        request={
            "activationId": examples.ACTIVATION_ID,
            "data": examples.DATA,
            "signature": examples.ECDSA_SIGNATURE,
            "signatureType": "ECDSA",
            "signatureFormat": "DER",
        },
        example={"signatureValid": False},
    )
    tree = 4
    input_class = VerifyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> SignatureValidity:
        try:
            signature = b64d(body["signature"])
        except ProtocolError:
            return {"signatureValid": False}
        valid = key_pairs.verify(
            body["activation_id"],
            body["data"],
            signature,
            kind=body["signature_type"],
            jose=body["signature_format"] is EcdsaFormat.JOSE,
        )
        return {"signatureValid": valid}


class SignJwsView(IntegrationView):
    """`jwt/sign`."""

    endpoint = method(
        _TAG,
        "Write a JWS by the server's keys of an activation",
        *_REFUSED,
        description="`JWS_JSON`, the form if none is named, has a signature by each key of the "
        "suite, or by those of `signatureType` alone. `JWS_COMPACT` has one, by ECDSA if no type "
        "is named. ECDSA is written as `R || S`. A type that the suite lacks is refused.",
        request={
            "activationId": examples.ACTIVATION_ID,
            "data": examples.DATA,
            "signatureFormat": "JWS_COMPACT",
            "signatureType": "ECDSA",
        },
        example=SignedJws(signedData=examples.COMPACT_JWS, signatureFormat="JWS_COMPACT"),
    )
    tree = 4
    input_class = SignJwsInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> SignedJws:
        activation_id, payload, kind = body["activation_id"], body["data"], body["signature_type"]
        if len(payload) > MAX_PAYLOAD:
            raise invalid("data", f"must have at most {MAX_PAYLOAD} bytes")
        if body["signature_format"] is JwsFormat.JWS_COMPACT:
            text = key_pairs.sign_compact_jws(activation_id, payload, kind=kind or Kind.ECDSA)
            return {"signedData": text, "signatureFormat": "JWS_COMPACT"}
        text = key_pairs.sign_jws(activation_id, payload, kind=kind)
        return {"signedData": text, "signatureFormat": "JWS_JSON"}


class VerifyJwsView(IntegrationView):
    """`jwt/verify`."""

    endpoint = method(
        _TAG,
        "Verify a JWS by the keys of a device",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.VERSION_NOT_SUPPORTED,
        ErrorCode.VERSION_NOT_SUPPORTED,
        description="In `JWS_JSON`, the form if none is named, there has to be a right signature "
        "by each key of the suite: fewer would be as weak as the algorithm that is left. In "
        "`JWS_COMPACT` the header names one algorithm of the suite.",
        request={
            "activationId": examples.ACTIVATION_ID,
            "signedData": examples.COMPACT_JWS,
            "signatureFormat": "JWS_COMPACT",
        },
        example={"signatureValid": False},
    )
    tree = 4
    input_class = VerifyJwsInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> SignatureValidity:
        compact = body["signature_format"] is JwsFormat.JWS_COMPACT
        check = key_pairs.verify_compact_jws if compact else key_pairs.verify_jws
        return {"signatureValid": check(body["activation_id"], body["signed_data"])}
