"""Changes of factor keys: protocol-4.md 23.3 and 25, traps 17, 19 and 26."""

from collections.abc import Callable
from typing import Any

import pytest

from powerauth.engine.generations.four import factor_changes, stored_keys
from powerauth.models import Activation
from powerauth.protocol.errors import ProtocolError, UnsupportedSuite
from powerauth.protocol.v4.factor_keys import FactorKeys
from powerauth.protocol.v4.key_agreement.shared_secret import Offer, SharedSecretResponse
from powerauth.protocol.v4.suites import SUITES
from tests.engine.generations_four.phone import PB, PK, Phone4

Change = Callable[[Activation, object], tuple[dict[str, Any], dict[str, object]]]
BOTH = pytest.mark.parametrize(
    "change", [factor_changes.new_knowledge, factor_changes.new_biometry]
)


def write(phone: Phone4, columns: dict[str, Any]) -> None:
    assert Activation.objects.filter(pk=phone.activation_id).update(**columns) == 1


def changed(phone: Phone4, change: Change) -> bytes:
    """Carry a change out, and give the secret that the phone has then."""
    offer = Offer.generate(phone.suite)
    columns, answer = change(phone.row, offer.request.to_json())
    write(phone, columns)
    return offer.accept(SharedSecretResponse.parse(answer))


def confirm(phone: Phone4, *, biometry: bool) -> None:
    write(phone, factor_changes.confirmed(enable_biometry=biometry))


def stored(phone: Phone4) -> FactorKeys:
    return stored_keys.factors(phone.row, biometry=True)


def test_trap_17_a_changed_pin(each_phone: Phone4) -> None:
    secret = changed(each_phone, factor_changes.new_knowledge)
    assert stored_keys.opened(each_phone.row, "next_knowledge_key") == secret
    assert each_phone.sign(PK, knowledge=secret).valid
    assert not each_phone.sign(PK).valid
    assert stored(each_phone).knowledge.current == secret


def test_a_lost_answer_does_no_harm(phone: Phone4) -> None:
    lost = changed(phone, factor_changes.new_knowledge)
    assert phone.sign(PK).valid
    assert not phone.sign(PK, knowledge=lost).valid


def test_the_last_change_counts(phone: Phone4) -> None:
    first = changed(phone, factor_changes.new_knowledge)
    second = changed(phone, factor_changes.new_knowledge)
    assert not phone.sign(PK, knowledge=first).valid
    assert phone.sign(PK, knowledge=second).valid


def test_a_confirmation_with_biometry(phone: Phone4) -> None:
    assert not phone.sign(PB).valid
    confirm(phone, biometry=True)
    phone.ctr = bytes(phone.row.ctr_data_4)
    assert phone.sign(PB).valid
    assert not phone.row.confirmation_pending


def test_a_confirmation_without_biometry_forgets_its_key(phone: Phone4) -> None:
    confirm(phone, biometry=False)
    row = phone.row
    assert (row.confirmation_pending, row.biometry_enabled) == (False, False)
    assert not bytes(row.biometry_key)


@pytest.mark.parametrize("confirmed", [True, False])
def test_added_biometry_never_wakes_the_initial_key(phone: Phone4, confirmed: bool) -> None:
    if confirmed:
        confirm(phone, biometry=False)
    secret = changed(phone, factor_changes.new_biometry)
    assert not phone.sign(PB).valid
    assert phone.sign(PB, biometry=secret).valid
    assert not bytes(phone.row.next_biometry_key)


def test_biometry_that_is_on_gets_a_key_that_waits(each_phone: Phone4) -> None:
    confirm(each_phone, biometry=True)
    expected = stored(each_phone)
    secret = changed(each_phone, factor_changes.new_biometry)
    assert stored(each_phone) == expected.with_biometry(secret)
    assert each_phone.sign(PB, biometry=secret).valid
    assert stored_keys.opened(each_phone.row, "biometry_key") == secret


def test_removed_biometry(phone: Phone4) -> None:
    confirm(phone, biometry=True)
    secret = changed(phone, factor_changes.new_biometry)
    for _ in range(2):
        write(phone, factor_changes.without_biometry())
    assert stored(phone).biometry is None
    for replaced in ({}, {"biometry": secret}):
        assert not phone.sign(PB, **replaced).valid
    assert phone.row.failed_attempts == 0


@BOTH
def test_trap_26_factor_keys_have_the_suite_of_the_activation(
    each_phone: Phone4, change: Change
) -> None:
    for suite in SUITES:
        if suite is not each_phone.suite:
            with pytest.raises(UnsupportedSuite):
                change(each_phone.row, Offer.generate(suite).request.to_json())


@BOTH
@pytest.mark.parametrize("keys", [[], ["AAAA"], ["!"], ["AAAA", "AAAA", "AAAA"], None])
def test_altered_offers(phone: Phone4, change: Change, keys: object) -> None:
    payloads: list[object] = [{"algorithm": "EC_P384", "encapsulationKeys": keys}, [], None]
    for payload in payloads:
        with pytest.raises(ProtocolError):
            change(phone.row, payload)
