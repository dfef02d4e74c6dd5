"""The configuration of applications: integration-api.md 5.4. Values are encrypted at rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from enrollment_server.api.payloads.json import MalformedJson, dump_json, load_exact
from enrollment_server.database.compiled import Compiled
from powerauth.engine.applications import applications
from powerauth.engine.applications.config_values import OPEN_KEYS, RULES
from powerauth.engine.storage import records
from powerauth.engine.storage.record_places import named
from powerauth.models import ApplicationConfig
from powerauth.rules import given, invalid

PLACE = named("application_config")
NO_LIST = "must be a list of JSON values"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigEntry:
    """The JSON values that an application has under one key; they may contain secrets."""

    key: str
    values: list[Any]


def store(application_id: str | None, key: str | None, values: Sequence[Any] | None) -> ConfigEntry:
    """Set the values of a key, instead of those that it may have.

    Raises:
        EngineRefusal: INVALID_REQUEST for a key that is not allowed, no identifier, what is no list
            of JSON values or not what the key may have; APPLICATION_NOT_FOUND.
    """
    name, record = _allowed(key), _record(values)
    if (rule := RULES[name](list(values or ()))) is not None:
        raise invalid("values", rule)
    application = applications.get(application_id)
    row, _ = ApplicationConfig.objects.update_or_create(
        application=application,
        key=name,
        defaults={"record": records.seal(record, PLACE(application.id, name))},
    )
    return _entry(row)


def values_of(application_id: str, key: str) -> list[Any]:
    """Give the values of a key, none if the application or the key has none, by one statement.

    Raises:
        SecretUnreadable: the stored record does not open.
    """
    row = _FIND.first(application_id=application_id, key=key)
    if row is None:
        return []
    if key in OPEN_KEYS:
        return list(_opened(application_id, key, bytes(row.record)))
    return _entry(row).values


def every(application_id: str | None) -> list[ConfigEntry]:
    """List the configuration of an application by key; an unknown application has none.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier.
    """
    rows = ApplicationConfig.objects.filter(application_id=given("applicationId", application_id))
    return [_entry(row) for row in rows.order_by("key")]


def remove(application_id: str | None, key: str | None) -> None:
    """Delete a key with its values; one that is not there is no error.

    Raises:
        EngineRefusal: INVALID_REQUEST for a key that is not allowed, or no identifier.
    """
    name = _allowed(key)
    rows = ApplicationConfig.objects.filter(application_id=given("applicationId", application_id))
    rows.filter(key=name).delete()


def _allowed(key: str | None) -> str:
    if given("key", key) not in RULES:
        raise invalid("key", f"must be one of {', '.join(sorted(RULES))}")
    return str(key)


def _record(values: Sequence[Any] | None) -> bytes:
    """Write values as JSON that can be read again."""
    if isinstance(given("values", values), str | bytes):
        raise invalid("values", NO_LIST)
    try:
        record = dump_json(list(values or ()))
        load_exact(record)
    except (TypeError, MalformedJson) as error:
        raise invalid("values", NO_LIST) from error
    return record


@lru_cache(maxsize=1024)
def _opened(application_id: str, key: str, record: bytes) -> tuple[Any, ...]:
    """Open a record once: phones that ask for their status need what hardly ever changes.

    Another record is another key of this cache, so that a change counts at once in every process.
    """
    return tuple(load_exact(records.unseal(record, PLACE(application_id, key))))


def _entry(row: ApplicationConfig) -> ConfigEntry:
    record = records.unseal(row.record, PLACE(row.application_id, row.key))
    return ConfigEntry(key=row.key, values=load_exact(record))


_FIND: Compiled[ApplicationConfig] = Compiled(
    lambda application_id, key: ApplicationConfig.objects.filter(
        application_id=application_id, key=key
    ).order_by(),
    application_id=str,
    key=str,
)
