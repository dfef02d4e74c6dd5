"""`manage.py serve`, run as people run it: in a process of its own, on a port of its own."""

import os
import re
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from enrollment_server.demo.own_server import (
    OwnServer,
    ServerFailed,
    await_readyz,
    new_session,
    own_server,
)
from tests.house.commands import ROOT, manage

PRODUCTION = ("--no-demo",)


def database(folder: Path, name: str = "database") -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{folder}/{name}.sqlite3", "WEB_PROCESSES": "1"}


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with new_session() as session:
        yield session


def root_of(server: OwnServer) -> str:
    return server.url.removesuffix("/enrollment-server")


def applications(server: OwnServer, http: requests.Session) -> set[str]:
    response = http.post(f"{server.url}/rest/v3/application/list", json={"requestObject": {}})
    return {item["applicationId"] for item in response.json()["responseObject"]["applications"]}


def test_demo_server_is_ready_at_root_and_below_the_context(
    tmp_path: Path, http: requests.Session
) -> None:
    with own_server(database(tmp_path), arguments=("--no-admin",)) as server:
        await_readyz(server.url, http)
        for base in (server.url, root_of(server)):
            assert http.get(f"{base}/readyz").json() == {"status": "UP"}
            assert http.get(f"{base}/livez").json() == {"status": "UP"}
            assert http.post(f"{base}/pa/v3/status", json={}).json()["status"] == "OK"
        assert applications(server, http) == {"demo-bank"}
        assert http.get(f"{server.url}/metrics").status_code == 404
        metrics = http.get(f"{root_of(server)}/metrics")
        assert metrics.headers["Content-Type"].startswith("text/plain")
        assert re.search(
            r'http_requests_total\{method="POST",route="pa/v3/status",status="200"\} 2\.0',
            metrics.text,
        )
        assert metrics.text.count("enrollment_server_build{") == 1
        said = "\n".join(server.output)
        assert "Integration API:  open on loopback (INTEGRATION_AUTH_REQUIRED=false)" in said
        assert "password" not in said
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(30) == 0


def test_probe_says_when_the_tables_are_missing(tmp_path: Path, http: requests.Session) -> None:
    environment = database(tmp_path)
    with own_server(environment, arguments=PRODUCTION) as server:
        assert any("not up to date" in line for line in server.output)
        missing = http.get(f"{server.url}/readyz")
        assert (missing.status_code, missing.json()) == (503, {"status": "DOWN"})
        assert http.get(f"{server.url}/livez").status_code == 200
        assert manage("migrate", environment=environment).returncode == 0
        assert http.get(f"{server.url}/readyz").status_code == 200
        assert applications(server, http) == set()


def test_second_start_keeps_what_people_did(tmp_path: Path, http: requests.Session) -> None:
    environment = database(tmp_path)
    with own_server(environment, arguments=("--no-admin",)) as server:
        http.post(
            f"{server.url}/rest/v3/application/create",
            json={"requestObject": {"applicationId": "mine"}},
        )
    with own_server(environment, arguments=("--no-admin",)) as server:
        assert applications(server, http) == {"demo-bank", "mine"}


def test_servers_side_by_side(tmp_path: Path, http: requests.Session) -> None:
    with (
        own_server(database(tmp_path, "a"), arguments=(*PRODUCTION, "--migrate")) as first,
        own_server(database(tmp_path, "b"), arguments=("--no-admin",)) as second,
    ):
        assert first.url != second.url
        assert applications(first, http) == set()
        assert applications(second, http) == {"demo-bank"}


def test_sections_that_are_not_published_do_not_exist(
    tmp_path: Path, http: requests.Session
) -> None:
    environment = {**database(tmp_path), "SECTIONS": "mobile", "CONTEXT_PATH": "/bank"}
    with own_server(environment, arguments=(*PRODUCTION, "--migrate")) as server:
        assert server.url.endswith("/bank")
        assert any("Integration API:  not published" in line for line in server.output)
        assert http.post(f"{server.url}/pa/v3/status", json={}).status_code == 200
        assert http.post(f"{server.url}/rest/v3/status", json={}).status_code == 404
        assert http.get(f"{server.url}/admin/").status_code == 404


def test_taken_port_is_a_clear_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {**database(tmp_path), "HOST": "127.0.0.1", "PORT": str(port)}
        result = manage("serve", environment=environment)
    assert result.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}: Address already in use" in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_unknown_host_is_a_clear_error(tmp_path: Path) -> None:
    result = manage("serve", environment={**database(tmp_path), "HOST": "not a host"})
    assert result.returncode == 1
    assert "HOST not a host is not an address" in result.stderr


def test_unreachable_database_is_a_clear_error() -> None:
    environment = {"DATABASE_URL": "postgres://bank:secret@127.0.0.1:1/bank", "PORT": "0"}
    result = manage("serve", environment=environment)
    assert result.returncode == 1
    assert "look at DATABASE_URL" in result.stderr
    assert "Traceback" not in result.stderr
    assert "secret" not in result.stderr + result.stdout


def test_wrong_setting_stops_the_server(tmp_path: Path) -> None:
    with (
        pytest.raises(ServerFailed, match=r"enrollment_server\.E001"),
        own_server({**database(tmp_path), "POWERAUTH_SIGNATURE_LOOKAHEAD": "0"}),
    ):
        pass


def test_production_server_warns_of_unencrypted_secrets(tmp_path: Path) -> None:
    environment = {**database(tmp_path), "MASTER_DB_ENCRYPTION_KEY": ""}
    with own_server(environment, arguments=PRODUCTION) as server:
        assert any("enrollment_server.W001" in line for line in server.output)


def test_metrics_folder_ends_with_its_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, http: requests.Session
) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    environment = {**database(tmp_path), "TMPDIR": str(folder)}
    with own_server(environment, arguments=PRODUCTION) as server:
        http.get(f"{server.url}/livez")
        assert [entry.name[:19] for entry in folder.iterdir()] == ["enrollment-metrics-"]
    assert list(folder.iterdir()) == []


def test_admin_password_is_printed_and_kept_private(tmp_path: Path, http: requests.Session) -> None:
    kept = set((ROOT / "var").glob("admin_password_*"))
    environment = database(tmp_path)
    try:
        with own_server(environment) as server:
            said = re.search(r"user admin, password (\S+)", "\n".join(server.output))
            assert said is not None
            login = f"{server.url}/admin/login/"
            form = {
                "username": "admin",
                "password": said[1],
                "csrfmiddlewaretoken": http.get(login).cookies["csrftoken"],
            }
            answer = http.post(login, data=form, headers={"Referer": login}, allow_redirects=False)
            assert answer.status_code == 302
        (file,) = set((ROOT / "var").glob("admin_password_*")) - kept
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text() == said[1]
        with own_server(environment) as server:
            assert any(said[1] in line for line in server.output)
    finally:
        for file in set((ROOT / "var").glob("admin_password_*")) - kept:
            os.unlink(file)
