"""`check --deploy` names what is fit for a trial only, and is silent about a good deployment."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from enrollment_server.checks import check_settings
from enrollment_server.deployment_checks import check_deployment
from powerauth.checks.callbacks import check_callbacks
from powerauth.engine.callbacks.callback_authentication import Authentication, Certificate, OAuth2
from powerauth.models import Callback
from tests.callbacks.events import make_callback
from tests.house.commands import manage

SOUND = {
    "CALLBACK_ALLOWED_HOSTS": ["callbacks.bank.example"],
    "INTEGRATION_AUTH_REQUIRED": True,
    "POWERAUTH_MINIMUM_PROTOCOL_VERSION": "3.1",
    "SESSION_COOKIE_SECURE": True,
}


@pytest.fixture
def sound(settings: Settings) -> Settings:
    """Settings that nothing is to be said about."""
    for name, value in SOUND.items():
        setattr(settings, name, value)
    return settings


def found() -> list[str]:
    return [str(one.id).removeprefix("enrollment_server.") for one in check_deployment(None)]


def test_nothing_is_said_about_sound_settings(sound: Settings) -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("warning", "name", "value"),
    [
        ("W001", "MASTER_DB_ENCRYPTION_KEY", ""),
        ("W027", "MASTER_DB_ENCRYPTION_READ_PLAIN", True),
        ("W003", "ALLOWED_HOSTS", ["bank.example", "*"]),
        ("W004", "SESSION_COOKIE_SECURE", False),
        ("W006", "CALLBACK_ALLOWED_HOSTS", []),
        ("W026", "POWERAUTH_MINIMUM_PROTOCOL_VERSION", "3.0"),
        ("W008", "METRICS_ALLOWED", ["127.0.0.1", "::/0"]),
        ("W009", "TRUSTED_PROXIES", ["0.0.0.0/0"]),
    ],
)
def test_setting_of_a_trial_is_a_warning(
    sound: Settings, warning: str, name: str, value: Any
) -> None:
    setattr(sound, name, value)
    assert found() == [warning]


def test_cookies_matter_where_the_admin_is_published(sound: Settings) -> None:
    sound.SESSION_COOKIE_SECURE = False
    sound.SECTIONS = ["mobile", "integration"]
    assert found() == []


@pytest.mark.parametrize(
    ("host", "warned"),
    [("127.0.0.1", False), ("::1", False), ("192.168.1.2", True), ("bank", True)],
)
def test_open_integration_api_is_a_warning_outside_loopback(
    sound: Settings, host: str, warned: bool
) -> None:
    sound.HOST = host
    sound.INTEGRATION_AUTH_REQUIRED = False
    assert found() == (["W002"] if warned else [])
    sound.INTEGRATION_AUTH_REQUIRED = True
    assert found() == []


@pytest.mark.parametrize("server", ["POWERAUTH_SERVICE", "PUSH_SERVICE"])
@pytest.mark.parametrize(
    ("url", "username", "warned"),
    [
        ("http://server.bank.example/rest", "integration", True),
        ("http://10.0.0.7:8080/rest", "integration", True),
        ("http://server.bank.example/rest", "", False),
        ("https://server.bank.example/rest", "integration", False),
        ("http://127.0.0.1:8080/rest", "integration", False),
        ("http://[::1]/rest", "integration", False),
        ("http://localhost/rest", "integration", False),
        ("", "integration", False),
    ],
)
def test_credentials_for_another_machine_in_plain_form_are_a_warning(
    sound: Settings, server: str, url: str, username: str, warned: bool
) -> None:
    setattr(sound, f"{server}_URL", url)
    setattr(sound, f"{server}_USERNAME", username)
    assert found() == (["W033"] if warned else [])
    assert all(server in message.msg for message in check_deployment(None))


def test_redirects_to_https_need_a_proxy_that_says_what_came_by_it(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert [error.id for error in check_settings(None)] == ["enrollment_server.E144"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert check_settings(None) == []


@pytest.mark.parametrize(
    ("url", "token_uri", "warned"),
    [
        ("https://callbacks.bank.example/a", None, False),
        ("http://127.0.0.1:9000/a", None, False),
        ("http://localhost/a", "https://login.bank.example/token", False),
        ("http://callbacks.bank.example/a", None, True),
        ("http://10.0.0.7/a", None, True),
        ("https://callbacks.bank.example/a", "http://login.bank.example/token", True),
    ],
)
def test_callback_by_http_to_another_machine_is_a_warning(
    db: None, url: str, token_uri: str | None, warned: bool
) -> None:
    oauth2 = OAuth2(
        enabled=token_uri is not None, token_uri=token_uri, client_id="bank", client_secret="bank"
    )
    callback = make_callback(url, authentication=Authentication(oauth2=oauth2))
    messages = check_callbacks(None)
    assert [message.id for message in messages] == (["enrollment_server.W007"] if warned else [])
    assert all(str(callback.pk) in message.msg for message in messages)
    Callback.objects.update(enabled=False)
    assert check_callbacks(None) == []


def test_store_that_a_callback_cannot_use_is_a_warning(
    db: None, settings: Settings, tmp_path: Path
) -> None:
    stores = Certificate(
        enabled=True,
        use_custom_key_store=True,
        key_store_location=f"{tmp_path}/stores/client.p12",
        use_custom_trust_store=True,
        trust_store_location="trusted.pem",
    )
    make_callback("https://bank.example/", authentication=Authentication(certificate=stores))
    messages = check_callbacks(None)
    assert [message.id for message in messages] == ["enrollment_server.W023"] * 2
    assert all("CALLBACK_FILES_DIR is not set" in message.msg for message in messages)
    (tmp_path / "stores").mkdir()
    for name in ("client.p12", "trusted.pem"):
        (tmp_path / "stores" / name).touch()
    settings.CALLBACK_FILES_DIR = str(tmp_path / "stores")
    assert check_callbacks(None) == []


def test_all_of_a_trial_is_named() -> None:
    environment = {
        "DEBUG": "true",
        "HOST": "0.0.0.0",  # noqa: S104
        "ALLOWED_HOSTS": "*",
        "SECRET_KEY": "short",
        "MASTER_DB_ENCRYPTION_KEY": "",
        "DATABASE_URL": "sqlite:///:memory:",
    }
    result = manage("check", "--deploy", "--fail-level", "WARNING", environment=environment)
    assert result.returncode == 1
    for name in (
        *("DEBUG", "ALLOWED_HOSTS", "SECRET_KEY", "SECURE_COOKIES", "DATABASE_URL"),
        *("CALLBACK_ALLOWED_HOSTS", "MASTER_DB_ENCRYPTION_KEY", "INTEGRATION_AUTH_REQUIRED"),
        *("POWERAUTH_MINIMUM_PROTOCOL_VERSION",),
        *("SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT"),
    ):
        assert name in result.stderr
    assert "enrollment_server.W005" in result.stderr
    assert "could not be looked at" in result.stderr
