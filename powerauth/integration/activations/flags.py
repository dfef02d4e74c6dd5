"""Flags of activations: integration-api.md 7.15."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.activations import flags
from powerauth.engine.audit.audited_kinds import ACTIVATION
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.fields import Text, TextList
from powerauth.models import Activation


class ReadInput(Input):
    """Which activation."""

    activation_id = Text()


class FlagsInput(Input):
    """Which activation, and which flags."""

    activation_id = Text()
    activation_flags = TextList()


def _flags(activation: Activation) -> dict[str, Any]:
    return {
        "activationId": str(activation.id),
        "activationFlags": sorted(activation.flags),
    }


class ListView(IntegrationView):
    """`activation/flags/list`."""

    input_class = ReadInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return _flags(flags.of(body["activation_id"]))


class CreateView(IntegrationView):
    """`activation/flags/create`: add what is missing."""

    input_class = FlagsInput
    changes = Changes(kind=ACTIVATION, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return _flags(flags.add(body["activation_id"], body["activation_flags"]))


class UpdateView(IntegrationView):
    """`activation/flags/update`: replace all."""

    input_class = FlagsInput
    changes = Changes(kind=ACTIVATION, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return _flags(flags.replace(body["activation_id"], body["activation_flags"]))


class RemoveView(IntegrationView):
    """`activation/flags/remove`: remove what is there."""

    input_class = FlagsInput
    changes = Changes(kind=ACTIVATION, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return _flags(flags.remove(body["activation_id"], body["activation_flags"]))
