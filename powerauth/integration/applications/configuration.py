"""The configuration of applications: integration-api.md 5.4."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypedDict

from powerauth.engine.applications import application_config
from powerauth.engine.applications.application_config import ConfigEntry
from powerauth.engine.audit.audited_kinds import APPLICATION_CONFIG
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.applications.applications import ApplicationInput
from powerauth.integration.applications.examples import BY_ID
from powerauth.integration.changes import Changes
from powerauth.integration.inputs.fields import AnyValue, ListOf, Text
from powerauth.integration.words import method

_method = partial(method, "Applications")


class KeyInput(ApplicationInput):
    """Which key of which application."""

    key = Text(needed=True)


class EntryInput(KeyInput):
    """A key with its values."""

    values = ListOf(AnyValue(), needed=True)


class ApplicationConfigEntry(TypedDict):
    """A key of a configuration with its values."""

    key: str
    values: list[Any]


class StoredConfigEntry(ApplicationConfigEntry):
    """A key that was set."""

    applicationId: str


class ApplicationConfiguration(TypedDict):
    """The configuration of an application."""

    applicationId: str
    applicationConfigs: list[ApplicationConfigEntry]


def _entry(entry: ConfigEntry) -> ApplicationConfigEntry:
    return {"key": entry.key, "values": entry.values}


_EXAMPLE: ApplicationConfigEntry = {
    "key": "fido2_aaguids_allowed",
    "values": ["d548826e-79b4-db40-a3d8-11116f7e8349"],
}


class CreateView(IntegrationView):
    """`application/config/create`: insert or replace."""

    endpoint = _method(
        "Set a configuration value",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        request={**BY_ID, **_EXAMPLE},
        example={**BY_ID, **_EXAMPLE},
    )
    input_class = EntryInput
    changes = Changes(kind=APPLICATION_CONFIG, given=("application_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> StoredConfigEntry:
        entry = application_config.store(body["application_id"], body["key"], body["values"])
        return {"applicationId": body["application_id"], **_entry(entry)}


class DetailView(IntegrationView):
    """`application/config/detail`; an unknown application has no configuration."""

    endpoint = _method(
        "Read the configuration of an application",
        ErrorCode.INVALID_REQUEST,
        description="An unknown application has none.",
        request=BY_ID,
        example={**BY_ID, "applicationConfigs": [_EXAMPLE]},
    )
    input_class = ApplicationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ApplicationConfiguration:
        entries = application_config.every(body["application_id"])
        return {
            "applicationId": body["application_id"],
            "applicationConfigs": [_entry(entry) for entry in entries],
        }


class RemoveView(IntegrationView):
    """`application/config/remove`."""

    endpoint = _method(
        "Delete a configuration value",
        ErrorCode.INVALID_REQUEST,
        request={**BY_ID, "key": _EXAMPLE["key"]},
    )
    input_class = KeyInput
    changes = Changes(kind=APPLICATION_CONFIG, given=("application_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        application_config.remove(body["application_id"], body["key"])
