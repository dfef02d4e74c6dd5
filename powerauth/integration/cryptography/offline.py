"""Offline signatures: integration-api.md 8.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypedDict

from enrollment_server.api.contract.shapes import Base64, Shape
from powerauth.engine import policy
from powerauth.engine.generations import choice
from powerauth.engine.signatures import offline
from powerauth.engine.signatures.offline import ProximityCheck
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.cryptography import examples, verdicts
from powerauth.integration.cryptography.inputs import CompleteInput
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import Flag, Number, Text
from powerauth.integration.words import method

_TAG = "Offline codes"


class ProximitySeedInput(Input):
    """A seed in Base64, and how many seconds one code is shown."""

    seed = Text()
    step_length = Number()


class ProximityCheckInput(ProximitySeedInput):
    """A seed, and how many past codes are accepted besides the current one."""

    step_count = Number()


class PersonalizedInput(CompleteInput):
    """What the app shall show to the user of one activation."""

    activation_id = Text(needed=True)
    data = Text(needed=True)  # type: ignore[assignment] # taken out of the class by its metaclass
    nonce = Text()
    proximity_check = ProximitySeedInput(required=False, allow_null=True, default=None)


class NonPersonalizedInput(CompleteInput):
    """What the app shall show to whoever scans it."""

    application_id = Text(needed=True)
    data = Text(needed=True)  # type: ignore[assignment] # taken out of the class by its metaclass


class VerifyInput(CompleteInput):
    """What a user typed, and the base string that it covers."""

    activation_id = Text(needed=True)
    data = Text(needed=True)  # type: ignore[assignment] # taken out of the class by its metaclass
    signature = Text(needed=True)
    component_length = Number()
    allow_biometry = Flag()
    proximity_check = ProximityCheckInput(required=False, allow_null=True, default=None)


class OfflineData(TypedDict):
    """What the app scans, and a part of it."""

    offlineData: Annotated[str, Shape("The whole text of the QR code.")]
    nonce: Annotated[Base64, Shape("Part of what the app signs.")]


_SEED = {"seed": "c2VlZCBvZiBzaXh0ZWVuIQ==", "stepLength": 30}
VERIFY_EXAMPLE = {
    "activationId": examples.ACTIVATION_ID,
    "data": examples.SIGNED_DATA,
    "signature": "12345678-87654321",
    "allowBiometry": True,
    "proximityCheck": {**_SEED, "stepCount": 1},
}
_EXAMPLE: OfflineData = {
    "offlineData": "op-1\nLogin\nPlease confirm\nA2\nB\nhJ2ckOrLKpdnJwQiObvcCA==\n1MEUC",
    "nonce": examples.NONCE,
}


def _proximity(check: Mapping[str, Any] | None) -> ProximityCheck | None:
    """Read a proximity check; one without a seed is none."""
    if check is None or not check["seed"]:
        return None
    step_s, past_steps = check["step_length"], check.get("step_count")
    return ProximityCheck(
        seed=check["seed"],
        step_s=policy.proximity_step_s() if step_s is None else step_s,
        past_steps=policy.proximity_past_steps() if past_steps is None else past_steps,
    )


def _shown(data: offline.OfflineData) -> OfflineData:
    return {"offlineData": data.offline_data, "nonce": data.nonce}


class PersonalizedView(IntegrationView):
    """`signature/offline/personalized/create`."""

    endpoint = method(
        _TAG,
        "Make the QR code for one activation",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.ACTIVATION_NOT_FOUND,
        ErrorCode.ACTIVATION_STATE,
        request={
            "activationId": examples.ACTIVATION_ID,
            "data": "op-1\nPayment\nPlease confirm\nA1*A100CZK*ICZ1\nB",
            "proximityCheck": _SEED,
        },
        example=_EXAMPLE,
    )
    input_class = PersonalizedInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> OfflineData:
        made = offline.personalized(
            body["activation_id"],
            body["data"],
            nonce=body["nonce"],
            proximity=_proximity(body["proximity_check"]),
            at=at,
        )
        return _shown(made)


class NonPersonalizedView(IntegrationView):
    """`signature/offline/non-personalized/create`, for the phones of the tree's generation."""

    endpoint = method(
        _TAG,
        "Make the QR code for every user of an application",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        ErrorCode.NO_MASTER_KEY_PAIR,
        request={
            "applicationId": "my-application",
            "data": "op-1\nLogin\nPlease confirm\nA2\nB",
        },
        example=_EXAMPLE,
    )
    input_class = NonPersonalizedInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> OfflineData:
        phones = choice.GENERATIONS[self.tree]
        made = offline.non_personalized(body["application_id"], body["data"], generation=phones)
        return _shown(made)


class VerifyView(IntegrationView):
    """`signature/offline/verify`; all combinations together are one attempt."""

    endpoint = method(
        _TAG,
        "Verify an offline signature",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.VERSION_NOT_SUPPORTED,
        description="All codes, factors and counter values together are one attempt.",
        request=VERIFY_EXAMPLE,
        example=examples.SIGNATURE_VERDICT,
    )
    input_class = VerifyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> verdicts.SignatureVerdict:
        verdict = offline.verify(
            body["activation_id"],
            body["data"].encode(),
            body["signature"],
            component_length=body["component_length"],
            allow_biometry=bool(body["allow_biometry"]),
            proximity=_proximity(body["proximity_check"]),
            at=at,
        )
        return verdicts.signature(verdict)
