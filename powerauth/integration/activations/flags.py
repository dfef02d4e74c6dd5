"""Flags of activations: integration-api.md 7.15."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth.engine.activations import flags
from powerauth.errors import ErrorCode
from powerauth.integration.activations import examples
from powerauth.integration.activations.answers import ActivationFlags, flags_of
from powerauth.integration.activations.one_activation import ActivationChangeView, ActivationInput
from powerauth.integration.api import IntegrationView
from powerauth.integration.inputs.fields import TextList
from powerauth.integration.words import method
from powerauth.models import Activation


class FlagsInput(ActivationInput):
    """Which activation, and which flags."""

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
    input_class = ActivationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ActivationFlags:
        return flags_of(flags.of(body["activation_id"]))


class FlagsChangeView(ActivationChangeView):
    """A method that changes the flags of an activation; `change` says how."""

    input_class = FlagsInput
    change: Callable[[str | None, list[str] | None], Activation]

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ActivationFlags:
        return flags_of(self.change(body["activation_id"], body["activation_flags"]))


class CreateView(FlagsChangeView):
    """`activation/flags/create`: add what is missing."""

    endpoint = _method("Add flags that are missing")
    change = staticmethod(flags.add)


class UpdateView(FlagsChangeView):
    """`activation/flags/update`: replace all."""

    endpoint = _method("Replace all flags")
    change = staticmethod(flags.replace)


class RemoveView(FlagsChangeView):
    """`activation/flags/remove`: remove what is there."""

    endpoint = _method("Remove flags that are there")
    change = staticmethod(flags.remove)
