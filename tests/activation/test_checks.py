"""The system checks of this app: each wrong setting says what is wrong with it."""

from typing import Any

import pytest
from django.core import checks
from pytest_django import Settings

from activation.checks import check_deployment, check_settings
from tests.house.commands import manage

HOOKS = "tests.api.activation.hooks"
IN_MEMORY = {"DATABASE_URL": "sqlite:///:memory:"}
RULES = '[{"source":"a","requested":"b","destination":"c"}]'


def test_defaults_are_sound() -> None:
    assert check_settings(None) == []
    assert check_deployment(None) == []


@pytest.mark.parametrize(
    ("number", "setting", "value", "text"),
    [
        ("E001", "ACTIVATION_SPAWN_MIN_OTP_LENGTH", 0, "from 1 to 128"),
        ("E001", "ACTIVATION_SPAWN_MIN_OTP_LENGTH", 129, "from 1 to 128"),
        ("E002", "ACTIVATION_SPAWN_RULES", [{}], "'source' of rule 1 is not a text"),
        ("E003", "ACTIVATION_SPAWN_HOOK", "nowhere.at.all", "cannot be imported"),
        ("E003", "ACTIVATION_SPAWN_HOOK", "hook", "cannot be imported"),
        ("E003", "ACTIVATION_SPAWN_HOOK", f"{HOOKS}.WithArguments", "and called"),
        ("E003", "ACTIVATION_SPAWN_HOOK", f"{HOOKS}.asked", "and called"),
        ("E003", "ACTIVATION_SPAWN_HOOK", f"{HOOKS}.Incomplete", "flags_to_add, after_success"),
    ],
)
def test_wrong_settings(
    settings: Settings, number: str, setting: str, value: Any, text: str
) -> None:
    setattr(settings, setting, value)
    (message,) = check_settings(None)
    assert (message.id, message.level) == (f"activation.{number}", checks.ERROR)
    assert message.msg.startswith(setting)
    assert text in message.msg


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("ACTIVATION_SPAWN_MIN_OTP_LENGTH", 1),
        ("ACTIVATION_SPAWN_MIN_OTP_LENGTH", 128),
        ("ACTIVATION_SPAWN_HOOK", f"{HOOKS}.Recording"),
        ("ACTIVATION_SPAWN_HOOK", f"{HOOKS}.make"),
    ],
)
def test_sound_settings(settings: Settings, setting: str, value: Any) -> None:
    setattr(settings, setting, value)
    assert check_settings(None) == []


@pytest.mark.parametrize(
    ("enabled", "required", "warned"),
    [(True, False, True), (True, True, False), (False, False, False)],
)
def test_a_deployment_is_warned_of_plain_requests(
    settings: Settings, enabled: bool, required: bool, warned: bool
) -> None:
    settings.ACTIVATION_SPAWN_ENABLED = enabled
    settings.ACTIVATION_SPAWN_REQUIRE_ENCRYPTION = required
    found = [message.id for message in check_deployment(None)]
    assert found == (["activation.W001"] if warned else [])


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"ACTIVATION_SPAWN_RULES": "["}, "ACTIVATION_SPAWN_RULES is not JSON"),
        ({"ACTIVATION_SPAWN_RULES": "{}"}, "ACTIVATION_SPAWN_RULES must be a JSON list"),
        ({"ACTIVATION_SPAWN_RULES": "[1]"}, "activation.E002"),
        ({"ACTIVATION_SPAWN_HOOK": "no.such.hook"}, "activation.E003"),
        ({"ACTIVATION_SPAWN_ENABLED": "perhaps"}, "ACTIVATION_SPAWN_ENABLED must be true or false"),
    ],
)
def test_a_wrong_setting_stops_the_start(environment: dict[str, str], message: str) -> None:
    result = manage("check", environment={**IN_MEMORY, **environment})
    assert result.returncode != 0
    assert message in result.stderr


def test_the_checks_are_registered() -> None:
    environment = {
        **IN_MEMORY,
        "ACTIVATION_SPAWN_ENABLED": "true",
        "ACTIVATION_SPAWN_RULES": RULES,
        "ACTIVATION_SPAWN_HOOK": f"{HOOKS}.Recording",
    }
    result = manage("check", "--deploy", environment=environment)
    assert "activation.W001" in result.stderr
    assert "activation.E" not in result.stderr
