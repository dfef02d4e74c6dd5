"""The first requests of a process find everything loaded: it was, before the process was forked."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from operations.models import Operation
from powerauth.phone.phone import Phone
from powerauth.phone.requests.bodies import to_body
from powerauth.protocol.v3.headers import SIGNATURE_HEADER, TOKEN_HEADER
from tests.bank import PIN, make_bank
from tests.house.commands import ROOT
from tests.races.crowd import database_url

pytestmark = pytest.mark.postgresql
TOKEN_PATHS = ("/api/auth/token/app/operation/list", "/api/inbox/count", "/api/inbox/message/list")


def by_token(phone: Phone, path: str) -> dict[str, Any]:
    body = {"page": 0, "size": 20} if path.endswith("message/list") else {}
    header = phone.token_header(phone.usual_token())
    return {"path": path, "headers": {TOKEN_HEADER: header}, "body": to_body(body).decode()}


def approval(phone: Phone, operation: Operation) -> dict[str, Any]:
    body = to_body({"id": str(operation.id), "data": operation.data})
    header = phone.sign("POST", "/operation/authorize", body, pin=PIN)
    path = "/api/auth/token/app/operation/authorize"
    return {"path": path, "headers": {SIGNATURE_HEADER: header}, "body": body.decode()}


def told_by_a_new_process(requests: list[dict[str, Any]]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.web.first_requests"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url()},
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_first_requests_import_nothing(transactional_db: None) -> None:
    bank = make_bank()
    phone = bank.phone("alice")
    phone.create_token()
    decided, pending = bank.operation("alice"), bank.operation("alice")
    told = told_by_a_new_process(
        [
            *(by_token(phone, path) for path in TOKEN_PATHS),
            approval(phone, decided),
            approval(phone, pending),
        ]
    )
    assert not told["connected"]
    assert [one["status"] for one in told["answers"]] == [200] * 5
    assert [one["imported"] for one in told["answers"]] == [[]] * 5
