"""What a phone changes of its factors, passed on by a back end. Source: protocol-4.md 34.2, 34.3.

None of these verifies a code: the back end has done so by `auth/verify`, of the confirmation also
in `PENDING_COMMIT`. The rules are the engine's: `powerauth.engine.factors`.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from powerauth.engine.factors import biometry, confirmation, password
from powerauth.errors import ErrorCode
from powerauth.integration.activations.one_activation import ActivationChangeView, ActivationInput
from powerauth.integration.cryptography import examples
from powerauth.integration.cryptography.answers import EncryptedAnswer, envelope
from powerauth.integration.cryptography.inputs import (
    CompleteInput,
    EnvelopeInput,
    encrypted_call,
    require,
)
from powerauth.integration.inputs.fields import Flag, Text
from powerauth.integration.words import method
from powerauth.protocol.encryptors import Encryptor
from powerauth.values import EncryptedCall

_CHECKED = "The caller has verified the code of the request by `auth/verify`."
_BY_ID = {"activationId": examples.ACTIVATION_ID}
_REFUSED = (
    ErrorCode.INVALID_REQUEST,
    ErrorCode.ACTIVATION_NOT_FOUND,
    ErrorCode.ACTIVATION_STATE,
)
_SEALED = partial(
    method,
    "Factors",
    request={**_BY_ID, **examples.VERSIONED_ENVELOPE},
    example=examples.ENCRYPTED_ANSWER,
)
_OPENING = (
    ErrorCode.APPLICATION_NOT_FOUND,
    ErrorCode.TEMPORARY_KEY_MISSING,
    ErrorCode.DECRYPTION_FAILED,
    ErrorCode.INPUT_FORMAT,
)


class ConfirmInput(CompleteInput):
    """Which activation its phone confirms, and whether its user wants biometry."""

    activation_id = Text(needed=True)
    enable_biometry = Flag(needed=True)


class SealedInput(EnvelopeInput):
    """An encrypted request of an activation."""

    activation_id = Text(needed=True)
    protocol_version = Text(needed=True)


class ConfirmView(ActivationChangeView):
    """`activation/confirm`."""

    endpoint = method(
        "Activations",
        "Take over the confirmation of an activation by its phone",
        *_REFUSED,
        description=f"Once, before or after the commit by the bank. {_CHECKED}",
        request={**_BY_ID, "enableBiometry": True},
    )
    input_class = ConfirmInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        self.noted(
            confirmation.confirm(
                body["activation_id"], enable_biometry=body["enable_biometry"], at=at
            )
        )


class ChangePasswordView(ActivationChangeView):
    """`password/change`."""

    endpoint = _SEALED(
        "Agree on the key of a new PIN",
        *_REFUSED,
        *_OPENING,
        description=f"It waits until a code proves it. {_CHECKED}",
    )
    input_class = SealedInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> EncryptedAnswer:
        call = _of_activation(body, Encryptor.CHANGE_PASSWORD, tree=self.tree)
        return envelope(password.change(call, at=at))


class AddBiometryView(ActivationChangeView):
    """`biometry/add`."""

    endpoint = _SEALED("Agree on the key of biometry", *_REFUSED, *_OPENING, description=_CHECKED)
    input_class = SealedInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> EncryptedAnswer:
        call = _of_activation(body, Encryptor.ADD_BIOMETRY, tree=self.tree)
        return envelope(biometry.add(call, at=at))


class RemoveBiometryView(ActivationChangeView):
    """`biometry/remove`."""

    endpoint = method(
        "Factors",
        "Forget the keys of biometry",
        *_REFUSED,
        description=f"Repeating it is harmless. {_CHECKED}",
        request=_BY_ID,
    )
    input_class = ActivationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        self.noted(biometry.remove(body["activation_id"], at=at))


def _of_activation(body: Mapping[str, Any], encryptor: Encryptor, *, tree: int) -> EncryptedCall:
    require(body, "activation_id", "application_key")
    return encrypted_call(
        body,
        encryptor,
        tree=tree,
        version=body["protocol_version"],
        activation_id=body["activation_id"],
    )
