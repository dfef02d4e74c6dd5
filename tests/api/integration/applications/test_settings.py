"""Roles and configuration of applications over HTTP, and whose an application key is."""

from typing import Any

import pytest
import requests

from powerauth.engine.applications import application_config, application_roles, applications
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Application, ApplicationConfig, ApplicationVersion
from powerauth.phone.phone import Phone
from tests.api.integration.back_end import ok, post, refused
from tests.bank import Bank

pytestmark = pytest.mark.django_db

CHANGES = ["create", "update", "remove"]
KEYS = [
    "fido2_attestation_fmt_allowed",
    "fido2_aaguids_allowed",
    "fido2_root_ca_certs",
    "oauth2_providers",
]
KEY = KEYS[3]


@pytest.mark.main_path
def test_key_of_a_version_tells_its_application(http: requests.Session) -> None:
    for application_id in "ab":
        applications.create(application_id)
    version = ApplicationVersion.objects.get(application="b")
    for supported in (True, False):
        applications.set_supported("b", "default", supported=supported)

        answer = ok(http, "application/detail/version", applicationKey=version.application_key)

        assert answer == {"applicationId": "b"}


@pytest.mark.parametrize(
    ("application_key", "code"),
    [(None, "ERR0024"), ("", "ERR0015"), ("w4+hAeogFLTZjcSjPwbG2g==", "ERR0015")],
)
def test_key_of_no_version(
    http: requests.Session, bank: Bank, application_key: str | None, code: str
) -> None:
    assert refused(http, "application/detail/version", applicationKey=application_key) == code


@pytest.mark.main_path
def test_roles_are_added_replaced_and_removed(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    other = applications.create("other")
    steps = [
        ("create", ["B", "A", "B"], ["A", "B"]),
        ("create", ["C", "A"], ["A", "B", "C"]),
        ("update", ["Z", "Y", "Z"], ["Y", "Z"]),
        ("remove", ["Z", "unknown"], ["Y"]),
        ("remove", ["Y"], []),
    ]
    of_bank = {"applicationId": bank.application.id}
    for method, given, expected in steps:
        answer = ok(http, f"application/roles/{method}", **of_bank, applicationRoles=given)

        assert answer == {**of_bank, "applicationRoles": expected}
        assert ok(http, "application/roles/list", **of_bank) == answer
        status = ok(http, "activation/status", activationId=alice.activation_id)
        assert status["applicationRoles"] == expected
        assert Application.objects.get(id=bank.application.id).roles == expected
    other.refresh_from_db()
    assert other.roles == []


@pytest.mark.parametrize("method", CHANGES)
@pytest.mark.parametrize("roles", [None, [], [""], ["A", ""], ["r" * 256], ["A", None]])
def test_change_needs_roles(
    http: requests.Session, method: str, roles: list[str | None] | None
) -> None:
    applications.create("a")
    application_roles.add("a", ["A"])
    members = {"applicationId": "a", "applicationRoles": roles}

    assert refused(http, f"application/roles/{method}", **members) == "ERR0024"
    assert Application.objects.get().roles == ["A"]


@pytest.mark.parametrize("method", [*CHANGES, "list"])
@pytest.mark.parametrize(
    ("application_id", "code"), [(None, "ERR0024"), ("", "ERR0015"), ("b", "ERR0015")]
)
def test_roles_of_no_application(
    http: requests.Session, method: str, application_id: str | None, code: str
) -> None:
    applications.create("a")
    members = {"applicationId": application_id, "applicationRoles": ["A"]}

    assert refused(http, f"application/roles/{method}", **members) == code
    assert Application.objects.get().roles == []


def test_roles_as_long_as_identifiers(http: requests.Session) -> None:
    applications.create("a")
    members = {"applicationId": "a", "applicationRoles": ["r" * 255]}

    assert ok(http, "application/roles/create", **members) == members


@pytest.mark.main_path
@pytest.mark.parametrize("key", KEYS)
def test_configuration_is_set_read_and_deleted(http: requests.Session, key: str) -> None:
    applications.create("a")
    applications.create("b")
    values: list[Any] = ["text", 1.5, {"nested": [True, None]}, []]
    for given in (values, []):
        entry = {"key": key, "values": given}

        answer = ok(http, "application/config/create", applicationId="a", **entry)

        assert answer == {"applicationId": "a", **entry}
        assert ok(http, "application/config/detail", applicationId="a") == {
            "applicationId": "a",
            "applicationConfigs": [entry],
        }
    application_config.store("b", key, ["kept"])
    for _ in range(2):
        members = {"applicationId": "a", "key": key}
        assert post(http, "application/config/remove", members).json() == {"status": "OK"}
    assert ok(http, "application/config/detail", applicationId="a")["applicationConfigs"] == []
    assert application_config.values_of("b", key) == ["kept"]


def test_configuration_is_listed_by_key(http: requests.Session) -> None:
    applications.create("a")
    for key in reversed(KEYS):
        application_config.store("a", key, [key])

    answer = ok(http, "application/config/detail", applicationId="a")

    assert answer["applicationConfigs"] == [{"key": key, "values": [key]} for key in sorted(KEYS)]


def test_configuration_of_an_unknown_application_is_empty(http: requests.Session) -> None:
    assert ok(http, "application/config/detail", applicationId="nowhere") == {
        "applicationId": "nowhere",
        "applicationConfigs": [],
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"applicationId": None}, "ERR0024"),
        ({"applicationId": "b"}, "ERR0015"),
        ({"key": None}, "ERR0024"),
        ({"key": "other"}, "ERR0024"),
        ({"key": KEY.upper()}, "ERR0024"),
        ({"values": None}, "ERR0024"),
        ({"values": [None]}, "ERR0024"),
        ({"values": "text"}, "ERROR_HTTP_REQUEST"),
        ({"values": {}}, "ERROR_HTTP_REQUEST"),
    ],
)
def test_configuration_refused(
    http: requests.Session, changed: dict[str, object], code: str
) -> None:
    applications.create("a")
    members = {"applicationId": "a", "key": KEY, "values": ["x"], **changed}

    assert refused(http, "application/config/create", **members) == code
    assert not ApplicationConfig.objects.exists()


@pytest.mark.parametrize(
    ("application_id", "key"), [(None, KEY), ("a", None), ("a", "other"), ("a", "")]
)
def test_deletion_of_configuration_refused(
    http: requests.Session, application_id: str | None, key: str | None
) -> None:
    applications.create("a")
    application_config.store("a", KEY, ["x"])
    members = {"applicationId": application_id, "key": key}

    assert refused(http, "application/config/remove", **members) == "ERR0024"
    assert application_config.values_of("a", KEY) == ["x"]


def test_configuration_of_no_application(http: requests.Session) -> None:
    assert refused(http, "application/config/detail", applicationId=None) == "ERR0024"


def test_roles_without_http() -> None:
    applications.create("a")
    assert application_roles.add("a", {"B", "A"}).roles == ["A", "B"]
    with pytest.raises(EngineRefusal) as refusal:
        application_roles.replace("b", ["A"])
    assert refusal.value.code is ErrorCode.APPLICATION_NOT_FOUND
