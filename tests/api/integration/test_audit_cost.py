"""What a record of the audit log costs a call, and that the short way records the same."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import requests
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from enrollment_server.api.errors import ApiError
from operations.audited import OPERATION
from operations.models import Operation
from powerauth.engine.audit.audited import difference, kind_named
from powerauth.engine.transactions import commits_refusals, one_transaction
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration import changes
from powerauth.integration.changes import Changes
from powerauth.models import AuditRecord
from tests.api.integration.back_end import ok
from tests.bank import Bank

pytestmark = pytest.mark.django_db(transaction=True)
FRAMES = ("BEGIN", "COMMIT")


def _new(bank: Bank, **others: Any) -> dict[str, Any]:
    return {
        "userId": "alice",
        "applications": [bank.application.id],
        "templateName": "payment",
        "parameters": {"amount": "1", "currency": "CZK", "iban": "CZ1", "note": "x"},
        **others,
    }


def _statements(act: Callable[[], object]) -> list[str]:
    connection.ensure_connection()
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured.captured_queries]


def test_creating_takes_no_more_statements_than_it_has_to(
    http: requests.Session, bank: Bank
) -> None:
    ok(http, "operation/create", **_new(bank))  # makes the heads of the log
    found = _statements(lambda: ok(http, "operation/create", **_new(bank)))
    # Template with form templates and applications; operation with its applications and callbacks,
    # which are three statements where the database cannot take them as one; head, record.
    expected = 4 if connection.vendor == "postgresql" else 6
    assert len([sql for sql in found if not sql.startswith(FRAMES)]) == expected, found
    assert not [sql for sql in found if "SAVEPOINT" in sql]
    assert len([sql for sql in found if "powerauth_audit" in sql]) == 2


@pytest.mark.parametrize("path", ["operation/cancel", "operation/approve/fail", "operation/reject"])
def test_a_decision_is_read_twice_and_not_after_it(
    http: requests.Session, bank: Bank, path: str
) -> None:
    made = ok(http, "operation/create", **_new(bank))
    decision = {
        "operationId": made["id"],
        "userId": "alice",
        "applicationId": bank.application.id,
    }
    found = _statements(lambda: ok(http, path, **decision))
    read = [sql for sql in found if sql.startswith("SELECT") and "operations_operation" in sql]
    assert len(read) == 2, found
    assert not [sql for sql in found if "SAVEPOINT" in sql]


def _check_record(object_id: str, action: str) -> None:
    """Compare what was recorded with what stands in the database."""
    record = AuditRecord.objects.filter(object_id=object_id).latest("sequence")
    now = kind_named(record.object_type).snapshot([object_id], lock=False)
    shown = json.loads(json.dumps(difference(None, now)[1]))
    told = json.loads(record.after)
    assert record.action == action
    assert told == {name: shown[name] for name in told}
    if record.before == "{}":
        assert told == shown


def test_what_is_not_read_again_is_recorded_as_it_is(http: requests.Session, bank: Bank) -> None:
    whole = _new(
        bank,
        externalId="e-1",
        activationFlag="VIP",
        proximityCheckEnabled=True,
        timestampExpires="2099-01-01T01:00:00.123456+01:00",
        additionalData={"number": 1.50},
    )
    app = bank.application.id
    made = ok(http, "operation/create", **whole)["id"]
    _check_record(made, "operation/create")
    ok(http, "operation/approve/fail", operationId=made.upper())
    record = AuditRecord.objects.latest("sequence")
    assert (json.loads(record.before), json.loads(record.after)) == (
        {"failure_count": 0},
        {"failure_count": 1},
    )
    ok(http, "operation/cancel", operationId=made, statusReason="FRAUD")
    _check_record(made, "operation/cancel")

    nobodys = ok(http, "operation/create", **{**_new(bank), "userId": None})["id"]
    _check_record(nobodys, "operation/create")
    for path, others in (
        ("operation/claim", {"userId": "alice"}),
        ("operation/claim/release", {}),
        ("operation/detail", {"userId": "alice"}),
        ("operation/reject", {"userId": "alice", "applicationId": app}),
    ):
        ok(http, path, operationId=nobodys, **others)
        _check_record(nobodys, path)

    approved = ok(http, "operation/create", **_new(bank))
    decision = {
        "userId": "alice",
        "applicationId": app,
        "data": approved["data"],
        "signatureType": "POSSESSION_KNOWLEDGE",
    }
    ok(http, "operation/approve", operationId=approved["id"], **decision)
    _check_record(approved["id"], "operation/approve")
    assert AuditRecord.objects.count() == 10


def test_activations_are_recorded_as_they_are(http: requests.Session, bank: Bank) -> None:
    made = ok(
        http,
        "activation/init",
        userId="bob",
        applicationId=bank.application.id,
        activationOtp="1234",
        activationOtpValidation="ON_COMMIT",
        flags=["VIP"],
    )
    _check_record(made["activationId"], "activation/init")
    phone = bank.phone("alice", commit=False)
    one = {"activationId": phone.activation_id}
    for path, others in (
        ("activation/otp/update", {"activationOtp": "1234"}),
        ("activation/commit", {"activationOtp": "1234"}),
        ("activation/name/update", {"activationName": "Other", "externalUserId": "clerk"}),
        ("activation/block", {"reason": "LOST"}),
        ("activation/unblock", {}),
        ("activation/remove", {}),
    ):
        found = _statements(partial(ok, http, path, **one, **others))
        read = [
            sql for sql in found if sql.startswith("SELECT") and '"powerauth_activation"' in sql
        ]
        assert len(read) == 2, found
        _check_record(phone.activation_id, path)


class _Refused(ApiError):
    """A refusal that the engine does not know."""

    code = "REFUSED"


def _operation(bank: Bank) -> Operation:
    return Operation.objects.get(pk=bank.operation("alice").pk)


@commits_refusals
def _end(operation: Operation, error: Exception | None) -> None:
    Operation.objects.filter(pk=operation.pk).update(status_reason="ENDED")
    if error is not None:
        raise error


@pytest.mark.parametrize(
    ("error", "stays"),
    [
        (None, True),
        (EngineRefusal(ErrorCode.OPERATION_STATE), True),
        (_Refused(), False),
        (RuntimeError(), False),
    ],
)
def test_only_refusals_of_the_engine_commit(
    bank: Bank, error: Exception | None, stays: bool
) -> None:
    operation = _operation(bank)
    body = {"operation_id": str(operation.pk)}
    try:
        changes.recorded(
            Changes(kind=OPERATION, given=("operation_id",)),
            body,
            lambda: _end(operation, error),
            caller=None,
            action="test",
        )
    except (EngineRefusal, _Refused, RuntimeError) as raised:
        assert raised is error
    else:
        assert error is None
    operation.refresh_from_db()
    assert (operation.status_reason == "ENDED") is stays
    assert AuditRecord.objects.exists() is stays


def test_one_transaction_ends_for_those_after_it(bank: Bank) -> None:
    operation = _operation(bank)
    with one_transaction():
        _end(operation, None)
    with transaction.atomic():
        found = _statements(lambda: _end(operation, None))
    assert any(sql.startswith("SAVEPOINT") for sql in found)
