"""What the other phones of a user hear of the end of an operation: push-and-inbox.md 11."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from operations.decisions import creation
from operations.decisions.creation import NewOperation
from operations.models import Operation, OperationTemplate
from operations.offline import offline
from operations.offline.targets import Target
from powerauth import announcements
from powerauth.announcements import Announcement
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.offline import offline_base, offline_body
from tests import wsgi
from tests.api.integration.back_end import post
from tests.api.operations.calls import authorize, cancel, error
from tests.bank import PIN, Bank
from tests.offline import typed

pytestmark = pytest.mark.embedded

End = Callable[[Phone, Operation], Any]
PARAMETERS = {"amount": "1", "currency": "CZK", "iban": "CZ1"}


def _waiting(bank: Bank) -> Operation:
    """Make an operation that phones are told of."""
    OperationTemplate.objects.update(rings=True, max_failure_count=1)
    wanted = NewOperation(
        template_name="payment",
        applications=[bank.application.id],
        user_id="alice",
        parameters=PARAMETERS,
    )
    return creation.create(wanted, at=timezone.now())


def _post(method: str, members: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = post(wsgi.session(), f"operation/{method}", members).json()
    assert body["status"] == "OK", body
    return body


def _authorize(phone: Phone, operation: Operation) -> None:
    assert phone.approve(str(operation.pk), operation.data, pin=PIN).ok


def _authorize_after_a_change(phone: Phone, operation: Operation) -> None:
    """Approve under the lock, as is done for an operation with a refused attempt."""
    Operation.objects.filter(pk=operation.pk).update(max_failure_count=5)
    assert not authorize(phone, {"id": str(operation.pk), "data": "A2"}).ok
    _authorize(phone, operation)


def _refuse(phone: Phone, operation: Operation) -> None:
    assert not authorize(phone, {"id": str(operation.pk), "data": "A2"}).ok


def _sign_wrongly(phone: Phone, operation: Operation) -> None:
    assert not phone.approve(str(operation.pk), operation.data, pin="9999").ok


def _cancel(phone: Phone, operation: Operation) -> None:
    assert cancel(phone, {"id": str(operation.pk), "reason": "UNKNOWN"}).ok


def _whose(phone: Phone, operation: Operation) -> dict[str, Any]:
    return {
        "operationId": str(operation.pk),
        "userId": "alice",
        "applicationId": operation.known_application_ids()[0],
        "additionalData": {"activationId": phone.activation_id},
    }


def _approve_elsewhere(phone: Phone, operation: Operation) -> None:
    signed = {"data": operation.data, "signatureType": "POSSESSION_KNOWLEDGE"}
    _post("approve", {**_whose(phone, operation), **signed})


def _reject_elsewhere(phone: Phone, operation: Operation) -> None:
    _post("reject", _whose(phone, operation))


def _fail_elsewhere(phone: Phone, operation: Operation) -> None:
    _post("approve/fail", {"operationId": str(operation.pk)})


def _cancel_elsewhere(phone: Phone, operation: Operation) -> None:
    _post("cancel", {"operationId": str(operation.pk)})


def _approve_offline(phone: Phone, operation: Operation) -> None:
    target = Target(activation_id=phone.activation_id)
    made = offline.create(str(operation.pk), target, language="en", at=timezone.now())
    body = offline_body(str(operation.pk), operation.data)
    members = {
        "operationId": str(operation.pk),
        "activationId": phone.activation_id,
        "code": typed(phone, offline_base(made.nonce, body)),
    }
    _post("offline/approve", members)


@pytest.mark.main_path
@pytest.mark.parametrize(
    ("end", "status", "result", "knows"),
    [
        (_authorize, "APPROVED", "authentication.success", True),
        (_authorize_after_a_change, "APPROVED", "authentication.success", True),
        (_refuse, "FAILED", "authentication.fail", False),
        (_sign_wrongly, "FAILED", "authentication.fail", False),
        (_cancel, "REJECTED", "operation.canceled", True),
        (_approve_elsewhere, "APPROVED", "authentication.success", True),
        (_reject_elsewhere, "REJECTED", "operation.canceled", True),
        (_fail_elsewhere, "FAILED", "authentication.fail", False),
        (_cancel_elsewhere, "CANCELED", "operation.canceled", False),
        # The server takes the code from somebody else than the phone.
        (_approve_offline, "APPROVED", "authentication.success", False),
    ],
)
def test_every_end_is_told_quietly(
    bank: Bank,
    alice: Phone,
    announced: list[Announcement],
    end: End,
    status: str,
    result: str,
    knows: bool,
) -> None:
    operation = _waiting(bank)
    announced.clear()
    end(alice, operation)
    operation.refresh_from_db()
    assert operation.status == status
    (news,) = announced
    assert (news.user_id, list(news.application_ids)) == ("alice", [bank.application.id])
    assert (news.silent, news.texts, news.category) == (True, {}, "payment")
    assert news.besides == (alice.activation_id if knows else None)
    assert news.extras == {
        "messageType": "mtoken.operationFinished",
        "operationId": str(operation.pk),
        "operationName": "payment",
        "mtokenOperationResult": result,
    }


@pytest.mark.parametrize(
    "end", [_authorize, _cancel, _refuse, _approve_elsewhere, _cancel_elsewhere]
)
def test_the_end_of_what_was_not_announced_is_not_told(
    bank: Bank, alice: Phone, announced: list[Announcement], end: End
) -> None:
    end(alice, bank.operation("alice", max_failure_count=1))
    assert announced == []


def test_an_attempt_that_fails_is_no_end(
    bank: Bank, alice: Phone, announced: list[Announcement]
) -> None:
    operation = _waiting(bank)
    Operation.objects.update(max_failure_count=2)
    announced.clear()
    _refuse(alice, operation)
    assert announced == []


@pytest.mark.parametrize("end", [_authorize, _cancel, _refuse, _approve_elsewhere])
def test_no_decision_is_lost_for_news(
    bank: Bank, alice: Phone, monkeypatch: pytest.MonkeyPatch, end: End
) -> None:
    def broken(news: Announcement, at: object) -> None:
        Operation.objects.raw("SELECT * FROM no_such_table")[0]

    monkeypatch.setattr(announcements, "_listeners", [broken])
    operation = _waiting(bank)
    end(alice, operation)
    operation.refresh_from_db()
    assert operation.status != "PENDING"
    assert error(authorize(alice, {"id": str(operation.pk), "data": operation.data}))[0] == 400
