"""What a phone changes of its factors, for callers that have verified a code."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from powerauth.engine.activations import activations
from powerauth.engine.factors import biometry, confirmation, password
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationHistory, ActivationState, UniqueValue
from powerauth.phone.phone import Phone
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.v4.key_agreement.shared_secret import Offer, SharedSecretResponse
from powerauth.protocol.v4.suites import SUITES
from powerauth.values import EncryptedCall
from tests.bank import Bank
from tests.engine.generations_four.phone import PB, PK, Phone4, Sealed

NOT_ACTIVE = set(ActivationState) - {ActivationState.ACTIVE}
EACH_AGREEMENT = pytest.mark.parametrize(
    ("change", "encryptor"),
    [(password.change, Encryptor.CHANGE_PASSWORD), (biometry.add, Encryptor.ADD_BIOMETRY)],
    ids=["password", "biometry"],
)


def confirm(phone: Phone4, *, enable_biometry: bool = False) -> Activation:
    return confirmation.confirm(
        phone.activation_id, enable_biometry=enable_biometry, at=timezone.now()
    )


def offered(phone: Phone4, encryptor: Encryptor, suite: Any = None) -> tuple[Sealed, Offer]:
    offer = Offer.generate(suite or phone.suite)
    return phone.seal(offer.request.to_json(), encryptor), offer


def agreed(phone: Phone4, change: Any, encryptor: Encryptor) -> bytes:
    sealed, offer = offered(phone, encryptor)
    answer = sealed.answer(change(sealed.call, at=timezone.now()))
    return offer.accept(SharedSecretResponse.parse(answer))


def refusal_of(act: Any, *args: Any, **kwargs: Any) -> ErrorCode:
    with pytest.raises(EngineRefusal) as refused:
        act(*args, **{"at": timezone.now(), **kwargs})
    return refused.value.code


def reasons(phone: Phone4) -> list[str]:
    rows = ActivationHistory.objects.filter(activation_id=phone.activation_id).order_by("id")
    return [reason for reason in rows.values_list("event_reason", flat=True) if reason]


@pytest.mark.parametrize("enabled", [True, False])
def test_confirmation(phone: Phone4, enabled: bool) -> None:
    confirm(phone, enable_biometry=enabled)
    row = phone.row
    assert (row.confirmation_pending, row.biometry_enabled) == (False, enabled)
    assert bool(row.biometry_key) is enabled
    assert phone.sign(PB).valid is enabled
    assert reasons(phone) == ["ACTIVATION_CONFIRMED"]
    with pytest.raises(EngineRefusal) as refused:
        confirm(phone, enable_biometry=True)
    assert refused.value.code is ErrorCode.ACTIVATION_STATE
    assert phone.row.biometry_enabled is enabled


@pytest.mark.parametrize("state", set(ActivationState) - confirmation.STATES)
def test_confirmation_in_another_state(phone: Phone4, state: ActivationState) -> None:
    Activation.objects.update(state=state)
    act = confirmation.confirm
    assert refusal_of(act, phone.activation_id, enable_biometry=True) is ErrorCode.ACTIVATION_STATE
    assert phone.row.confirmation_pending


def test_confirmation_of_an_activation_whose_time_is_over(phone: Phone4) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Activation.objects.update(state=ActivationState.PENDING_COMMIT, expires_at=past)
    act = confirmation.confirm
    assert refusal_of(act, phone.activation_id, enable_biometry=True) is ErrorCode.ACTIVATION_STATE
    assert phone.row.state == ActivationState.REMOVED


def test_an_unknown_activation(db: None) -> None:
    unknown = "49414e31-f3df-4cea-87e6-f214ca3b8412"
    act = confirmation.confirm
    assert refusal_of(act, unknown, enable_biometry=True) is ErrorCode.ACTIVATION_NOT_FOUND
    assert refusal_of(act, None, enable_biometry=True) is ErrorCode.INVALID_REQUEST
    assert refusal_of(biometry.remove, unknown) is ErrorCode.ACTIVATION_NOT_FOUND


@EACH_AGREEMENT
def test_a_new_key_is_the_secret_itself(
    each_phone: Phone4, change: Any, encryptor: Encryptor
) -> None:
    """Trap 17."""
    confirm(each_phone, enable_biometry=True)
    factor = "knowledge" if encryptor is Encryptor.CHANGE_PASSWORD else "biometry"
    kind = PB if factor == "biometry" else PK
    secret = agreed(each_phone, change, encryptor)
    replaced = {factor: secret}
    assert each_phone.sign(kind, **replaced).valid
    assert not each_phone.sign(kind).valid


@EACH_AGREEMENT
def test_trap_26_another_suite(each_phone: Phone4, change: Any, encryptor: Encryptor) -> None:
    before = each_phone.row
    for suite in SUITES:
        if suite is not each_phone.suite:
            sealed, _ = offered(each_phone, encryptor, suite)
            assert refusal_of(change, sealed.call) is ErrorCode.INVALID_REQUEST
    after = each_phone.row
    assert before.next_knowledge_key == after.next_knowledge_key == b""
    assert after.biometry_enabled is False
    assert reasons(each_phone) == []


@EACH_AGREEMENT
@pytest.mark.parametrize("payload", [None, [], {}, {"algorithm": "EC_P384"}, "text", 1])
def test_malformed_offers(phone: Phone4, change: Any, encryptor: Encryptor, payload: Any) -> None:
    call = phone.seal(payload, encryptor).call
    assert refusal_of(change, call) is ErrorCode.INVALID_REQUEST
    before = UniqueValue.objects.count()
    assert refusal_of(change, call) is ErrorCode.INVALID_REQUEST
    assert UniqueValue.objects.count() == before


@EACH_AGREEMENT
@pytest.mark.parametrize("state", NOT_ACTIVE)
def test_agreement_in_another_state(
    phone: Phone4, change: Any, encryptor: Encryptor, state: ActivationState
) -> None:
    sealed, _ = offered(phone, encryptor)
    Activation.objects.update(state=state)
    assert refusal_of(change, sealed.call) is ErrorCode.ACTIVATION_STATE


@EACH_AGREEMENT
def test_an_activation_that_is_blocked_meanwhile(
    phone: Phone4, change: Any, encryptor: Encryptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state is looked at again under the lock."""
    sealed, _ = offered(phone, encryptor)
    lock = activations.lock

    def late(activation_id: str) -> Activation:
        Activation.objects.update(state=ActivationState.BLOCKED)
        return lock(activation_id)

    monkeypatch.setattr(activations, "lock", late)
    assert refusal_of(change, sealed.call) is ErrorCode.ACTIVATION_STATE
    assert phone.row.next_knowledge_key == b"" and not phone.row.biometry_enabled


def test_the_initial_key_of_biometry_never_becomes_valid(each_phone: Phone4) -> None:
    """Trap 19."""
    secret = agreed(each_phone, biometry.add, Encryptor.ADD_BIOMETRY)
    assert not each_phone.sign(PB).valid
    assert each_phone.sign(PB, biometry=secret).valid


def test_biometry_is_removed_again_and_again(phone: Phone4) -> None:
    confirm(phone, enable_biometry=True)
    for _ in range(2):
        biometry.remove(phone.activation_id, at=timezone.now())
        row = phone.row
        assert not row.biometry_enabled
        assert not row.biometry_key and not row.next_biometry_key
    assert reasons(phone) == ["ACTIVATION_CONFIRMED", "BIOMETRY_REMOVED"]


@pytest.mark.parametrize("state", NOT_ACTIVE)
def test_biometry_is_removed_of_active_activations(phone: Phone4, state: ActivationState) -> None:
    Activation.objects.update(state=state, biometry_enabled=True)
    assert refusal_of(biometry.remove, phone.activation_id) is ErrorCode.ACTIVATION_STATE
    assert phone.row.biometry_enabled


def test_an_activation_of_protocol_3_has_none_of_this(bank: Bank, alice: Phone) -> None:
    state = ErrorCode.ACTIVATION_STATE
    Activation.objects.update(confirmation_pending=True)
    mine = alice.activation_id
    assert refusal_of(confirmation.confirm, mine, enable_biometry=True) is state
    assert refusal_of(biometry.remove, mine) is state
    sealed, _ = alice.seal(b"{}", Encryptor.ACTIVATION_GENERIC)
    call = EncryptedCall(
        request=sealed,
        encryptor=Encryptor.CHANGE_PASSWORD,
        version="3.3",
        application_key=alice.application_key,
        activation_id=mine,
    )
    assert refusal_of(password.change, call) is ErrorCode.DECRYPTION_FAILED
