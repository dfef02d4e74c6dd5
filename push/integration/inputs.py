"""What back ends say about devices: push-and-inbox.md 3."""

from collections.abc import Iterator, Mapping
from typing import Any

from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import EnumField, Text, TextList
from powerauth.integration.push_server import require
from powerauth.integration.push_server_errors import (
    NO_APPLICATION,
    BusinessFailure,
    InvalidMembers,
    Violation,
)
from powerauth.models import ActivationState
from push.models import TOKEN_LENGTH, Environment, Platform, PushDevice
from push.platforms import PLATFORMS
from push.values import Device

MAX_ACTIVATIONS = 100  # that one call may register; nobody has more on a phone
_ACTIVATION_ID_LENGTH = 37  # characters

NO_ACTIVATION = "Activation ID must not be null."
NO_ACTIVATIONS = "Activation ID list must not be null."
EMPTY_ACTIVATIONS = "Activation ID list must not empty."
NO_PLATFORM = "Platform must not be null."
NO_TOKEN = "Push token must not be null or empty."  # noqa: S105 - a text about tokens
ENVIRONMENT_WITHOUT_USE = (
    "Environment specified for a platform that does not support environment setting."
)


class TokenInput(Input):
    """An address of an app."""

    app_id = Text(needed=True)
    token = Text(needed=True)


class DeviceInput(TokenInput):
    """A device."""

    platform = Text(needed=True)
    environment = Text()


class CreateInput(DeviceInput):
    """A device, and whose it is."""

    activation_id = Text(needed=True)


class CreateMultiInput(DeviceInput):
    """A device that several activations share."""

    activation_ids = TextList(needed=True)


class StatusInput(Input):
    """An activation, and what became of it."""

    activation_id = Text(needed=True)
    activation_status = EnumField(ActivationState)


def check_one(body: Mapping[str, Any]) -> None:
    """Check a `CreateInput`.

    Raises:
        BusinessFailure: a member is missing, or there is an environment without use.
        InvalidMembers: a member breaks a rule of its form.
    """
    require(body, {"app_id": NO_APPLICATION, "activation_id": NO_ACTIVATION})
    _check_device(body, _violated_ids("activationId", [body["activation_id"]]))


def check_several(body: Mapping[str, Any]) -> None:
    """Check a `CreateMultiInput`; refusals are those of `check_one`."""
    require(body, {"app_id": NO_APPLICATION, "activation_ids": NO_ACTIVATIONS})
    if not body["activation_ids"]:
        raise BusinessFailure(EMPTY_ACTIVATIONS)
    _check_device(body, _violated_list(body["activation_ids"]))


def device(body: Mapping[str, Any]) -> Device:
    """Give the device of a checked request, with the platform by its one name."""
    return Device(
        platform=PLATFORMS[body["platform"]].value,
        token=body["token"],
        environment=body["environment"] or "",
    )


def owners(body: Mapping[str, Any]) -> list[str]:
    """Give the activations whose devices a `TokenInput` is about; none if it is not complete."""
    if body["app_id"] is None or body["token"] is None:
        return []
    rows = PushDevice.objects.of_token(body["app_id"], body["token"])
    return list(rows.order_by("pk").values_list("activation_id", flat=True))


def _check_device(body: Mapping[str, Any], violated_activations: Iterator[Violation]) -> None:
    require(body, {"platform": NO_PLATFORM, "token": NO_TOKEN})
    violations = [*violated_activations, *_violated_device(body)]
    if violations:
        raise InvalidMembers(violations)
    if body["environment"] is not None and PLATFORMS[body["platform"]] is not Platform.APNS:
        raise BusinessFailure(ENVIRONMENT_WITHOUT_USE)


def _violated_device(body: Mapping[str, Any]) -> Iterator[Violation]:
    if body["platform"] not in PLATFORMS:
        yield Violation(
            name="platform", value=body["platform"], hint=f"must be one of {', '.join(PLATFORMS)}"
        )
    if len(body["token"]) > TOKEN_LENGTH:
        yield Violation(name="token", hint=f"must have at most {TOKEN_LENGTH} characters")
    if body["environment"] not in (None, *Environment.values):
        yield Violation(
            name="environment",
            value=body["environment"],
            hint=f"must be one of {', '.join(Environment.values)}",
        )


def _violated_list(activation_ids: list[str]) -> Iterator[Violation]:
    if len(activation_ids) > MAX_ACTIVATIONS:
        hint = f"must have at most {MAX_ACTIVATIONS} elements"
        yield Violation(name="activationIds", value=len(activation_ids), hint=hint)
    else:
        yield from _violated_ids("activationIds", activation_ids)


def _violated_ids(name: str, activation_ids: list[str]) -> Iterator[Violation]:
    for activation_id in activation_ids:
        if len(activation_id) > _ACTIVATION_ID_LENGTH:
            hint = f"must have at most {_ACTIVATION_ID_LENGTH} characters"
            yield Violation(name=name, value=activation_id, hint=hint)
