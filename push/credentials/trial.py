"""Credentials for a trial without a provider, such as those that the stand-in takes."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from push.credentials import services
from push.credentials.opening import Opened
from push.credentials.values import ApnsSettings, FcmSettings, HmsSettings, Settings
from push.models import PushAppCredentials
from push.providers.values import ApnsKey, FcmAccount


class HasOthers(Exception):
    """An application has credentials, and they are not those of the trial."""


@transaction.atomic
def try_with(application_id: str, wanted: Iterable[Opened], *, at: datetime) -> None:
    """Give an application credentials that cost nothing.

    Raises:
        HasOthers: it can send already, and not by these; nothing was changed.
    """
    row = services.find(application_id) or services.create(application_id, at=at)
    for each in map(_settings, wanted):
        if not _is_free(row, each):
            raise HasOthers(type(each).__name__)
        row = services.put(row, each, at=at)


def _is_free(row: PushAppCredentials, wanted: Settings) -> bool:
    """Tell whether nobody would miss what is there: nothing, or an account of the same name."""
    if isinstance(wanted, ApnsSettings):
        pairs = [(row.apns_team_id, wanted.team_id), (row.apns_key_id, wanted.key_id)]
    elif isinstance(wanted, FcmSettings):
        pairs = [(row.fcm_project_id, wanted.project_id)]
    else:
        pairs = [(row.hms_project_id, wanted.project_id), (row.hms_client_id, wanted.client_id)]
    return all(there in ("", name) for there, name in pairs)


def _settings(wanted: Opened) -> Settings:
    if isinstance(wanted, ApnsKey):
        return ApnsSettings(
            key_id=wanted.key_id,
            team_id=wanted.team_id,
            bundle=wanted.bundle_id,
            private_key=wanted.private_key.encode(),
            environment="production",
        )
    if isinstance(wanted, FcmAccount):
        return FcmSettings(
            project_id=wanted.project_id, service_account=wanted.service_account.encode()
        )
    return HmsSettings(
        project_id=wanted.project_id,
        client_id=wanted.client_id,
        client_secret=wanted.client_secret.encode(),
    )
