"""The configuration of applications: integration-api.md 5.4."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from enrollment_server.api.payloads.exact_numbers import ExactNumber
from powerauth.engine.applications import application_config, supported_algorithms
from powerauth.engine.applications.application_config import ConfigEntry
from powerauth.engine.applications.config_values import (
    ALGORITHM_NAMES,
    ALGORITHMS,
    NO_DEVICE_KEY_BY_BIOMETRY,
)
from powerauth.engine.audit import audited
from powerauth.engine.audit.audited_kinds import APPLICATION_CONFIG
from powerauth.engine.generations.four import allowed_suites
from powerauth.engine.storage import records
from powerauth.engine.storage.record_places import Place
from powerauth.engine.storage.records import SecretUnreadable
from powerauth.engine.storage.rotation import SEALED_COLUMNS, rotate
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Application, ApplicationConfig
from powerauth.protocol.v4.suites import EC_P384, available_suites
from tests.engine.generations_four.phone import configure
from tests.factories import ApplicationFactory

KEY = "oauth2_providers"
VALUES: list[Any] = [
    {"providerId": "abc", "clientSecret": "top-secret"},
    "text",
    ExactNumber("1.50"),
    None,
    [],
]
OTHER_MASTER_KEY = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="


@pytest.fixture
def application(db: None) -> Application:
    return ApplicationFactory.create()


@pytest.mark.parametrize(
    "key",
    ["fido2_attestation_fmt_allowed", "fido2_aaguids_allowed", "fido2_root_ca_certs", KEY],
)
def test_values_are_kept(application: Application, key: str) -> None:
    stored = application_config.store(application.id, key, VALUES)
    assert stored == ConfigEntry(key=key, values=VALUES)
    assert application_config.values_of(application.id, key) == VALUES


def test_values_are_replaced(application: Application) -> None:
    application_config.store(application.id, KEY, VALUES)
    application_config.store(application.id, KEY, [])
    assert application_config.values_of(application.id, KEY) == []
    assert ApplicationConfig.objects.count() == 1


def test_applications_are_apart(application: Application) -> None:
    other = ApplicationFactory.create()
    application_config.store(application.id, KEY, VALUES)
    assert application_config.values_of(other.id, KEY) == []
    assert application_config.every(other.id) == []
    application_config.remove(other.id, KEY)
    assert application_config.values_of(application.id, KEY) == VALUES


def test_every_key_is_listed_by_name(application: Application) -> None:
    application_config.store(application.id, KEY, ["o"])
    application_config.store(application.id, "fido2_aaguids_allowed", ["f"])
    assert application_config.every(application.id) == [
        ConfigEntry(key="fido2_aaguids_allowed", values=["f"]),
        ConfigEntry(key=KEY, values=["o"]),
    ]
    assert application_config.every("nowhere") == []


def test_a_key_is_removed_once_or_twice(application: Application) -> None:
    application_config.store(application.id, KEY, VALUES)
    for _ in range(2):
        application_config.remove(application.id, KEY)
        assert application_config.every(application.id) == []
    application_config.remove("nowhere", KEY)


@pytest.mark.parametrize("key", [None, "", "x", "OAUTH2_PROVIDERS", f"{KEY} "])
def test_other_keys_are_refused(application: Application, key: str | None) -> None:
    for act in (
        lambda: application_config.store(application.id, key, []),
        lambda: application_config.remove(application.id, key),
    ):
        with pytest.raises(EngineRefusal) as caught:
            act()
        assert caught.value.code is ErrorCode.INVALID_REQUEST


@pytest.mark.parametrize("values", [None, "text", b"bytes", [object()], [2**64]])
def test_other_values_are_refused(application: Application, values: Any) -> None:
    with pytest.raises(EngineRefusal) as caught:
        application_config.store(application.id, KEY, values)
    assert caught.value.code is ErrorCode.INVALID_REQUEST
    assert not ApplicationConfig.objects.exists()


def test_unknown_applications(db: None) -> None:
    with pytest.raises(EngineRefusal) as caught:
        application_config.store("nowhere", KEY, [])
    assert caught.value.code is ErrorCode.APPLICATION_NOT_FOUND


def test_no_application(db: None) -> None:
    for act in (
        lambda: application_config.store(None, KEY, []),
        lambda: application_config.every(None),
        lambda: application_config.remove(None, KEY),
    ):
        with pytest.raises(EngineRefusal) as caught:
            act()
        assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_values_are_encrypted_and_bound_to_their_row(application: Application) -> None:
    application_config.store(application.id, KEY, VALUES)
    row = ApplicationConfig.objects.get()
    assert b"secret" not in bytes(row.record)
    row.key = "fido2_root_ca_certs"
    row.save()
    with pytest.raises(SecretUnreadable):
        application_config.values_of(application.id, row.key)


def test_values_survive_a_rotation(application: Application, settings: Settings) -> None:
    application_config.store(application.id, KEY, VALUES)
    before = bytes(ApplicationConfig.objects.get().record)
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = settings.MASTER_DB_ENCRYPTION_KEY
    settings.MASTER_DB_ENCRYPTION_KEY = OTHER_MASTER_KEY
    (column,) = (column for column in SEALED_COLUMNS if column.model is ApplicationConfig)
    assert rotate(column).rotated == 1
    assert bytes(ApplicationConfig.objects.get().record) != before
    assert application_config.values_of(application.id, KEY) == VALUES


@pytest.mark.parametrize(
    "values", [[], ["EC_P256"], ["EC_P384_ML_L5", "EC_P384"], list(ALGORITHM_NAMES)]
)
def test_algorithms_are_kept(application: Application, values: list[str]) -> None:
    assert application_config.store(application.id, ALGORITHMS, values).values == values
    expected = [name for name in ALGORITHM_NAMES if not values or name in values]
    assert list(supported_algorithms.configured(application.id)) == expected
    assert supported_algorithms.admits_version_3(application.id) is (
        not values or "EC_P256" in values
    )


@pytest.mark.parametrize(
    "values",
    [
        *(["ML_L3"], ["ML_L5"], ["EC_P384", "ML_L3"], ["ec_p384"], ["EC_P521"], [""]),
        *(["EC_P384", "EC_P384"], [None], [1], [True], [["EC_P384"]], [{}], ["EC_P384,EC_P256"]),
    ],
)
def test_algorithms_that_there_are_not(application: Application, values: list[Any]) -> None:
    application_config.store(application.id, ALGORITHMS, ["EC_P384"])
    assert_values_refused(application, ALGORITHMS, values)
    assert application_config.values_of(application.id, ALGORITHMS) == ["EC_P384"]


@pytest.mark.parametrize("values", [[], [True], [False], ["true"], ["false"]])
def test_a_switch_is_kept(application: Application, values: list[Any]) -> None:
    key = NO_DEVICE_KEY_BY_BIOMETRY
    assert application_config.store(application.id, key, values).values == values


@pytest.mark.parametrize(
    "values", [[True, True], ["true", "false"], [1], [0], [None], ["yes"], ["TRUE"], [[True]], [{}]]
)
def test_what_is_no_switch(application: Application, values: list[Any]) -> None:
    assert_values_refused(application, NO_DEVICE_KEY_BY_BIOMETRY, values)


def assert_values_refused(application: Application, key: str, values: list[Any]) -> None:
    with pytest.raises(EngineRefusal) as caught:
        application_config.store(application.id, key, values)
    assert caught.value.code is ErrorCode.INVALID_REQUEST
    assert caught.value.member == "values"


@pytest.mark.parametrize("values", [[{}], ["ML_L3"], ["EC_P384 "]])
def test_a_list_that_is_broken_allows_less_and_never_more(
    application: Application, values: list[Any]
) -> None:
    configure(application, ALGORITHMS, values)
    assert allowed_suites.of(application.id) == ()
    assert not supported_algorithms.admits_version_3(application.id)


def test_what_an_application_allows_is_read_by_one_statement(
    application: Application, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    application_config.store(application.id, ALGORITHMS, ["EC_P384"])
    allowed_suites.of(application.id)
    with django_assert_num_queries(1):
        assert allowed_suites.of(application.id) == (EC_P384,)
    with django_assert_num_queries(1):
        assert allowed_suites.of("another") == available_suites()


def test_a_change_counts_at_once_though_records_are_opened_once(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    application_config.store(application.id, ALGORITHMS, ["EC_P384"])
    assert allowed_suites.of(application.id) == (EC_P384,)
    opened: list[bytes] = []
    unseal = records.unseal

    def noting(record: bytes, place: Place) -> bytes:
        opened.append(record)
        return unseal(record, place)

    monkeypatch.setattr(records, "unseal", noting)
    allowed_suites.of(application.id)
    assert opened == []
    application_config.store(application.id, ALGORITHMS, ["EC_P256"])
    opened.clear()
    assert allowed_suites.of(application.id) == ()
    assert len(opened) == 1
    application_config.remove(application.id, ALGORITHMS)
    assert allowed_suites.of(application.id) == available_suites()


def test_the_audit_log_tells_of_values_that_are_no_secrets(application: Application) -> None:
    application_config.store(application.id, ALGORITHMS, ["EC_P384"])
    application_config.store(application.id, KEY, VALUES)
    told = audited.kind_named(APPLICATION_CONFIG).snapshot([application.id], lock=False)
    _, after = audited.difference(None, told)
    assert "EC_P384" in str(after)
    assert "top-secret" not in str(after)
