"""Flags of activations: integration-api.md 7.15."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth.engine.activations import flags
from powerauth.engine.audit.audited_kinds import ACTIVATION
from powerauth.errors import ErrorCode
from powerauth.integration.activations import examples
from powerauth.integration.activations.answers import ActivationFlags, flags_of
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.fields import Text, TextList
from powerauth.integration.words import method


class ReadInput(Input):
    """Which activation."""

    activation_id = Text(needed=True)


class FlagsInput(Input):
    """Which activation, and which flags."""

    activation_id = Text(needed=True)
    activation_flags = TextList(needed=True)


def _method(summary: str, *, request: Mapping[str, Any] = examples.FLAGS) -> Endpoint:
    return method(
        "Activation flags",
        summary,
        ErrorCode.INVALID_REQUEST,
        ErrorCode.ACTIVATION_NOT_FOUND,
        request=request,
        example=examples.FLAGS,
    )


class ListView(IntegrationView):
    """`activation/flags/list`."""

    endpoint = _method("List the flags of an activation", request=examples.BY_ID)
    input_class = ReadInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ActivationFlags:
        return flags_of(flags.of(body["activation_id"]))


class CreateView(IntegrationView):
    """`activation/flags/create`: add what is missing."""

    endpoint = _method("Add flags that are missing")
    input_class = FlagsInput
    changes = Changes(kind=ACTIVATION, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ActivationFlags:
        return flags_of(flags.add(body["activation_id"], body["activation_flags"]))


class UpdateView(IntegrationView):
    """`activation/flags/update`: replace all."""

    endpoint = _method("Replace all flags")
    input_class = FlagsInput
    changes = Changes(kind=ACTIVATION, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ActivationFlags:
        return flags_of(flags.replace(body["activation_id"], body["activation_flags"]))


class RemoveView(IntegrationView):
    """`activation/flags/remove`: remove what is there."""

    endpoint = _method("Remove flags that are there")
    input_class = FlagsInput
    changes = Changes(kind=ACTIVATION, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ActivationFlags:
        return flags_of(flags.remove(body["activation_id"], body["activation_flags"]))
