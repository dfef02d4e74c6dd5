"""Secrets of a local server: made once, readable by their owner only."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from enrollment_server import local
from enrollment_server.local import is_loopback, prepare, private_file, serves_here
from tests.house.commands import ROOT

MAKE_ONE = """
import secrets, sys
from pathlib import Path
from enrollment_server.local import private_file
print(private_file(Path(sys.argv[1]), lambda: secrets.token_hex(16)))
"""


def test_private_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "below" / "secret"
    assert private_file(path, lambda: "first\n") == "first"
    assert private_file(path, lambda: "second") == "first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret"]


def test_processes_that_start_together_agree_on_a_secret(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE_ONE, str(tmp_path / "secret")]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(6)
    ]
    values = {process.communicate(timeout=60)[0] for process in processes}
    assert len(values) == 1
    assert len(values.pop().strip()) == 32


def test_local_server_gets_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "VAR", tmp_path)
    first: dict[str, str] = {}
    second: dict[str, str] = {"SECRET_KEY": ""}
    prepare(first)
    prepare(second)
    assert first == second
    assert len(first["SECRET_KEY"]) >= 50
    assert first["INTEGRATION_AUTH_REQUIRED"] == "false"
    assert "ALLOWED_HOSTS" not in first


def test_no_place_for_secrets_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(local, "VAR", tmp_path / "file")
    with pytest.raises(SystemExit, match=r"^SECRET_KEY is not set, and \S+ cannot be used .*\.$"):
        prepare({})


def test_environment_wins_over_what_is_generated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "VAR", tmp_path)
    given = {
        "DJANGO_SETTINGS_MODULE": "bank.settings",
        "SECRET_KEY": "own",
        "MASTER_DB_ENCRYPTION_KEY": "",
        "INTEGRATION_AUTH_REQUIRED": "true",
        "STAFF_SECOND_FACTOR": "always",
    }
    environment = dict(given)
    prepare(environment)
    assert environment == given
    assert list(tmp_path.iterdir()) == []


def test_integration_api_is_not_opened_to_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "VAR", tmp_path)
    environment = {"HOST": "192.168.1.2"}
    prepare(environment)
    assert "INTEGRATION_AUTH_REQUIRED" not in environment


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("192.168.1.2", False),
        ("bank.example", False),
    ],
)
def test_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_commands_share_the_secrets_of_a_server_that_make_run_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "VAR", tmp_path)
    assert not serves_here(["create_integration", "bank"], {})
    assert serves_here(["phone", "status"], {})
    (tmp_path / "secret_key").write_text("generated")
    assert serves_here(["create_integration", "bank"], {})
    assert not serves_here(["create_integration", "bank"], {"SECRET_KEY": "own"})
    assert not serves_here(["create_integration", "bank"], {"SECRET_KEY_FILE": "own"})


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"SECRET_KEY": ""},
        {"SECRET_KEY": "own"},
        {"SECRET_KEY_FILE": "own"},
        {"SECRET_KEY": "own", "MASTER_DB_ENCRYPTION_KEY": "own"},
        {"MASTER_DB_ENCRYPTION_KEY": "own"},
        {"MASTER_DB_ENCRYPTION_KEY_FILE": "own"},
        {"MASTER_DB_ENCRYPTION_KEY": ""},
    ],
)
def test_commands_and_the_server_of_make_run_come_to_the_same_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    monkeypatch.setattr(local, "VAR", tmp_path)
    prepare({})
    server, command = dict(environment), dict(environment)
    prepare(server)
    if serves_here(["create_integration", "bank"], command):
        prepare(command)
    names = ("SECRET_KEY", "MASTER_DB_ENCRYPTION_KEY", "MASTER_DB_ENCRYPTION_KEY_FILE")
    assert [server.get(name) for name in names] == [command.get(name) for name in names]


def test_an_environment_brings_all_secrets_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "VAR", tmp_path)
    for name in ("SECRET_KEY", "SECRET_KEY_FILE"):
        environment = {name: "own"}
        prepare(environment)
        assert "MASTER_DB_ENCRYPTION_KEY" not in environment
    assert list(tmp_path.iterdir()) == []


def test_a_production_server_never_gets_generated_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "VAR", tmp_path)
    (tmp_path / "secret_key").write_text("generated")
    assert not serves_here(["serve", "--no-demo"], {})
