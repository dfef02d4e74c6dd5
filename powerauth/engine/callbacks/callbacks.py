"""The callbacks of applications: integration-api.md 11.1."""

import logging
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from powerauth.engine.applications import applications
from powerauth.engine.callbacks import callback_authentication, callback_move, callback_urls
from powerauth.engine.callbacks.callback_authentication import Authentication
from powerauth.engine.identifiers import parse_id
from powerauth.engine.storage import record_places, records
from powerauth.engine.storage.record_places import Place
from powerauth.models import Application, Callback, CallbackEvent, CallbackEventState, CallbackType
from powerauth.models.application import ID_LENGTH
from powerauth.protocol.encoding import b64
from powerauth.rules import given, invalid, not_blank

SIGNING_SECRET_SIZE = 32  # bytes
MAX_ATTEMPTS = 1000
LONGEST = timedelta(days=36500)
_MILLISECOND = timedelta(milliseconds=1)
_SECOND = timedelta(seconds=1)
REPLAYABLE = (CallbackEventState.COMPLETED, CallbackEventState.FAILED)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What is said of a callback; None stands for the setting.

    Args:
        attributes: members of the payload to send besides type and identifier.
        authentication: on an update, secrets that are None stay as they are, unless the callback
            goes elsewhere; see `goes_elsewhere`.
        callback_id: of a new one that has had an identifier before.
    """

    name: str | None
    type: CallbackType | None
    url: str | None
    attributes: list[str] = field(default_factory=list)
    authentication: Authentication = field(default_factory=Authentication)
    max_attempts: int | None = None
    initial_backoff: timedelta | None = None
    retention: timedelta | None = None
    callback_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCallback:
    """A new callback with the secret that its requests are signed with."""

    callback: Callback
    signing_secret: bytes = field(repr=False)


def create(
    application_id: str | None, configuration: Configuration, *, at: datetime
) -> NewCallback:
    """Add an enabled callback to an application.

    Raises:
        EngineRefusal: INVALID_REQUEST, URL_FORMAT, APPLICATION_NOT_FOUND.
    """
    new = draft(applications.get(application_id), configuration, at=at)
    new.callback.save(force_insert=True)
    return new


def draft(application: Application, configuration: Configuration, *, at: datetime) -> NewCallback:
    """Make a callback that is not stored yet.

    Raises:
        EngineRefusal: INVALID_REQUEST, URL_FORMAT.
    """
    columns = _columns(configuration)
    authentication = callback_authentication.checked(configuration.authentication)
    callback = Callback(application=application, created_at=at, **columns)
    if configuration.callback_id is not None:
        callback.pk = configuration.callback_id
    callback.authentication = callback_authentication.seal(authentication, callback)
    secret = _set_new_secret(callback)
    return NewCallback(callback=callback, signing_secret=secret)


def update(
    callback_id: str | None, application_id: str | None, configuration: Configuration
) -> Callback:
    """Configure an enabled callback anew for the integration API; see `configure`.

    Raises:
        EngineRefusal: INVALID_REQUEST, also for a callback that is removed, unknown or of another
            application; URL_FORMAT, APPLICATION_NOT_FOUND.
    """
    application = applications.get(application_id)
    callback = Callback.objects.filter(
        id=_id(callback_id), application=application, enabled=True
    ).first()
    if callback is None:
        raise invalid("id", "must be a callback of the application that is not removed")
    return configure(callback, configuration)


@transaction.atomic
def configure(callback: Callback, configuration: Configuration) -> Callback:
    """Configure a callback anew; what was not sent because of failures is sent again.

    Raises:
        EngineRefusal: INVALID_REQUEST, URL_FORMAT; CredentialsNeeded for one that goes elsewhere
            and names no credentials.
    """
    columns = _columns(configuration)
    locked = Callback.objects.select_for_update(of=("self",)).get(pk=callback.pk)
    wanted, stored = configuration.authentication, callback_authentication.of(locked)
    if goes_elsewhere(locked, configuration):
        callback_move.check(wanted, stored)
        logger.info("callback %s goes elsewhere: its stored credentials were dropped", locked.pk)
    else:
        wanted = callback_authentication.merged(wanted, stored)
    authentication = callback_authentication.checked(wanted)
    columns["authentication"] = callback_authentication.seal(authentication, locked)
    _change(locked, **columns, failures=0, open_until=None)
    return locked


def goes_elsewhere(callback: Callback, configuration: Configuration) -> bool:
    """Tell whether a callback would reach another scheme, host or port than now by a URL of its.

    Raises:
        SecretUnreadable: the stored record does not open.
    """
    return callback_move.goes_elsewhere(
        url=configuration.url,
        wanted=configuration.authentication,
        old_url=callback.url,
        stored=callback_authentication.of(callback),
    )


def every(application_id: str | None) -> list[Callback]:
    """List the enabled callbacks of an application by name; an unknown application has none.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier.
    """
    rows = Callback.objects.filter(
        application_id=given("applicationId", application_id), enabled=True
    )
    return list(rows.order_by("name"))


def remove(callback_id: str | None) -> bool:
    """Disable a callback for the integration API; give False if there is no such callback.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier.
    """
    return Callback.objects.filter(id=_id(callback_id)).update(enabled=False) > 0


def set_enabled(callback: Callback, *, enabled: bool) -> None:
    """Enable or disable a callback; an enabled one starts without failures."""
    _change(callback, enabled=enabled, failures=0, open_until=None)


def authentication_of(callback: Callback) -> Authentication:
    """Give how a callback authenticates.

    Raises:
        SecretUnreadable: the stored record does not open.
    """
    return callback_authentication.of(callback)


def signing_secret_of(callback: Callback) -> bytes:
    """Give the secret that the requests of a callback are signed with.

    Raises:
        SecretUnreadable: the stored record does not open.
    """
    return records.unseal(callback.signing_secret, _signing_place(callback))


def renew_signing_secret(callback: Callback) -> bytes:
    """Sign with a new secret from now on; the receiver has to learn it."""
    secret = _set_new_secret(callback)
    _change(callback, signing_secret=callback.signing_secret)
    return secret


def signing_secret_text(secret: bytes) -> str:
    """Write a signing secret as receivers are configured with it."""
    return f"whsec_{b64(secret)}"


def max_attempts_of(callback: Callback) -> int:
    """Give how often an event is tried, at least once."""
    attempts = callback.max_attempts
    return int(settings.CALLBACK_MAX_ATTEMPTS if attempts is None else attempts)


def initial_backoff_of(callback: Callback) -> timedelta:
    """Give the pause after the first failed attempt."""
    backoff = callback.initial_backoff_ms
    if backoff is None:
        return timedelta(seconds=settings.CALLBACK_INITIAL_BACKOFF_S)
    return timedelta(milliseconds=backoff)


def retention_of(callback: Callback) -> timedelta:
    """Give how long delivered events are kept."""
    retention = callback.retention_s
    if retention is None:
        return timedelta(days=settings.CALLBACK_RETENTION_DAYS)
    return timedelta(seconds=retention)


def replay(event: CallbackEvent, *, at: datetime) -> bool:
    """Send a finished event once more, under its identifier; False if it is not finished."""
    return bool(
        CallbackEvent.objects.filter(pk=event.pk, state__in=REPLAYABLE).update(
            state=CallbackEventState.PENDING,
            attempts=0,
            next_attempt_at=at,
            lease_until=None,
            last_error="",
            finished_at=None,
        )
    )


def _signing_place(callback: Callback) -> Place:
    return record_places.callback_signing(callback.pk, callback.application_id)


def _id(text: str | None) -> uuid.UUID:
    return parse_id(given("id", text))


def _columns(configuration: Configuration) -> dict[str, Any]:
    """Check what is said of a callback, and give it by columns, authentication left out."""
    attempts = configuration.max_attempts
    if attempts is not None and not 1 <= attempts <= MAX_ATTEMPTS:
        raise invalid("maxAttempts", f"must be between 1 and {MAX_ATTEMPTS}")
    return {
        "name": not_blank("name", configuration.name, ID_LENGTH),
        "type": given("type", configuration.type),
        "url": callback_urls.check(configuration.url),
        "attributes": configuration.attributes,
        "max_attempts": attempts,
        "initial_backoff_ms": _units("initialBackoff", configuration.initial_backoff, _MILLISECOND),
        "retention_s": _units("retentionPeriod", configuration.retention, _SECOND),
    }


def _units(member: str, duration: timedelta | None, unit: timedelta) -> int | None:
    if duration is None:
        return None
    if not timedelta(0) <= duration <= LONGEST:
        raise invalid(member, f"must be between 0 and {LONGEST.days} days")
    return -(-duration // unit)  # rounded up: a fraction must not become nothing


def _set_new_secret(callback: Callback) -> bytes:
    secret = secrets.token_bytes(SIGNING_SECRET_SIZE)
    callback.signing_secret = records.seal(secret, _signing_place(callback))
    return secret


def _change(callback: Callback, **values: Any) -> None:
    """Change columns of a callback, and leave alone those that deliveries write meanwhile."""
    Callback.objects.filter(pk=callback.pk).update(**values)
    for name, value in values.items():
        setattr(callback, name, value)
