"""Settings that are wrong stop a command, and say which one it is."""

import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from enrollment_server.serving.banner import demo_banner, production_banner
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


GUNICORN = ("-m", "gunicorn", "--config", "python:enrollment_server.serving.gunicorn_conf")


def said_by(*arguments: str, environment: Mapping[str, str]) -> list[str]:
    """Run Python, which has to fail with status 1 and without a traceback; give what it said."""
    result = subprocess.run(  # noqa: S603
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **IN_MEMORY, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    return result.stderr.splitlines()


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"PORT": "eighty"}, "PORT must be a whole number."),
        ({"DEBUG": "perhaps"}, "DEBUG must be true or false."),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL."),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be one of console, json."),
        ({"ACTIVATION_SPAWN_RULES": "{"}, "ACTIVATION_SPAWN_RULES is not JSON."),
        ({"ACTIVATION_SPAWN_RULES": "{}"}, "ACTIVATION_SPAWN_RULES must be a JSON list."),
        (
            {"SECRET_KEY_FILE": "/nowhere/at/all"},
            "SECRET_KEY_FILE names a file that cannot be read (No such file or directory).",
        ),
        (
            {"MASTER_DB_ENCRYPTION_KEY_FILE": "/dev/null"},
            "MASTER_DB_ENCRYPTION_KEY_FILE names an empty file.",
        ),
        (
            {"DATABASE_URL": "sqlite:////proc/nowhere/bank.sqlite3"},
            "DATABASE_URL: /proc/nowhere cannot be made (No such file or directory).",
        ),
    ],
)
def test_wrong_setting_is_one_line(environment: dict[str, str], message: str) -> None:
    assert said_by("manage.py", "prune", environment=environment) == [message]


def test_missing_secret_is_one_line_even_where_make_run_has_made_one() -> None:
    said = said_by("manage.py", "serve", "--no-demo", environment={"SECRET_KEY": ""})
    assert said == ["SECRET_KEY is not set: give it 50 random characters."]


def test_secret_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(b"\xff\xfe\x00")
    (line,) = said_by("manage.py", "prune", environment={"SECRET_KEY_FILE": str(file)})
    assert line == "SECRET_KEY_FILE names a file that is not a text."


@pytest.mark.parametrize(
    "url",
    [
        "mysql://bank:hunter2@localhost/bank",
        "postgers://bank:hunter2@localhost/bank",
        "postgres://bank:hunter2@localhost:port/bank",
        "postgres://bank:hunter2@localhost",
        "postgres://bank:hunter2@[::1/bank",
        "hunter2",
    ],
)
def test_malformed_database_url_is_one_line_without_the_password(url: str) -> None:
    (line,) = said_by("manage.py", "check", environment={"DATABASE_URL": url})
    assert line.startswith("DATABASE_URL must be the URL of a PostgreSQL or SQLite database")
    assert "hunter2" not in line


@pytest.mark.parametrize(
    "command",
    [
        ("manage.py", "check"),
        ("manage.py", "migrate"),
        ("manage.py", "phone", "status"),
        ("manage.py", "serve", "--no-demo"),
        ("manage.py", "worker", "--once"),
        ("manage.py", "no_such_command"),
        ("-m", "enrollment_server.local", "serve"),
        (*GUNICORN, "enrollment_server.wsgi"),
    ],
)
def test_several_wrong_settings_are_a_line_each(command: tuple[str, ...]) -> None:
    environment = {"PORT": "eighty", "LOG_LEVEL": "LOUD", "WEB_THREADS": "many"}
    assert said_by(*command, environment=environment) == [
        "PORT must be a whole number.",
        "WEB_THREADS must be a whole number.",
        "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL.",
    ]


def test_gunicorn_does_not_start_with_a_value_out_of_range(tmp_path: Path) -> None:
    environment = {
        "POWERAUTH_SIGNATURE_LOOKAHEAD": "0",
        "FORM_TEXTS_LOCALE_DIR": "/nowhere/at/all",
        "TMPDIR": str(tmp_path),
    }
    assert said_by(*GUNICORN, "enrollment_server.wsgi", environment=environment) == [
        "POWERAUTH_SIGNATURE_LOOKAHEAD must be a whole number from 1 to 64. "
        "(enrollment_server.E001)",
        "FORM_TEXTS_LOCALE_DIR must name a folder. (enrollment_server.E180)",
    ]
    assert list(tmp_path.iterdir()) == []


def test_gunicorn_does_not_start_on_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {"HOST": "127.0.0.1", "PORT": str(port), "TMPDIR": str(tmp_path)}
        (line,) = said_by(*GUNICORN, "enrollment_server.wsgi", environment=environment)
    assert line.startswith(f"Cannot listen on 127.0.0.1:{port}: Address already in use.")
    assert "PORT" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        ("prune",),
        ("migrate",),
        ("createsuperuser", "--noinput", "--username", "a", "--email", "a@bank.example"),
        ("create_integration", "bank"),
        ("verify_audit",),
        ("serve", "--no-demo"),
    ],
)
def test_database_that_is_down_is_one_line(command: tuple[str, ...]) -> None:
    environment = {"DATABASE_URL": "postgres://bank:hunter2@127.0.0.1:1/bank", "PORT": "0"}
    lines = said_by("manage.py", *command, environment=environment)
    assert lines[-1] == (
        "The database bank at 127.0.0.1:1 cannot be used (OperationalError): look at DATABASE_URL."
    )
    assert "hunter2" not in "".join(lines)


def test_database_without_tables_is_one_line(tmp_path: Path) -> None:
    database = tmp_path / "bank.sqlite3"
    environment = {"DATABASE_URL": f"sqlite:///{database}"}
    assert said_by("manage.py", "create_integration", "bank", environment=environment) == [
        f"The tables of the database {database} are not up to date: run manage.py migrate."
    ]


def test_traceback_is_shown_to_whoever_asks_for_it() -> None:
    result = manage("prune", "--traceback", environment={**IN_MEMORY, "PORT": "eighty"})
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_help_needs_no_settings() -> None:
    result = manage("help", environment={**IN_MEMORY, "PORT": "eighty"})
    assert result.returncode == 0
    assert "Available subcommands" in result.stdout


def test_version_is_the_one_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    result = manage("--version", environment=IN_MEMORY)
    assert result.stdout == f"{project['version']}\n"
    for banner in (production_banner(""), demo_banner("", None)):
        assert banner.splitlines()[0].startswith(f"Enrollment Server {project['version']}")


def test_demo_server_says_how_phones_ring(settings: Settings) -> None:
    assert "Phones ring:      `make stand-in`" in demo_banner("", None)
    settings.FCM_URL = "https://127.0.0.1:8092"
    assert "Phones ring:      by the stand-in at https://127.0.0.1:8092" in demo_banner("", None)
    settings.PUSH_SERVICE_URL = "https://push.bank.example"
    assert "Phones ring" not in demo_banner("", None)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"SECTIONS": "mobile,mobil"}, "enrollment_server.E018"),
        ({"POWERAUTH_SERVICE_URL": "127.0.0.1:1/rest"}, "enrollment_server.E015"),
        ({"PUSH_SERVICE_URL": "127.0.0.1:1/push"}, "enrollment_server.E016"),
    ],
)
def test_setting_out_of_range_is_loud(environment: dict[str, str], message: str) -> None:
    result = manage("check", environment={**IN_MEMORY, **environment})
    assert result.returncode != 0
    assert message in result.stderr
    assert result.stdout == ""
