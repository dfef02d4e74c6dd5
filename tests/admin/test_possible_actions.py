"""Committing an activation, and actions that the state of a row forbids."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inbox.models import InboxMessage
from operations.models import OperationStatus
from powerauth.engine.activations import activation_status
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    ApplicationVersion,
    AuditRecord,
    CommitPhase,
)
from powerauth.phone.phone import Phone
from push.models import PushDevice
from tests.admin.office import notices, staff
from tests.bank import PIN, Bank
from tests.inbox.mailbox import write

LIST = "/admin/powerauth/activation/"
VIEW = "powerauth.view_activation"
COMPARED = {"confirmed": "yes", "compared": "on"}


def _waiting(bank: Bank, **init: Any) -> tuple[Phone, str]:
    """Give a phone whose activation waits for commit, and the page of that."""
    phone = bank.phone("alice", commit=False, commit_phase=CommitPhase.ON_COMMIT, **init)
    return phone, f"{LIST}{phone.activation_id}"


def _state(bank: Bank, phone: Phone) -> str:
    return ActivationState(bank.activation(phone).state).name


def test_a_clerk_finishes_an_activation(bank: Bank) -> None:
    clerk = staff("clerk", VIEW, "powerauth.commit_activation")
    phone, page = _waiting(bank)
    digits = activation_status.fingerprint(bank.activation(phone)) or ""
    assert digits == phone.fingerprint and len(digits) == 8
    shown = clerk.get(f"{page}/change/").content.decode()
    assert f"{page}/commit/" in shown and f"{digits[:4]} {digits[4:]}" in shown
    asked = clerk.get(f"{page}/commit/").content.decode()
    assert f"{digits[:4]} {digits[4:]}" in asked and "alice" in asked
    answer = clerk.post(f"{page}/commit/", COMPARED)
    assert answer.status_code == HTTPStatus.FOUND and notices(answer) == ["Commit: 1 row."]
    assert _state(bank, phone) == "ACTIVE"
    assert phone.approve(phone.operation(str(bank.operation("alice").pk)), pin=PIN).ok
    history = ActivationHistory.objects.filter(activation_id=phone.activation_id)[0]
    assert (history.state, history.external_user_id) == (ActivationState.ACTIVE, "clerk")
    record = AuditRecord.objects.get()
    assert (record.action, record.actor_name, record.object_id) == (
        "admin/commit",
        "clerk",
        phone.activation_id,
    )
    assert (record.before, record.after) == (
        '{"state":"PENDING_COMMIT"}',
        '{"state":"ACTIVE"}',
    )
    assert LogEntry.objects.get().object_id == phone.activation_id


def test_nothing_is_committed_without_the_comparison(bank: Bank) -> None:
    clerk = staff("clerk", VIEW, "powerauth.commit_activation")
    phone, page = _waiting(bank)
    for answers in ({}, {"confirmed": "yes"}, {"confirmed": "yes", "compared": ""}):
        answer = clerk.post(f"{page}/commit/", answers)
        assert answer.status_code == HTTPStatus.OK
    assert answer.context["form"].errors.keys() == {"compared"}
    assert _state(bank, phone) == "PENDING_COMMIT"
    assert not AuditRecord.objects.exists()


def test_commit_needs_its_permission(bank: Bank) -> None:
    others = ("init", "block", "unblock", "remove")
    client = staff("some", VIEW, *(f"powerauth.{name}_activation" for name in others))
    phone, page = _waiting(bank)
    assert client.post(f"{page}/commit/", COMPARED).status_code == HTTPStatus.FORBIDDEN
    assert f"{page}/commit/" not in client.get(f"{page}/change/").content.decode()
    blind = staff("blind", "powerauth.commit_activation")
    assert blind.post(f"{page}/commit/", COMPARED).status_code == HTTPStatus.FORBIDDEN
    assert _state(bank, phone) == "PENDING_COMMIT"


def test_the_one_time_password_is_asked_for_where_it_is_due(chief: Client, bank: Bank) -> None:
    phone, page = _waiting(bank, otp="4711")
    assert b'name="otp"' in chief.get(f"{page}/commit/").content
    assert chief.post(f"{page}/commit/", COMPARED).context["form"].errors.keys() == {"otp"}
    wrong = chief.post(f"{page}/commit/", {**COMPARED, "otp": "1"})
    assert notices(wrong) == [f"{phone.activation_id}: The one-time password is wrong."]
    assert bank.activation(phone).failed_attempts == 1
    chief.post(f"{page}/commit/", {**COMPARED, "otp": "4711"})
    assert _state(bank, phone) == "ACTIVE"
    assert b'name="otp"' not in chief.get(f"{_waiting(bank)[1]}/commit/").content


@pytest.mark.parametrize("state", ["CREATED", "ACTIVE", "BLOCKED", "REMOVED", "expired"])
def test_only_what_waits_is_committed(chief: Client, bank: Bank, state: str) -> None:
    phone, page = _waiting(bank)
    if state == "expired":
        Activation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        Activation.objects.update(state=ActivationState[state])
    before = _state(bank, phone)
    assert f"{page}/commit/" not in chief.get(f"{page}/change/").content.decode()
    for answer in (chief.get(f"{page}/commit/"), chief.post(f"{page}/commit/", COMPARED)):
        assert answer["Location"] == "../change/"
    assert _state(bank, phone) == before
    assert not AuditRecord.objects.exists()


def test_new_activations_wait_for_the_comparison_by_default(chief: Client, bank: Bank) -> None:
    form = chief.get(f"{LIST}add/").context["form"]
    assert form["commit_now"].value() is False
    chief.post(f"{LIST}add/", {"user_id": "carol", "application_id": bank.application.id})
    assert Activation.objects.get(user_id="carol").commit_phase == CommitPhase.ON_COMMIT


ACTIVATION_ACTIONS = {
    "CREATED": {"code", "remove"},
    "PENDING_COMMIT": {"commit", "remove"},
    "ACTIVE": {"block", "remove"},
    "BLOCKED": {"unblock", "remove"},
    "REMOVED": set(),
}


@pytest.mark.parametrize("state", list(ActivationState))
def test_a_page_offers_what_its_state_allows(
    chief: Client, bank: Bank, state: ActivationState
) -> None:
    phone, page = _waiting(bank)
    Activation.objects.update(state=state)
    text = chief.get(f"{page}/change/").content.decode()
    actions = {"code", "commit", "block", "unblock", "remove"}
    offered = {name for name in actions if f"{page}/{name}/" in text}
    assert offered == ACTIVATION_ACTIONS[state.name]
    for name in actions - offered:
        answer = chief.post(f"{page}/{name}/", {**COMPARED, "reason": "x"})
        assert answer["Location"] == "../change/"
    chosen = {"_selected_action": [phone.activation_id], "confirmed": "yes", "reason": "x"}
    for name in {"block", "unblock", "remove"} - offered:
        said = notices(chief.post(LIST, {"action": name, **chosen}))
        assert said == [f"{phone.activation_id}: The state of the activation does not allow this."]
    assert _state(bank, phone) == state.name
    assert not AuditRecord.objects.exists() and not LogEntry.objects.exists()


def test_a_repeated_block_changes_and_records_nothing(
    chief: Client, bank: Bank, alice: Phone
) -> None:
    chosen = {"action": "block", "_selected_action": [alice.activation_id], "confirmed": "yes"}
    chief.post(LIST, {**chosen, "reason": "FIRST"})
    left = (
        AuditRecord.objects.count(),
        LogEntry.objects.count(),
        ActivationHistory.objects.count(),
    )
    chief.post(LIST, {**chosen, "reason": "SECOND"})
    page = f"{LIST}{alice.activation_id}/block/"
    chief.post(page, {"confirmed": "yes", "reason": "SECOND"})
    assert bank.activation(alice).blocked_reason == "FIRST"
    assert left == (
        AuditRecord.objects.count(),
        LogEntry.objects.count(),
        ActivationHistory.objects.count(),
    )


@pytest.mark.parametrize("status", list(OperationStatus))
def test_finished_operations_offer_nothing(
    chief: Client, bank: Bank, alice: Phone, status: OperationStatus
) -> None:
    operation = bank.operation("alice", status=status)
    page = f"/admin/operations/operation/{operation.pk}"
    text = chief.get(f"{page}/change/").content.decode()
    pending = status is OperationStatus.PENDING
    for name in ("cancel", "offline"):
        assert (f"{page}/{name}/" in text) == pending
        if not pending:
            answer = chief.post(f"{page}/{name}/", {"confirmed": "yes", "reason": "x"})
            assert answer["Location"] == "../change/"
    operation.refresh_from_db()
    assert operation.status == status


def test_operations_past_their_time_offer_nothing(chief: Client, bank: Bank) -> None:
    operation = bank.operation("alice", created_at=timezone.now() - timedelta(hours=1))
    text = chief.get(f"/admin/operations/operation/{operation.pk}/change/").content.decode()
    assert "/cancel/" not in text and "/offline/" not in text


def test_no_switch_is_thrown_twice(chief: Client, bank: Bank, alice: Phone) -> None:
    alice.register_push("push-token-of-alice")
    message = write("alice", [bank.application.id])
    switched = [
        (PushDevice.objects.get(), "activate", "deactivate"),
        (ApplicationVersion.objects.get(), "support", "unsupport"),
        (InboxMessage.objects.get(pk=message.pk), "mark_unread", "mark_read"),
    ]
    for row, there, other in switched:
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist"
        chosen = {"_selected_action": [str(row.pk)], "confirmed": "yes"}
        records = AuditRecord.objects.count()
        assert "already" in notices(chief.post(reverse(name), {"action": there, **chosen}))[0]
        assert AuditRecord.objects.count() == records
        assert notices(chief.post(reverse(name), {"action": other, **chosen}))[0].endswith("1 row.")
        assert AuditRecord.objects.count() == records + 1
        assert "already" in notices(chief.post(reverse(name), {"action": other, **chosen}))[0]
        assert AuditRecord.objects.count() == records + 1
