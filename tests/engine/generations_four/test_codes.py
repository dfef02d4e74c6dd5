"""Authentication codes through the engine: protocol-4.md 24 and 25, traps 17 to 19."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.utils import timezone

from powerauth.engine.generations import four
from powerauth.engine.generations.four import stored_keys
from powerauth.engine.signatures import at_once, offline, signatures
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.engine.storage import record_places, records
from powerauth.models import Activation, SignatureAudit
from powerauth.protocol.encoding import b64
from powerauth.protocol.signed_request import CounterMatch, SignatureType, signature_data
from powerauth.protocol.v4.authentication_code import compute_code, next_counter
from powerauth.protocol.v4.factor_keys import FactorKeys
from powerauth.protocol.versions import SignatureFormat
from tests.bank import PIN, Bank
from tests.engine.generations_four.phone import PB, PK, Phone4
from tests.protocol.fuzzing import flipped_text

POSSESSION = SignatureType.POSSESSION
NEW_PIN, NEW_FACE = bytes(range(32)), bytes(range(32, 64))
OFFLINE = b"POST&L29wZXJhdGlvbg==&AAAA&e30="
EVERY_TYPE = pytest.mark.parametrize("kind", SignatureType)


@pytest.fixture(params=[True, False], ids=["at once", "under the lock"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Verify in both ways that ADR 10 describes."""
    if not request.param:
        monkeypatch.setattr(at_once, "verify", lambda *args, **kwargs: None)
    yield


def store(phone: Phone4, **secrets: bytes) -> None:
    """Seal secrets into the row, as a change of a factor key does."""
    columns = stored_keys.sealed(phone.row, **secrets)
    Activation.objects.filter(pk=phone.activation_id).update(**columns)


def turn_biometry_on(phone: Phone4) -> None:
    Activation.objects.filter(pk=phone.activation_id).update(biometry_enabled=True)


def has(phone: Phone4, column: str) -> bool:
    return bool(getattr(phone.row, column))


@EVERY_TYPE
def test_codes_of_every_type(each_phone: Phone4, kind: SignatureType) -> None:
    turn_biometry_on(each_phone)
    for count in (1, 2):
        assert each_phone.sign(kind).valid
        row = each_phone.row
        assert (row.counter, bytes(row.ctr_data_4)) == (count, each_phone.ctr)
    assert not bytes(each_phone.row.ctr_data)


def test_a_record_holds_the_counter_that_the_code_was_made_with(phone: Phone4) -> None:
    before = phone.ctr
    assert phone.sign().valid
    audit = SignatureAudit.objects.get()
    assert (bytes(audit.activation_ctr_data), audit.generation) == (before, 4)
    assert (audit.signature_version, audit.version) == ("4.0", 4)


def test_a_code_is_used_once(phone: Phone4) -> None:
    request = phone.signed()
    assert signatures.verify_online(request, at=timezone.now()).valid
    assert not signatures.verify_online(request, at=timezone.now()).valid
    assert phone.row.failed_attempts == 1


def test_the_counter_may_be_ahead(phone: Phone4) -> None:
    for _ in range(5):
        phone.signed()
    assert phone.sign().valid
    assert phone.row.counter == 6


def test_an_altered_code_is_counted(phone: Phone4) -> None:
    request = phone.signed()
    altered = next(iter(flipped_text(request.signature)))
    verdict = signatures.verify_online(replace(request, signature=altered), at=timezone.now())
    assert (verdict.valid, verdict.remaining_attempts) == (False, 4)
    assert (phone.row.counter, phone.row.failed_attempts) == (0, 1)


def test_a_code_for_another_request(phone: Phone4) -> None:
    request = phone.signed()
    altered = replace(request, bases=[phone.signed(resource="/other").bases[0]])
    assert not signatures.verify_online(altered, at=timezone.now()).valid


def test_trap_18_success_with_the_next_key_makes_it_the_current_one(phone: Phone4) -> None:
    store(phone, next_knowledge_key=NEW_PIN)
    assert phone.sign(knowledge=NEW_PIN).valid
    row = phone.row
    assert not bytes(row.next_knowledge_key)
    assert stored_keys.opened(row, "knowledge_key") == NEW_PIN
    assert not phone.sign().valid
    assert phone.sign(knowledge=NEW_PIN).valid


def test_trap_18_success_with_the_current_key_drops_the_next_one(phone: Phone4) -> None:
    before = bytes(phone.row.knowledge_key)
    store(phone, next_knowledge_key=NEW_PIN)
    assert phone.sign().valid
    assert not has(phone, "next_knowledge_key")
    assert bytes(phone.row.knowledge_key) == before
    assert not phone.sign(knowledge=NEW_PIN).valid


def test_a_promoted_key_is_sealed_for_its_new_place(phone: Phone4) -> None:
    store(phone, next_knowledge_key=NEW_PIN)
    copied = bytes(phone.row.next_knowledge_key)
    assert phone.sign(knowledge=NEW_PIN).valid
    row = phone.row
    owners = (row.pk, row.application_id, row.user_id)
    assert bytes(row.knowledge_key) != copied
    assert records.unseal(row.knowledge_key, record_places.knowledge_key(*owners)) == NEW_PIN
    Activation.objects.update(knowledge_key=copied)
    with pytest.raises(records.SecretUnreadable):
        stored_keys.factors(phone.row, biometry=False)


def test_factors_that_are_not_proven_stay(phone: Phone4) -> None:
    turn_biometry_on(phone)
    store(phone, next_knowledge_key=NEW_PIN, next_biometry_key=NEW_FACE)
    assert phone.sign(POSSESSION).valid
    assert has(phone, "next_knowledge_key") and has(phone, "next_biometry_key")
    assert phone.sign(PK).valid
    assert not has(phone, "next_knowledge_key") and has(phone, "next_biometry_key")
    assert phone.sign(PB, biometry=NEW_FACE).valid
    assert not has(phone, "next_biometry_key")
    assert stored_keys.opened(phone.row, "biometry_key") == NEW_FACE


def test_a_wrong_code_leaves_keys_that_wait(phone: Phone4) -> None:
    store(phone, next_knowledge_key=NEW_PIN)
    assert not phone.sign(knowledge=NEW_FACE).valid
    assert stored_keys.opened(phone.row, "next_knowledge_key") == NEW_PIN


@EVERY_TYPE
@pytest.mark.parametrize("pending", [(), ("knowledge",), ("biometry",), ("knowledge", "biometry")])
def test_changes_are_those_of_the_protocol(
    phone: Phone4, kind: SignatureType, pending: tuple[str, ...]
) -> None:
    turn_biometry_on(phone)
    store(phone, next_knowledge_key=NEW_PIN, next_biometry_key=NEW_FACE)
    row = phone.row
    match = CounterMatch(
        steps=1,
        ctr_data=next_counter(phone.ctr),
        signature_type=kind,
        pending_matched=frozenset(pending) & frozenset(kind.factors),
    )
    before: FactorKeys = stored_keys.factors(row, biometry=True)
    for column, value in four.GENERATION.codes.changes(row, match).items():
        setattr(row, column, value)
    assert stored_keys.factors(row, biometry=True) == before.after(match)
    assert bytes(row.ctr_data_4) == next_counter(phone.ctr)


@pytest.mark.parametrize("kind", [kind for kind in SignatureType if "biometry" in kind.factors])
@pytest.mark.parametrize("enabled", [False, True])
def test_trap_19_biometry_that_is_off_costs_nothing(
    phone: Phone4, kind: SignatureType, enabled: bool
) -> None:
    if enabled:
        turn_biometry_on(phone)
        store(phone, biometry_key=b"")
    before = phone.ctr
    verdict = phone.sign(kind)
    row = phone.row
    assert (verdict.valid, verdict.remaining_attempts) == (False, 5)
    assert (row.failed_attempts, row.free_failures, row.counter) == (0, 1, 0)
    assert bytes(row.ctr_data_4) == before


def test_records_of_biometry_stay_closed_without_need(phone: Phone4) -> None:
    turn_biometry_on(phone)
    Activation.objects.update(biometry_key=b"no record", next_biometry_key=b"no record")
    assert phone.sign(POSSESSION).valid and phone.sign(PK).valid
    with pytest.raises(records.SecretUnreadable):
        phone.sign(PB)


def typed(phone: Phone4, kind: SignatureType, **replaced: bytes) -> str:
    keys = {"possession": phone.keys.possession, "knowledge": phone.keys.knowledge}
    known = {**keys, "biometry": phone.keys.biometry, **replaced}
    code = compute_code(
        signature_data(OFFLINE, "offline"),
        keys=[known[each] for each in kind.factors],
        ctr=phone.ctr,
        fmt=SignatureFormat.DECIMAL,
    )
    phone.ctr = next_counter(phone.ctr)
    return code


def test_offline_codes(each_phone: Phone4) -> None:
    def verdict(kind: SignatureType, **replaced: bytes) -> SignatureType | None:
        code = typed(each_phone, kind, **replaced)
        found = offline.verify(
            each_phone.activation_id, OFFLINE, code, allow_biometry=True, at=timezone.now()
        )
        return found.signature_type if found.valid else None

    assert verdict(PK) is PK
    assert verdict(PB) is None
    assert each_phone.row.failed_attempts == 1
    turn_biometry_on(each_phone)
    assert verdict(PB) is PB
    store(each_phone, next_knowledge_key=NEW_PIN)
    assert verdict(PK, knowledge=NEW_PIN) is PK
    assert stored_keys.opened(each_phone.row, "knowledge_key") == NEW_PIN


def test_counters_of_both_generations_stay_apart(bank: Bank, phone: Phone4) -> None:
    former = bank.phone("bob")
    keys_of_4 = Activation.objects.get(pk=phone.activation_id).ctr_data_4
    # As during an upgrade: what generation 4 keeps stands beside the keys of generation 3.
    Activation.objects.filter(pk=former.activation_id).update(
        ctr_data_4=bytes(keys_of_4), pending_suite="EC_P384"
    )
    before = bytes(bank.activation(former).ctr_data)
    assert former.validate_signature(pin=PIN).ok
    row = bank.activation(former)
    assert (bytes(row.ctr_data_4), row.counter) == (bytes(keys_of_4), 1)
    assert bytes(row.ctr_data) != before
    Activation.objects.filter(pk=phone.activation_id).update(ctr_data=b"3" * 16)
    assert phone.sign().valid
    assert (bytes(phone.row.ctr_data), phone.row.counter) == (b"3" * 16, 1)


def test_a_code_of_the_other_generation_costs_nothing(phone: Phone4) -> None:
    request = replace(phone.signed(), version="3.3", signature=b64(bytes(32)))
    verdict = signatures.verify_online(request, at=timezone.now())
    assert (verdict.valid, verdict.remaining_attempts) == (False, 5)
    assert (phone.row.failed_attempts, phone.row.free_failures) == (0, 0)


def test_the_first_key_that_waits_is_tried_at_each_counter(phone: Phone4) -> None:
    store(phone, next_knowledge_key=NEW_PIN)
    for _ in range(3):
        phone.signed()
    request = phone.signed(knowledge=NEW_PIN)
    attempt = Attempt(
        signature=request.signature,
        candidates=[(signature_data(request.bases[0], phone.version.application_secret), PK)],
        fmt=SignatureFormat.BASE64,
    )
    codes = four.GENERATION.codes
    match = codes.find(phone.row, attempt, look_ahead=4)
    assert match is not None and match.steps == 4
    assert match.pending_matched == {"knowledge"}
    assert codes.find(phone.row, attempt, look_ahead=3) is None
