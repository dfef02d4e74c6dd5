"""Settings that are wrong stop a command, and say which one it is."""

import os
import subprocess
import sys

import pytest

from tests.house.commands import ROOT, manage

IN_MEMORY = {"DATABASE_URL": "sqlite:///:memory:"}


def test_no_server_starts_without_a_secret() -> None:
    result = subprocess.run(
        [sys.executable, "-c", "import enrollment_server.wsgi"],
        cwd=ROOT,
        env={
            **os.environ,
            **IN_MEMORY,
            "DJANGO_SETTINGS_MODULE": "enrollment_server.settings",
            "SECRET_KEY": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert "SECRET_KEY is not set" in result.stderr


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"PORT": "eighty"}, "PORT must be a whole number"),
        ({"DEBUG": "perhaps"}, "DEBUG must be true or false"),
        ({"DATABASE_URL": "mysql://localhost/bank"}, "DATABASE_URL must name a PostgreSQL or"),
        ({"SECRET_KEY_FILE": "/nowhere/at/all"}, "SECRET_KEY_FILE names a file"),
        ({"SECTIONS": "mobile,mobil"}, "enrollment_server.E018"),
        ({"POWERAUTH_SERVICE_URL": "http://127.0.0.1:1/rest"}, "enrollment_server.E015"),
        ({"PUSH_SERVICE_URL": "http://127.0.0.1:1"}, "enrollment_server.E016"),
    ],
)
def test_wrong_setting_is_loud(environment: dict[str, str], message: str) -> None:
    result = manage("check", environment={**IN_MEMORY, **environment})
    assert result.returncode != 0
    assert message in result.stderr
    assert result.stdout == ""
