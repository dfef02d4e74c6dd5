"""Setting and removing credentials: push-and-inbox.md 9.

Whoever changes them locks their row, and tells the ways to the providers: workers make new clients,
and what a provider refused before is tried again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from powerauth.engine.storage import records
from powerauth.engine.storage.record_places import Place
from push.credentials import places
from push.credentials.checks import NOT_BLANK, check, completed_account
from push.credentials.values import (
    ApnsSettings,
    FcmSettings,
    HmsSettings,
    InvalidCredentials,
    Settings,
)
from push.models import (
    DeliveryState,
    Platform,
    PushAppCredentials,
    PushChannel,
    PushDelivery,
)
from push.outbox.reasons import NO_CREDENTIALS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What a platform has of a row.

    Args:
        columns: what the settings are stored in, by their names there.
        secret: the name of the secret there, whose column is a sealed record.
    """

    platform: Platform
    columns: dict[str, str]
    secret: str
    place: Callable[..., Place]

    @property
    def record(self) -> str:
        return self.columns[self.secret]


_APNS = _Part(
    platform=Platform.APNS,
    columns={
        "key_id": "apns_key_id",
        "team_id": "apns_team_id",
        "bundle": "apns_bundle",
        "private_key": "apns_private_key",
        "environment": "apns_environment",
    },
    secret="private_key",  # noqa: S106 - a name
    place=places.APNS_KEY,
)
_FCM = _Part(
    platform=Platform.FCM,
    columns={"project_id": "fcm_project_id", "service_account": "fcm_service_account"},
    secret="service_account",  # noqa: S106 - a name
    place=places.FCM_ACCOUNT,
)
_HMS = _Part(
    platform=Platform.HMS,
    columns={
        "project_id": "hms_project_id",
        "client_id": "hms_client_id",
        "client_secret": "hms_client_secret",
    },
    secret="client_secret",  # noqa: S106 - a name
    place=places.HMS_SECRET,
)
_PARTS: dict[type, _Part] = {ApnsSettings: _APNS, FcmSettings: _FCM, HmsSettings: _HMS}
_OF_PLATFORM = {part.platform: part for part in _PARTS.values()}


def find(application_id: str) -> PushAppCredentials | None:
    """Give the credentials of an application."""
    return PushAppCredentials.objects.filter(application_id=application_id).first()


def create(application_id: str, *, at: datetime) -> PushAppCredentials:
    """Give an application credentials that are empty yet; raises IntegrityError if it has some."""
    return PushAppCredentials.objects.create(application_id=application_id, created_at=at)


@transaction.atomic
def put(row: PushAppCredentials, settings: Settings, *, at: datetime) -> PushAppCredentials:
    """Set what an application shows to one provider; give the row as it is now.

    Raises:
        InvalidCredentials: the provider would not take them, or there is no secret yet.
    """
    check(settings)
    part = _PARTS[type(settings)]
    locked = PushAppCredentials.objects.select_for_update().get(pk=row.pk)
    values = columns_of(settings, locked.application_id)
    if not (values.get(part.record) or getattr(locked, part.record)):
        raise InvalidCredentials(part.secret, NOT_BLANK)
    _change(locked, **values, updated_at=at)
    _begin_anew(locked.application_id, part.platform, enabled=True)
    return locked


@transaction.atomic
def remove(row: PushAppCredentials, platform: Platform, *, at: datetime) -> PushAppCredentials:
    """Forget what an application shows to one provider; what waits for it has failed."""
    part = _OF_PLATFORM[platform]
    locked = PushAppCredentials.objects.select_for_update().get(pk=row.pk)
    emptied = {name: b"" if name == part.record else "" for name in part.columns.values()}
    _change(locked, **emptied, updated_at=at)
    _begin_anew(locked.application_id, platform, enabled=False)
    PushDelivery.objects.filter(
        channel__application_id=locked.application_id,
        channel__platform=platform,
        state=DeliveryState.PENDING,
    ).update(state=DeliveryState.FAILED, reason=NO_CREDENTIALS, finished_at=at)
    return locked


def has(row: PushAppCredentials, platform: Platform) -> bool:
    """Tell whether an application can send by a provider."""
    return bool(getattr(row, _OF_PLATFORM[platform].record))


def align() -> None:
    """Let the ways to providers follow credentials that were written otherwise, as by an import."""
    for row in PushAppCredentials.objects.order_by("pk"):
        for platform in _OF_PLATFORM:
            known = PushChannel.objects.filter(
                application_id=row.application_id, platform=platform, enabled=True
            ).exists()
            if known != has(row, platform):
                _begin_anew(row.application_id, platform, enabled=not known)


def columns_of(settings: Settings, application_id: str) -> dict[str, Any]:
    """Give checked settings by columns, the secret sealed; without it if it stays as it is."""
    part = _PARTS[type(settings)]
    values = {column: getattr(settings, name) for name, column in part.columns.items()}
    secret = values.pop(part.record)
    if secret is not None:
        secret = completed_account(secret) if part is _FCM else secret
        values[part.record] = records.seal(secret, part.place(application_id))
    return values


def _begin_anew(application_id: str, platform: Platform, *, enabled: bool) -> None:
    fresh: dict[str, Any] = {
        "enabled": enabled,
        "delivered_at": None,
        "failures": 0,
        "open_until": None,
        "refused_at": None,
        "refused_reason": "",
    }
    channels = PushChannel.objects.filter(application_id=application_id, platform=platform)
    if not channels.update(version=F("version") + 1, **fresh) and enabled:
        PushChannel.objects.create(application_id=application_id, platform=platform, **fresh)


def _change(row: PushAppCredentials, **values: Any) -> None:
    PushAppCredentials.objects.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)
