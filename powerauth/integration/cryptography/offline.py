"""Offline signatures: integration-api.md 8.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine import policy
from powerauth.engine.signatures import offline
from powerauth.engine.signatures.offline import OfflineData, ProximityCheck
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.cryptography import verdicts
from powerauth.integration.cryptography.inputs import require
from powerauth.integration.fields import Flag, Number, Text


class ProximitySeedInput(Input):
    """A seed in Base64, and how many seconds one code is shown."""

    seed = Text()
    step_length = Number()


class ProximityCheckInput(ProximitySeedInput):
    """A seed, and how many past codes are accepted besides the current one."""

    step_count = Number()


class PersonalizedInput(Input):
    """What the app shall show to the user of one activation."""

    activation_id = Text()
    data = Text()  # type: ignore[assignment] # taken out of the class by its metaclass
    nonce = Text()
    proximity_check = ProximitySeedInput(required=False, allow_null=True, default=None)


class NonPersonalizedInput(Input):
    """What the app shall show to whoever scans it."""

    application_id = Text()
    data = Text()  # type: ignore[assignment] # taken out of the class by its metaclass


class VerifyInput(Input):
    """What a user typed, and the base string that it covers."""

    activation_id = Text()
    data = Text()  # type: ignore[assignment] # taken out of the class by its metaclass
    signature = Text()
    component_length = Number()
    allow_biometry = Flag()
    proximity_check = ProximityCheckInput(required=False, allow_null=True, default=None)


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


def _shown(data: OfflineData) -> dict[str, Any]:
    return {"offlineData": data.offline_data, "nonce": data.nonce}


class PersonalizedView(IntegrationView):
    """`signature/offline/personalized/create`."""

    input_class = PersonalizedInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        require(body, "activation_id", "data")
        made = offline.personalized(
            body["activation_id"],
            body["data"],
            nonce=body["nonce"],
            proximity=_proximity(body["proximity_check"]),
            at=at,
        )
        return _shown(made)


class NonPersonalizedView(IntegrationView):
    """`signature/offline/non-personalized/create`."""

    input_class = NonPersonalizedInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        require(body, "application_id", "data")
        return _shown(offline.non_personalized(body["application_id"], body["data"]))


class VerifyView(IntegrationView):
    """`signature/offline/verify`; all combinations together are one attempt."""

    input_class = VerifyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        require(body, "activation_id", "data", "signature")
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
