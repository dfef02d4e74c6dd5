"""`/pa/v4/biometry/add` and `/pa/v4/biometry/remove`: protocol-4.md 25.2."""

import pytest

from powerauth.models import Activation, ActivationHistory, ActivationState, CallbackEvent
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.v4.key_agreement.shared_secret import Offer
from powerauth.protocol.v4.suites import SUITES
from tests.api.answers import OK, outcome
from tests.api.standard.v4.phone import WirePhone
from tests.api.standard.v4.wire import CODE_INVALID, NO_BIOMETRY, WRONG, P, attempts
from tests.engine.generations_four.phone import PB, PK, Sealed
from tests.engine.test_callback_outbox import listen

ADD, REMOVE = "/biometry/add", "/biometry/remove"
B = "biometry"
NOT_ACTIVE = [ActivationState.PENDING_COMMIT, ActivationState.BLOCKED, ActivationState.REMOVED]


def offered(phone: WirePhone) -> Sealed:
    return phone.seal(Offer.generate(phone.suite).request.to_json(), Encryptor.ADD_BIOMETRY)


def test_trap_19_the_initial_key_never_becomes_valid(each_phone: WirePhone) -> None:
    initial = each_phone.keys.biometry
    assert outcome(each_phone.validate(PB)) == CODE_INVALID
    each_phone.confirm(enable_biometry=False)
    each_phone.new_key(B)
    assert outcome(each_phone.validate(PB)) == OK
    failed = attempts(each_phone)[1]
    assert outcome(each_phone.validate(PB, biometry=initial)) == CODE_INVALID
    assert attempts(each_phone)[1] == failed + 1
    assert each_phone.status().biometry_enabled


def test_before_the_confirmation(each_phone: WirePhone) -> None:
    initial = each_phone.keys.biometry
    each_phone.new_key(B)
    assert outcome(each_phone.validate(PB, biometry=initial)) == CODE_INVALID
    assert outcome(each_phone.validate(PB)) == OK


def test_another_key_waits_for_a_code(each_phone: WirePhone) -> None:
    each_phone.confirm(enable_biometry=True)
    former = each_phone.keys.biometry
    each_phone.new_key(B)
    assert each_phone.row.next_biometry_key
    assert outcome(each_phone.validate(PB)) == OK
    assert each_phone.row.next_biometry_key == b""
    assert outcome(each_phone.validate(PB, biometry=former)) == CODE_INVALID


def test_trap_18_a_lost_answer_leaves_the_former_key(each_phone: WirePhone) -> None:
    each_phone.confirm(enable_biometry=True)
    unknown = each_phone.new_key(B, answer_arrives=False)
    assert outcome(each_phone.validate(PB)) == OK
    assert outcome(each_phone.validate(PB, biometry=unknown)) == CODE_INVALID


def test_a_lost_answer_where_biometry_was_off(phone: WirePhone) -> None:
    """The phone has no key; it asks for another one, which is to be proven first."""
    phone.confirm(enable_biometry=False)
    phone.new_key(B, answer_arrives=False)
    assert phone.status().biometry_enabled
    phone.new_key(B)
    assert outcome(phone.validate(PB)) == OK


@pytest.mark.main_path
def test_off_and_on_again(each_phone: WirePhone) -> None:
    """History tells of it, and no back end hears of it: the state stays."""
    listen(each_phone.application.id)
    each_phone.confirm(enable_biometry=True)
    former = each_phone.keys.biometry
    assert outcome(each_phone.remove_biometry()) == OK
    row = each_phone.row
    assert (row.biometry_enabled, row.biometry_key, row.next_biometry_key) == (False, b"", b"")
    before = attempts(each_phone)
    assert outcome(each_phone.validate(PB)) == CODE_INVALID
    assert attempts(each_phone) == before
    assert outcome(each_phone.remove_biometry()) == OK
    each_phone.new_key(B)
    assert outcome(each_phone.validate(PB, biometry=former)) == CODE_INVALID
    assert outcome(each_phone.validate(PB)) == OK
    told = ActivationHistory.objects.filter(activation_id=each_phone.activation_id)
    reasons = [reason for reason in told.values_list("event_reason", flat=True) if reason]
    assert sorted(reasons) == ["ACTIVATION_CONFIRMED", "BIOMETRY_ADDED", "BIOMETRY_REMOVED"]
    assert not CallbackEvent.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{}", b"not JSON", {"requestObject": {}}])
def test_the_body_of_a_removal_is_never_read(phone: WirePhone, body: object) -> None:
    phone.confirm(enable_biometry=True)
    assert outcome(phone.post_signed(REMOVE, "/pa/biometry/remove", body, P)) == OK


@pytest.mark.parametrize("kind", [PK, PB])
def test_a_removal_takes_possession_only(phone: WirePhone, kind: object) -> None:
    phone.confirm(enable_biometry=True)
    before = attempts(phone)
    answer = phone.post_signed(REMOVE, "/pa/biometry/remove", b"", kind)  # type: ignore[arg-type] # a type of a code
    assert outcome(answer) == CODE_INVALID
    assert attempts(phone) == before
    assert phone.row.biometry_enabled


def test_a_wrong_code(each_phone: WirePhone) -> None:
    each_phone.confirm(enable_biometry=True)
    answer = each_phone.post_signed(REMOVE, "/pa/biometry/remove", b"", P, possession=WRONG)
    assert outcome(answer) == CODE_INVALID
    answer = each_phone.post_sealed_signed(ADD, offered(each_phone), knowledge=WRONG)
    assert outcome(answer) == CODE_INVALID
    row = each_phone.row
    assert row.biometry_enabled and row.biometry_key and not row.next_biometry_key


@pytest.mark.parametrize("kind", [P, PB])
def test_adding_takes_possession_and_knowledge(phone: WirePhone, kind: object) -> None:
    phone.confirm(enable_biometry=True)
    answer = phone.post_sealed_signed(ADD, offered(phone), kind)  # type: ignore[arg-type] # a type of a code
    assert outcome(answer) == CODE_INVALID
    assert not phone.row.next_biometry_key


def test_trap_26_another_suite(each_phone: WirePhone) -> None:
    for suite in SUITES:
        if suite is not each_phone.suite:
            offer = Offer.generate(suite).request.to_json()
            sealed = each_phone.seal(offer, Encryptor.ADD_BIOMETRY)
            assert outcome(each_phone.post_sealed_signed(ADD, sealed)) == NO_BIOMETRY
    assert not each_phone.row.biometry_enabled


@pytest.mark.parametrize("payload", [None, [], {}, {"algorithm": "EC_P384", "ecdhe": "AAAA"}])
def test_trap_27_what_is_no_offer(phone: WirePhone, payload: object) -> None:
    sealed = phone.seal(payload, Encryptor.ADD_BIOMETRY)
    assert outcome(phone.post_sealed_signed(ADD, sealed)) == NO_BIOMETRY


def test_the_same_envelope_under_another_code(phone: WirePhone) -> None:
    sealed = offered(phone)
    assert phone.post_sealed_signed(ADD, sealed).status == 200
    before = phone.row.biometry_key
    assert outcome(phone.post_sealed_signed(ADD, sealed)) == NO_BIOMETRY
    assert (phone.row.biometry_key, phone.row.next_biometry_key) == (before, b"")


@pytest.mark.parametrize("state", NOT_ACTIVE)
def test_other_states(phone: WirePhone, state: ActivationState) -> None:
    sealed = offered(phone)
    Activation.objects.update(state=state, biometry_enabled=True)
    assert outcome(phone.post_sealed_signed(ADD, sealed)) == CODE_INVALID
    assert outcome(phone.remove_biometry()) == CODE_INVALID
    assert phone.row.biometry_enabled
