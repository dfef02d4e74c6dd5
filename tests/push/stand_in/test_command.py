"""`manage.py push_stand_in`, as another process sees and steers it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from push.management.commands.push_stand_in import SETTINGS_FILE
from push.providers.transport.tls import tls_context
from push.providers.values import Outcome, Result, Settings
from push.stand_in import accounts
from tests.house.commands import ROOT
from tests.push.providers.sending import APNS_TOKEN, FCM_TOKEN, HMS_TOKEN, send

pytestmark = pytest.mark.processes


@contextmanager
def _started(folder: Path, *arguments: str) -> Iterator[dict[str, str]]:
    """Start it; give the settings that it prints."""
    command = [sys.executable, "manage.py", "push_stand_in", "--folder", str(folder), *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            yield dict(line.strip().split("=", 1) for line in _settings(lines))
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


def test_phones_are_shown_as_they_ring(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "push_stand_in", "--folder", str(tmp_path), "--show"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        printed = dict(line.strip().split("=", 1) for line in _settings(lines))
        kept = (tmp_path / SETTINGS_FILE).read_text().splitlines()
        assert dict(line.split("=", 1) for line in kept) == printed
        sent = send(accounts.kept(tmp_path).apns, _as_settings(printed), APNS_TOKEN)
        assert sent.outcome is Outcome.SENT
        (shown,) = [line for line in islice(lines, 2) if not line.startswith("#")]
        process.send_signal(signal.SIGTERM)
    assert shown.startswith(f"apns {APNS_TOKEN[:12]} ")
    assert APNS_TOKEN not in shown


def _settings(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith("#"):
            return
        yield line


def _as_settings(printed: dict[str, str]) -> Settings:
    return Settings(
        apns_url=printed["APNS_URL"],
        apns_development_url=printed["APNS_DEVELOPMENT_URL"],
        fcm_url=printed["FCM_URL"],
        fcm_token_url=printed["FCM_TOKEN_URL"],
        hms_url=printed["HMS_URL"],
        hms_token_url=printed["HMS_TOKEN_URL"],
        ca_file=printed["PUSH_CA_FILE"],
    )


def test_other_processes_send_look_and_let_it_fail(tmp_path: Path) -> None:
    folder = tmp_path / "stand-in"
    with _started(folder, "--latency", "1") as printed:
        settings = _as_settings(printed)
        kept = accounts.kept(folder)

        def ask(method: str, path: str, **json_: Any) -> Any:
            with httpx.Client(verify=tls_context(settings.ca_file)) as client:
                body = json.dumps(json_) if json_ else None
                answer = client.request(method, f"{settings.fcm_url}/stand-in/{path}", content=body)
                assert answer.status_code == 200, answer.text
                return answer.json()

        assert send(kept.apns, settings, APNS_TOKEN).outcome is Outcome.SENT
        assert send(kept.fcm, settings, FCM_TOKEN).outcome is Outcome.SENT
        assert send(kept.hms, settings, HMS_TOKEN).outcome is Outcome.SENT
        found = ask("GET", "messages")
        assert [each["provider"] for each in found["messages"]] == ["apns", "fcm", "hms"]
        assert found["count"] == 3
        (only,) = ask("GET", f"messages?after=1&token={FCM_TOKEN}")["messages"]
        assert (only["number"], only["token"]) == (2, FCM_TOKEN)

        ask("POST", "faults", provider="fcm", reason="UNREGISTERED", token=FCM_TOKEN, times=1)
        assert send(kept.fcm, settings, FCM_TOKEN).token_is_dead
        assert send(kept.fcm, settings, FCM_TOKEN).outcome is Outcome.SENT
        ask("POST", "faults", provider="hms", status=503, headers={"retry-after": "5"}, body="x")
        assert send(kept.hms, settings, HMS_TOKEN).retry_after is not None
        ask("POST", "faults", provider="apns", kind="reset")
        lost = Result(outcome=Outcome.PENDING, reason="ConnectionLost")
        assert send(kept.apns, settings, APNS_TOKEN) == lost
        ask("DELETE", "faults")
        ask("DELETE", "messages")
        ask("POST", "latency", seconds=0)
        assert send(kept.apns, settings, APNS_TOKEN).outcome is Outcome.SENT
        assert ask("GET", "messages")["messages"][0]["payload"]["aps"]["alert"]["title"]


def test_credentials_outlive_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        with _started(tmp_path) as printed:
            kept = accounts.kept(tmp_path)
            assert send(kept.apns, _as_settings(printed), APNS_TOKEN).outcome is Outcome.SENT
    assert (tmp_path / accounts.FILE).stat().st_mode & 0o077 == 0
    assert (tmp_path / "server.pem").stat().st_mode & 0o077 == 0
