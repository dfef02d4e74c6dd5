"""Settings of logins that belong together, and what is fit for a trial only."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from enrollment_server import settings as defaults
from enrollment_server.staff.checks import check_login, check_login_of_deployment

PROVIDER = {
    "STAFF_OIDC_ISSUER": "https://login.bank.example",
    "STAFF_OIDC_CLIENT_ID": "enrollment-server",
    "STAFF_OIDC_CLIENT_SECRET": "secret-of-the-client",
    "STAFF_OIDC_GROUPS": ["bank-clerks=clerk", "cn=admins,dc=bank=administrator"],
}


@pytest.fixture
def sound(settings: Settings) -> Settings:
    for name, value in PROVIDER.items():
        setattr(settings, name, value)
    return settings


def test_a_configured_provider_is_fine(sound: Settings) -> None:
    assert check_login(None) == []
    sound.STAFF_PASSWORD_LOGIN = False
    assert check_login(None) == []


@pytest.mark.parametrize(
    ("identifier", "values"),
    [
        ("E135", {"STAFF_OIDC_ISSUER": "http://login.bank.example"}),
        ("E135", {"STAFF_OIDC_CLIENT_ID": ""}),
        ("E135", {"STAFF_OIDC_CLIENT_SECRET": ""}),
        ("E135", {"STAFF_OIDC_CLIENT_AUTHENTICATION": "none"}),
        ("E135", {"STAFF_OIDC_ALGORITHM": "HS256"}),
        ("E135", {"STAFF_OIDC_TOKEN_URL": "http://login.bank.example/token"}),
        ("E135", {"STAFF_OIDC_AUTHORIZE_URL": "http://login.bank.example/authorize"}),
        ("E135", {"STAFF_OIDC_SCOPES": ["profile"]}),
        ("E136", {"STAFF_OIDC_GROUPS": ["bank-clerks"]}),
        ("E136", {"STAFF_OIDC_GROUPS": ["=clerk"]}),
        ("E136", {"STAFF_OIDC_GROUPS": []}),
        ("E137", {"STAFF_OIDC_ISSUER": "", "STAFF_PASSWORD_LOGIN": False}),
        ("E138", {"STAFF_SESSION_IDLE_S": 3600, "STAFF_SESSION_MAX_S": 1800}),
    ],
)
def test_what_lets_nobody_in_or_the_wrong_ones_is_an_error(
    sound: Settings, identifier: str, values: dict[str, Any]
) -> None:
    for name, value in values.items():
        setattr(sound, name, value)
    (error,) = check_login(None)
    assert error.id == f"enrollment_server.{identifier}" and error.is_serious()
    assert "secret-of-the-client" not in error.msg


@pytest.mark.parametrize(
    ("identifier", "name", "value"),
    [
        ("W030", "STAFF_SECOND_FACTOR", "optional"),
        ("W031", "STAFF_OIDC_SUPERUSER_GROUP", "bank-roots"),
    ],
)
def test_what_is_fit_for_a_trial_is_a_warning(
    sound: Settings, identifier: str, name: str, value: str
) -> None:
    sound.STAFF_SECOND_FACTOR = "password"
    assert check_login_of_deployment(None) == []
    setattr(sound, name, value)
    (warning,) = check_login_of_deployment(None)
    assert warning.id == f"enrollment_server.{identifier}"
    sound.SECTIONS = ["mobile"]
    assert check_login_of_deployment(None) == []


def test_no_provider_makes_superusers_by_default() -> None:
    assert defaults.STAFF_OIDC_SUPERUSER_GROUP == ""
