"""What the engine counts for those who watch, of both generations."""

import re
from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone
from prometheus_client import REGISTRY

from enrollment_server.worker import figures as worker
from powerauth.engine import figures
from powerauth.engine.activations import activations, lifecycle, phone_changes
from powerauth.engine.activations.phone_changes import PhoneChange
from powerauth.engine.figures import CHANGES, CODES, EXCHANGES
from powerauth.engine.generations.four import factor_changes
from powerauth.models import Activation
from powerauth.phone.phone import Phone
from tests.bank import PIN
from tests.engine.generations_four.phone import PB, Phone4, new_phone
from tests.house.commands import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def _count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"{name}_total", labels) or 0.0


def _more(act: Callable[[], object], name: str, **labels: str) -> float:
    before = _count(name, **labels)
    act()
    return _count(name, **labels) - before


def test_codes_are_counted_by_suite_and_outcome(each_phone: Phone4) -> None:
    mine = {"generation": "4", "suite": each_phone.suite.name}
    for outcome, act in (
        ("signature_ok", each_phone.sign),
        ("signature_does_not_match", lambda: each_phone.sign(knowledge=bytes(32))),
        # Biometry is off, which costs the activation nothing.
        ("signature_does_not_match", lambda: each_phone.sign(PB)),
    ):
        assert _more(act, "authentication_codes", **mine, outcome=outcome) == 1


def test_codes_of_protocol_3_are_counted_beside_them(alice: Phone) -> None:
    labels = {"generation": "3", "suite": "EC_P256", "outcome": "signature_ok"}
    assert _more(lambda: alice.validate_signature(pin=PIN), "authentication_codes", **labels) == 1


def test_key_exchanges_are_counted_once_they_are_stored(each_phone: Phone4) -> None:
    another = new_phone(each_phone.application, each_phone.suite)
    labels = {"generation": "4", "suite": each_phone.suite.name}
    code = another.begin()
    assert _more(lambda: another.activate(code), "activation_key_exchanges", **labels) == 1


def _confirm(phone: Phone4, *, undone: bool = False) -> None:
    with transaction.atomic():
        activation = activations.lock(phone.activation_id)
        columns = factor_changes.confirmed(enable_biometry=False)
        phone_changes.write(activation, PhoneChange.CONFIRMED, at=timezone.now(), **columns)
        transaction.set_rollback(undone)


def test_changes_are_counted_once_they_are_stored(phone: Phone4) -> None:
    labels = {"change": "ACTIVATION_CONFIRMED", "suite": "EC_P384"}
    assert _more(lambda: _confirm(phone, undone=True), "activation_changes", **labels) == 0
    assert _more(lambda: _confirm(phone), "activation_changes", **labels) == 1
    assert _more(lambda: _confirm(phone), "activation_changes", **labels) == 0


def test_a_begun_upgrade_is_counted_for_its_suite(alice: Phone) -> None:
    labels = {"change": "UPGRADE_STARTED", "suite": "EC_P384_ML_L5"}

    def start() -> None:
        with transaction.atomic():
            activation = activations.lock(alice.activation_id)
            columns = {"pending_suite": "EC_P384_ML_L5"}
            phone_changes.write(
                activation, PhoneChange.UPGRADE_STARTED, at=timezone.now(), **columns
            )

    assert _more(start, "activation_changes", **labels) == 1


def _in_use(suite: str, state: str) -> float | None:
    return REGISTRY.get_sample_value("activations_in_use", {"suite": suite, "state": state})


def test_a_worker_shows_how_many_are_in_use(phone: Phone4, alice: Phone) -> None:
    another = new_phone(phone.application, phone.suite)
    another.activate(another.begin())
    waiting = new_phone(phone.application, phone.suite)
    waiting.begin()
    worker.measure_activations()
    assert _in_use("EC_P384", "ACTIVE") == 2
    assert _in_use("EC_P256", "ACTIVE") == 1
    lifecycle.block(another.activation_id, at=timezone.now())
    lifecycle.remove(phone.activation_id, at=timezone.now())
    Activation.objects.filter(pk=alice.activation_id).update(algorithm="EC_P521")
    worker.measure_activations()
    assert (_in_use("EC_P384", "ACTIVE"), _in_use("EC_P384", "BLOCKED")) == (0, 1)
    assert (_in_use("EC_P256", "ACTIVE"), _in_use("other", "ACTIVE")) == (0, 1)


def test_the_documents_name_the_metrics_that_there_are() -> None:
    page = (ROOT / "docs" / "offering-protocol-4.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:activations?|authentication)_\w+)`", page))
    assert named == {
        *(f"{counter._name}_total" for counter in (CODES, EXCHANGES, CHANGES)),
        worker.ACTIVATIONS._name,
    }


def test_nothing_that_a_row_says_becomes_a_label() -> None:
    for number in range(3):
        activation = Activation(protocol_generation=4, algorithm=f"suite-{number}")
        figures.judged(activation, "signature_ok")
    labels = {"generation": "4", "suite": "other", "outcome": "signature_ok"}
    assert _count("authentication_codes", **labels) >= 3
    assert _count("authentication_codes", **{**labels, "suite": "suite-0"}) == 0
