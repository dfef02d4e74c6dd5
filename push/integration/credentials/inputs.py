"""What back ends say about credentials for providers: push-and-inbox.md 9."""

from collections.abc import Mapping
from typing import Any

from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import Binary, Flag, Text
from powerauth.integration.push_server_errors import InvalidMembers, Violation
from push.credentials.values import (
    ApnsSettings,
    FcmSettings,
    HmsSettings,
    InvalidCredentials,
    Settings,
)

# Our names of members, on the wire.
_ON_THE_WIRE = {
    "key_id": "keyId",
    "team_id": "teamId",
    "bundle": "bundle",
    "private_key": "privateKeyBase64",
    "environment": "environment",
    "project_id": "projectId",
    "service_account": "privateKeyBase64",
    "client_id": "clientId",
    "client_secret": "clientSecret",
}


_STORED = "May be left out where there is one."


class ApplicationInput(Input):
    """Which application."""

    app_id = Text(needed=True)


class DetailInput(ApplicationInput):
    """Which application, and what of it."""

    include_apns = Flag()
    include_fcm = Flag()
    include_hms = Flag()


class SettingsInput(ApplicationInput):
    """What one provider knows an application by."""

    @staticmethod
    def settings(body: Mapping[str, Any]) -> Settings:
        """Give what a request says, absent members as empty ones, which no rule admits."""
        raise NotImplementedError


class ApnsInput(SettingsInput):
    """What Apple knows an application by."""

    bundle = Text(needed=True)
    key_id = Text(needed=True)
    team_id = Text(needed=True)
    environment = Text(help_text="`development`, `production`, or null for the server's own.")
    private_key_base64 = Binary(help_text=f"The .p8 file. {_STORED}")

    @staticmethod
    def settings(body: Mapping[str, Any]) -> ApnsSettings:
        return ApnsSettings(
            key_id=body["key_id"] or "",
            team_id=body["team_id"] or "",
            bundle=body["bundle"] or "",
            private_key=body["private_key_base64"] or b"",
            environment=body["environment"] or "",
        )


class FcmInput(SettingsInput):
    """What Google knows an application by."""

    project_id = Text(needed=True)
    private_key_base64 = Binary(help_text=f"The JSON key file of a service account. {_STORED}")

    @staticmethod
    def settings(body: Mapping[str, Any]) -> FcmSettings:
        return FcmSettings(
            project_id=body["project_id"] or "", service_account=body["private_key_base64"] or b""
        )


class HmsInput(SettingsInput):
    """What Huawei knows an application by."""

    project_id = Text(needed=True)
    client_id = Text(needed=True)
    client_secret = Text(needed=True)

    @staticmethod
    def settings(body: Mapping[str, Any]) -> HmsSettings:
        return HmsSettings(
            project_id=body["project_id"] or "",
            client_id=body["client_id"] or "",
            client_secret=(body["client_secret"] or "").encode(),
        )


def violation(error: InvalidCredentials) -> InvalidMembers:
    """Say on the wire what is wrong with credentials; no value of them is shown."""
    return InvalidMembers([Violation(name=_ON_THE_WIRE[error.member], hint=error.rule)])
