"""What methods with encryption answer: integration-api.md 7.2, 7.3 and 9."""

from typing import Annotated, TypedDict, cast

from enrollment_server.api.contract.shapes import Base64, Shape
from powerauth import values
from powerauth.integration.names import InV4, StateName
from powerauth.values import SealedResponse


class EncryptedAnswer(TypedDict):
    """An answer to a phone, under the encryption of its request."""

    encryptedData: Base64 | None
    mac: Annotated[Base64 | None, InV4(None)]
    nonce: Annotated[Base64 | None, Shape("Null before version 3.2."), InV4(None)]
    timestamp: Annotated[int | None, Shape("Milliseconds since 1970; null before version 3.2.")]


class PreparedActivation(EncryptedAnswer):
    """An activation after its key exchange."""

    activationId: str
    userId: str
    applicationId: str
    activationStatus: StateName


class UnlockedVault(EncryptedAnswer):
    """The key of a vault, and whether who asked proved himself."""

    signatureValid: Annotated[bool, InV4("authenticationValid")]


_NOTHING: EncryptedAnswer = {"encryptedData": None, "mac": None, "nonce": None, "timestamp": None}


def envelope(response: SealedResponse | None) -> EncryptedAnswer:
    """Give the members of an encrypted answer, null where the version has none."""
    members = {} if response is None else response.to_json()
    return cast(EncryptedAnswer, {**_NOTHING, **members})


def prepared_activation(prepared: values.PreparedActivation) -> PreparedActivation:
    """Give the answer to a key exchange."""
    return {
        "activationId": prepared.activation.activation_id,
        "userId": prepared.activation.user_id,
        "applicationId": prepared.activation.application_id,
        **envelope(prepared.response),
        "activationStatus": prepared.activation.state,
    }
