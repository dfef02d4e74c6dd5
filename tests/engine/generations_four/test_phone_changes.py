"""What history and the audit log tell of changes by a phone: integration-api.md 6.5."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from powerauth.engine.activations import activations, phone_changes
from powerauth.engine.activations.phone_changes import PhoneChange
from powerauth.engine.audit import audited
from powerauth.engine.audit.audited import HIDDEN
from powerauth.engine.audit.audited_kinds import ACTIVATION
from powerauth.engine.generations.four import factor_changes, stored_keys
from powerauth.models import Activation, ActivationHistory, CallbackEvent
from powerauth.protocol.v4.key_agreement.shared_secret import Offer
from tests.engine.generations_four.phone import Phone4

Columns = Callable[[Activation], dict[str, Any]]


def _confirmed(activation: Activation) -> dict[str, Any]:
    return factor_changes.confirmed(enable_biometry=True)


def _knowledge(activation: Activation) -> dict[str, Any]:
    offer = Offer.generate(stored_keys.suite(activation))
    return factor_changes.new_knowledge(activation, offer.request.to_json())[0]


def _added(activation: Activation) -> dict[str, Any]:
    offer = Offer.generate(stored_keys.suite(activation))
    return factor_changes.new_biometry(activation, offer.request.to_json())[0]


def _removed(activation: Activation) -> dict[str, Any]:
    return factor_changes.without_biometry()


CHANGES: list[tuple[PhoneChange, Columns, dict[str, Any]]] = [
    (
        PhoneChange.CONFIRMED,
        _confirmed,
        {"biometry_enabled": True, "confirmation_pending": False},
    ),
    (PhoneChange.PASSWORD, _knowledge, {"knowledge_key": HIDDEN}),
    (PhoneChange.BIOMETRY_ADDED, _added, {"biometry_enabled": True, "biometry_key": HIDDEN}),
    (PhoneChange.BIOMETRY_REMOVED, _removed, {"biometry_key": None}),
]


@transaction.atomic
def _write(phone: Phone4, change: PhoneChange, columns: Columns) -> None:
    activation = activations.lock(phone.activation_id)
    phone_changes.write(activation, change, at=timezone.now(), **columns(activation))


def _told(phone: Phone4) -> Any:
    return audited.kind_named(ACTIVATION).snapshot([phone.activation_id], lock=False)


@pytest.mark.parametrize(
    ("change", "columns", "after"), CHANGES, ids=[change.name for change, *_ in CHANGES]
)
def test_a_change_is_told_once_and_without_its_keys(
    phone: Phone4, change: PhoneChange, columns: Columns, after: dict[str, Any]
) -> None:
    before, events = _told(phone), CallbackEvent.objects.count()
    _write(phone, change, columns)
    told = ActivationHistory.objects.filter(activation_id=phone.activation_id).order_by("-id")[0]
    assert (told.event_reason, told.state, told.version) == (change.value, phone.row.state, 4)
    assert phone.row.last_change_at == told.created_at
    assert audited.difference(before, _told(phone))[1] == after
    assert CallbackEvent.objects.count() == events


def test_a_repeated_change_leaves_no_second_row(phone: Phone4) -> None:
    for _ in range(2):
        _write(phone, PhoneChange.BIOMETRY_REMOVED, _removed)
    told = ActivationHistory.objects.filter(event_reason=PhoneChange.BIOMETRY_REMOVED)
    assert told.count() == 1
