"""`/pa/v4/password/change`: protocol-4.md 25.1."""

import pytest

from powerauth.models import Activation, ActivationHistory, ActivationState, CallbackEvent
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.v4.key_agreement.shared_secret import Offer
from powerauth.protocol.v4.suites import SUITES
from tests.api.answers import OK, TOO_LARGE, outcome
from tests.api.standard.v4.phone import WirePhone
from tests.api.standard.v4.wire import CODE_INVALID, NO_PASSWORD, WRONG, P, attempts
from tests.engine.generations_four.phone import PB, PK, Sealed
from tests.engine.test_callback_outbox import listen

PATH, ENCRYPTOR = "/password/change", Encryptor.CHANGE_PASSWORD
K = "knowledge"


def offered(phone: WirePhone, **changes: object) -> Sealed:
    offer = Offer.generate(phone.suite).request.to_json()
    return phone.seal({**offer, **changes}, ENCRYPTOR)


@pytest.mark.main_path
def test_the_next_code_completes_the_change(each_phone: WirePhone) -> None:
    listen(each_phone.application.id)
    former = each_phone.keys.knowledge
    each_phone.new_key(K)
    assert each_phone.row.next_knowledge_key
    assert not CallbackEvent.objects.exists()
    assert outcome(each_phone.validate()) == OK
    assert each_phone.row.next_knowledge_key == b""
    assert outcome(each_phone.validate(knowledge=former)) == CODE_INVALID
    assert outcome(each_phone.validate()) == OK
    told = ActivationHistory.objects.filter(event_reason="PASSWORD_CHANGED")
    assert told.count() == 1


def test_the_new_key_is_good_for_other_endpoints(each_phone: WirePhone) -> None:
    each_phone.new_key(K)
    assert outcome(each_phone.confirm(enable_biometry=True)) == OK
    assert each_phone.row.next_knowledge_key == b""


@pytest.mark.main_path
def test_trap_18_a_lost_answer_leaves_the_former_password(each_phone: WirePhone) -> None:
    """Trap 18: a success with the current key drops the key that waits."""
    unknown = each_phone.new_key(K, answer_arrives=False)
    assert each_phone.row.next_knowledge_key
    assert outcome(each_phone.validate()) == OK
    assert each_phone.row.next_knowledge_key == b""
    assert outcome(each_phone.validate(knowledge=unknown)) == CODE_INVALID
    each_phone.new_key(K)
    assert outcome(each_phone.validate()) == OK


def test_a_change_after_a_lost_answer(each_phone: WirePhone) -> None:
    """The second call is authenticated by the former password, and its key replaces the other."""
    unknown = each_phone.new_key(K, answer_arrives=False)
    each_phone.new_key(K)
    assert outcome(each_phone.validate(knowledge=unknown)) == CODE_INVALID
    assert outcome(each_phone.validate()) == OK


def test_factors_that_are_not_named_stay_as_they_are(phone: WirePhone) -> None:
    phone.confirm(enable_biometry=True)
    phone.new_key(K)
    assert outcome(phone.validate(P)) == OK
    assert outcome(phone.validate(PB)) == OK
    assert phone.row.next_knowledge_key
    assert outcome(phone.validate(PK)) == OK


def test_two_changes_in_a_row(phone: WirePhone) -> None:
    """The code of the second call completes the first change."""
    former, first = phone.keys.knowledge, phone.new_key(K)
    phone.new_key(K)
    assert outcome(phone.validate(knowledge=former)) == CODE_INVALID
    assert outcome(phone.validate()) == OK
    assert outcome(phone.validate(knowledge=first)) == CODE_INVALID


def test_a_wrong_code_changes_nothing(each_phone: WirePhone) -> None:
    answer = each_phone.post_sealed_signed(PATH, offered(each_phone), knowledge=WRONG)
    assert outcome(answer) == CODE_INVALID
    assert attempts(each_phone) == (0, 1)
    assert each_phone.row.next_knowledge_key == b""


def test_factors_that_do_not_suffice(phone: WirePhone) -> None:
    phone.confirm(enable_biometry=True)
    before = attempts(phone)
    for kind in (P, PB):
        assert outcome(phone.post_sealed_signed(PATH, offered(phone), kind)) == CODE_INVALID
    assert attempts(phone) == before


def test_trap_26_another_suite(each_phone: WirePhone) -> None:
    for suite in SUITES:
        if suite is not each_phone.suite:
            offer = Offer.generate(suite).request.to_json()
            sealed = each_phone.seal(offer, ENCRYPTOR)
            assert outcome(each_phone.post_sealed_signed(PATH, sealed)) == NO_PASSWORD
    sealed = offered(each_phone, algorithm="ML_L3")
    assert outcome(each_phone.post_sealed_signed(PATH, sealed)) == NO_PASSWORD
    assert each_phone.row.next_knowledge_key == b""


@pytest.mark.parametrize("keys", [None, [], ["AAAA"], ["AAAA", "AAAA", "AAAA"], "text", [None]])
def test_trap_27_malformed_keys(phone: WirePhone, keys: object) -> None:
    sealed = offered(phone, encapsulationKeys=keys, ecdhe="AAAA", mlkem="AAAA")
    assert outcome(phone.post_sealed_signed(PATH, sealed)) == NO_PASSWORD
    assert attempts(phone) == (1, 0)


def test_trap_27_former_members_are_ignored(phone: WirePhone) -> None:
    sealed = offered(phone, ecdhe="AAAA", mlkem="AAAA")
    assert phone.post_sealed_signed(PATH, sealed).status == 200


@pytest.mark.parametrize("payload", [None, [], "text", 1, {}])
def test_what_is_no_offer(phone: WirePhone, payload: object) -> None:
    sealed = phone.seal(payload, ENCRYPTOR)
    assert outcome(phone.post_sealed_signed(PATH, sealed)) == NO_PASSWORD


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[]", b'{"encryptedData":"AA=="}'])
def test_what_is_not_encrypted(phone: WirePhone, body: bytes) -> None:
    assert outcome(phone.post_signed(PATH, "/pa/password/change", body)) == NO_PASSWORD


def test_another_encryptor(phone: WirePhone) -> None:
    offer = Offer.generate(phone.suite).request.to_json()
    for encryptor in (Encryptor.ADD_BIOMETRY, Encryptor.ACTIVATION_GENERIC):
        sealed = phone.seal(offer, encryptor)
        assert outcome(phone.post_sealed_signed(PATH, sealed)) == NO_PASSWORD
    assert phone.row.next_knowledge_key == b""


def test_the_same_envelope_under_another_code(phone: WirePhone) -> None:
    sealed = offered(phone)
    assert phone.post_sealed_signed(PATH, sealed).status == 200
    before = phone.row.next_knowledge_key
    assert outcome(phone.post_sealed_signed(PATH, sealed)) == NO_PASSWORD
    assert attempts(phone) == (2, 0)
    # The code was a right one with the current key, which drops what waited.
    assert before and phone.row.next_knowledge_key == b""


def test_an_envelope_of_somebody_else(phone: WirePhone, other_phone: WirePhone) -> None:
    sealed = offered(other_phone)
    assert outcome(phone.post_sealed_signed(PATH, sealed)) == NO_PASSWORD
    headers = other_phone.encryption_header(ENCRYPTOR.scope)
    answer = phone.post_sealed_signed(PATH, offered(other_phone), headers=headers)
    assert outcome(answer) == NO_PASSWORD
    assert phone.row.next_knowledge_key == other_phone.row.next_knowledge_key == b""


@pytest.mark.parametrize(
    "state",
    [ActivationState.PENDING_COMMIT, ActivationState.BLOCKED, ActivationState.REMOVED],
)
def test_other_states(phone: WirePhone, state: ActivationState) -> None:
    sealed = offered(phone)
    Activation.objects.update(state=state)
    assert outcome(phone.post_sealed_signed(PATH, sealed)) == CODE_INVALID
    assert phone.row.next_knowledge_key == b""


def test_trap_28_an_excessive_body(phone: WirePhone, settings: object) -> None:
    body = b" " * (64 * 1024 + 1)
    assert outcome(phone.post_signed(PATH, "/pa/password/change", body)) == TOO_LARGE
    assert attempts(phone) == (0, 0)
