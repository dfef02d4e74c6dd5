"""Credentials as back ends see them: without any secret. push-and-inbox.md 9."""

from typing import Annotated, TypedDict

from enrollment_server.api.contract.shapes import Shape
from push.credentials import services
from push.models import Platform, PushAppCredentials


class PushApplication(TypedDict):
    """An application, and by which providers it can send."""

    appId: str
    apns: bool
    fcm: bool
    hms: bool


class PushApplications(TypedDict):
    """Some applications."""

    applicationList: list[PushApplication]


class NewPushApplication(TypedDict):
    """The application that has credentials from now on."""

    appId: str


class PushApplicationDetail(TypedDict):
    """What providers know an application by; what was not asked for is null."""

    application: PushApplication
    apnsBundle: str | None
    apnsKeyId: str | None
    apnsTeamId: str | None
    apnsEnvironment: Annotated[str | None, Shape("Null for the server's own.")]
    fcmProjectId: str | None
    hmsProjectId: str | None
    hmsClientId: str | None


def present(row: PushAppCredentials) -> PushApplication:
    """Describe an application that has credentials."""
    return {
        "appId": row.application_id,
        "apns": services.has(row, Platform.APNS),
        "fcm": services.has(row, Platform.FCM),
        "hms": services.has(row, Platform.HMS),
    }


def present_unconfigured(application_id: str) -> PushApplication:
    """Describe an application that has none."""
    return {"appId": application_id, "apns": False, "fcm": False, "hms": False}


def present_detail(
    row: PushAppCredentials, *, apns: bool, fcm: bool, hms: bool
) -> PushApplicationDetail:
    """Describe what providers know an application by, as far as it is asked for."""
    return {
        "application": present(row),
        "apnsBundle": (apns and row.apns_bundle) or None,
        "apnsKeyId": (apns and row.apns_key_id) or None,
        "apnsTeamId": (apns and row.apns_team_id) or None,
        "apnsEnvironment": (apns and row.apns_environment) or None,
        "fcmProjectId": (fcm and row.fcm_project_id) or None,
        "hmsProjectId": (hms and row.hms_project_id) or None,
        "hmsClientId": (hms and row.hms_client_id) or None,
    }
