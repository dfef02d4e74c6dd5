"""The configuration of applications: integration-api.md 5.4."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.applications import application_config
from powerauth.engine.applications.application_config import ConfigEntry
from powerauth.engine.audit.audited_kinds import APPLICATION_CONFIG
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.applications.applications import ApplicationInput
from powerauth.integration.changes import Changes
from powerauth.integration.fields import AnyValue, ListOf, Text


class KeyInput(Input):
    """Which key of which application."""

    application_id = Text()
    key = Text()


class EntryInput(KeyInput):
    """A key with its values."""

    values = ListOf(AnyValue())


def _entry(entry: ConfigEntry) -> dict[str, Any]:
    return {"key": entry.key, "values": entry.values}


class CreateView(IntegrationView):
    """`application/config/create`: insert or replace."""

    input_class = EntryInput
    changes = Changes(kind=APPLICATION_CONFIG, given=("application_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        entry = application_config.store(body["application_id"], body["key"], body["values"])
        return {"applicationId": body["application_id"], **_entry(entry)}


class DetailView(IntegrationView):
    """`application/config/detail`; an unknown application has no configuration."""

    input_class = ApplicationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        entries = application_config.every(body["application_id"])
        return {
            "applicationId": body["application_id"],
            "applicationConfigs": [_entry(entry) for entry in entries],
        }


class RemoveView(IntegrationView):
    """`application/config/remove`."""

    input_class = KeyInput
    changes = Changes(kind=APPLICATION_CONFIG, given=("application_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        application_config.remove(body["application_id"], body["key"])
