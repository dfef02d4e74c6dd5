"""Tools of integrators understand the documents: a linter, and a generator of clients."""

import compileall
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests

from enrollment_server.openapi.documents import (
    Document,
    IntegrationDocument,
    IntegrationDocumentV4,
    MobileDocument,
)
from tests.bank import Bank
from tests.wsgi import BASE_URL

pytestmark = [pytest.mark.external_tools, pytest.mark.processes]

TOOLS = Path(__file__).parent / "tools"
OLDEST_NODE = (20, 19)
PACKAGE = "generated_bank_client"


def _write(folder: Path, document: type[Document]) -> Path:
    path = folder / f"{document.__name__}.json"
    path.write_text(json.dumps(document().get_schema()), encoding="utf-8")
    return path


def _run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - made of constants
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _what_npm_lacks() -> str:
    """Tell why the linter cannot run on this machine; empty if it can."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return "the linter needs npm, which is not installed here"
    said = _run([node, "--version"], TOOLS).stdout
    version = tuple(map(int, re.findall(r"\d+", said)[:2]))
    if version < OLDEST_NODE:
        return f"the linter needs Node.js 20.19 or newer, not {said.strip()}"
    return ""


def test_the_linter_has_no_error(tmp_path: Path) -> None:
    if reason := _what_npm_lacks():
        pytest.skip(reason)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(TOOLS / name, tmp_path)
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]
    installed = _run(["npm", "ci", *options], tmp_path)
    assert installed.returncode == 0, installed.stderr
    for document in (MobileDocument, IntegrationDocument, IntegrationDocumentV4):
        path = _write(tmp_path, document)
        linted = _run(
            ["node_modules/.bin/redocly", "lint", path.name, "--format", "json"],
            tmp_path,
            REDOCLY_TELEMETRY="off",
            REDOCLY_SUPPRESS_UPDATE_NOTICE="true",
        )
        report = json.loads(linted.stdout)
        errors = [
            f"{problem['message']} {problem['location'][0].get('pointer')}"
            for problem in report["problems"]
            if problem["severity"] == "error"
        ]
        assert (report["totals"]["errors"], errors) == (0, [])
        assert linted.returncode == 0, linted.stderr


@pytest.fixture
def client_package(tmp_path: Path) -> Iterator[Path]:
    """A client of the bank's side, generated and importable."""
    path = _write(tmp_path, IntegrationDocument)
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"post_hooks": []}))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    arguments = ["--path", path.name, "--config", config.name, "--output-path", PACKAGE]
    made = _run([*command, *arguments], tmp_path)
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(tmp_path))
    yield tmp_path / PACKAGE
    sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


class _Application(httpx.BaseTransport):
    """Hand the requests of a generated client to the session of a test."""

    def __init__(self, session: requests.Session) -> None:
        self._session = session

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._session.request(
            request.method,
            str(request.url),
            data=request.read(),
            headers={
                "Content-Type": request.headers["content-type"],
                "Authorization": "Basic Og==",
            },
        )
        return httpx.Response(answer.status_code, content=answer.content, request=request)


def _module(name: str) -> Any:
    return importlib.import_module(f"{PACKAGE}.{name}")


def test_a_generated_client_creates_an_operation(
    client_package: Path, bank: Bank, http: requests.Session
) -> None:
    assert compileall.compile_dir(client_package, quiet=1)
    assert len(list((client_package / "api").rglob("rest_v3_*.py"))) > 60
    models = _module("models")
    create = _module("api.operations.rest_v3_operation_create")
    client = _module("client").Client(base_url=BASE_URL)
    client.set_httpx_client(httpx.Client(base_url=BASE_URL, transport=_Application(http)))
    parameters = {"amount": "100", "currency": "CZK", "iban": "CZ55"}
    with pytest.raises(TypeError, match="template_name"):
        models.RestV3OperationCreateBodyRequestObject(applications=[bank.application.id])
    wanted = models.RestV3OperationCreateBodyRequestObject.from_dict(
        {
            "userId": "alice",
            "applications": [bank.application.id],
            "templateName": "payment",
            "parameters": parameters,
        }
    )
    body = models.RestV3OperationCreateBody(request_object=wanted)
    operation = create.sync(client=client, body=body).response_object
    assert (operation.user_id, operation.status) == ("alice", "PENDING")
    assert operation.data == "A1*A100CZK*ICZ55"
    assert operation.parameters.to_dict() == parameters
    wanted.parameters.additional_properties.pop("iban")
    refused = create.sync_detailed(client=client, body=body)
    assert refused.status_code == 400
    assert refused.parsed.response_object.code == "ERR0024"
    assert "'iban'" in refused.parsed.response_object.message


def test_the_lock_of_the_linter_names_no_address() -> None:
    package = json.loads((TOOLS / "package.json").read_text())
    locked = json.loads((TOOLS / "package-lock.json").read_text())["packages"]
    assert locked[""]["dependencies"] == package["dependencies"]
    assert all(version[0].isdigit() for version in package["dependencies"].values())
    for name, entry in locked.items():
        assert not name or entry["integrity"].startswith("sha512-")
        assert "resolved" not in entry
    assert "omit-lockfile-registry-resolved=true" in (TOOLS / ".npmrc").read_text()
