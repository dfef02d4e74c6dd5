"""Upgrades from protocol 3 that meet approvals, blockings and themselves: the row lock decides.

Whatever comes of it, the phone can go on by one of both protocols, with keys that it has.
"""

import base64
from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from operations.models import Operation
from powerauth.engine.activations import activations, lifecycle
from powerauth.engine.generations.four import stored_keys
from powerauth.engine.signatures import signatures
from powerauth.engine.storage import rotation
from powerauth.engine.storage.rotation import SEALED_COLUMNS
from powerauth.errors import EngineRefusal
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    KeySide,
    SignatureAudit,
)
from powerauth.phone.errors import PhoneFailure
from powerauth.protocol.v4.suites import EC_P384, available_suites
from powerauth.values import SignedRequest
from tests.bank import PIN, Bank, make_bank
from tests.engine.upgrades.moving import Moving
from tests.races.crowd import in_order, together

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
ROUNDS = 3
PARALLEL = 6
LIST = "/api/auth/token/app/operation/list"
EITHER_FIRST = pytest.mark.parametrize("first", [0, 1])
CHANGED = "ACTIVATION_VERSION_CHANGED"


@pytest.fixture(autouse=True)
def _offered(settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4


@pytest.fixture
def bank() -> Bank:
    return make_bank()


def phones(bank: Bank, *, started: bool = True) -> list[Moving]:
    """Give a phone for each round, whose upgrade has begun."""
    suites = available_suites()
    made = [Moving.of(bank, suites[number % len(suites)]) for number in range(ROUNDS)]
    for phone in made if started else ():
        phone.start()
    return made


def verified(code: SignedRequest) -> bool:
    return signatures.verify_online(code, at=timezone.now()).valid


def approved(phone: Moving, operation: Operation) -> int:
    return phone.old.approve(str(operation.id), operation.data, pin=PIN).status


def together_with(actions: list[Callable[[], object]]) -> list[object]:
    """Run actions that give different things at the same moment; see `together`."""
    return together(actions)


def rivals(
    phone: Moving, one: Callable[[], object], other: Callable[[], object], *, first: int
) -> list[object]:
    """Let two actions meet at the row of a phone, which serves the one or the other first."""
    actions = [one, other]
    hold = partial(activations.lock, phone.old.activation_id)
    given = in_order(hold, [actions[first], actions[1 - first]])
    return [given[first], given[1 - first]]


def guessed(phone: Moving) -> int:
    return phone.old.validate_signature(pin="9999").status


def made(phone: Moving) -> bool:
    """Tell whether a token of protocol 3 was made."""
    try:
        phone.old.create_token()
    except PhoneFailure:
        return False
    return True


def tried(action: Callable[[], object]) -> bool:
    """Tell whether the engine did as it was asked."""
    try:
        action()
    except EngineRefusal:
        return False
    return True


def assert_keys_belong_together(phone: Moving) -> None:
    """Insist on that secret, counter and key pairs of a row come from one exchange."""
    row, new = phone.row, phone.new
    assert stored_keys.opened(row, "activation_secret") == new.secret
    server = [bytes(key.public_key) for key in row.keys.filter(side=KeySide.SERVER)]
    device = [bytes(key.public_key) for key in row.keys.filter(side=KeySide.DEVICE)]
    assert new.server_keys is not None
    assert server == [key for _, key in new.server_keys.by_algorithm(new.suite)]
    own = new.device.request.device_keys
    assert device == [key for _, key in own.by_algorithm(new.suite)]


def assert_no_code_of_another_protocol_was_accepted() -> None:
    """Insist on that only the confirmation met a row that said 3 with a code of 4.0."""
    changes = ActivationHistory.objects.filter(event_reason=CHANGED).count()
    accepted = SignatureAudit.objects.filter(valid=True)
    of_4 = accepted.filter(signature_version="4.0")
    assert of_4.filter(version=3).count() == changes
    assert not accepted.exclude(signature_version="4.0").filter(version=4).exists()


def test_a_start_beside_approvals_of_protocol_3(bank: Bank) -> None:
    for phone in phones(bank, started=False):
        operations = [bank.operation("alice") for _ in range(3)]
        for operation in operations:
            counter = phone.row.counter
            answers = together_with(
                [partial(approved, phone, operation), partial(tried, phone.ask)]
            )
            assert answers == [200, True]
            assert phone.row.counter == counter + 1
        phone.start()
        assert verified(phone.code())
    assert_no_code_of_another_protocol_was_accepted()


def test_of_many_starts_the_last_one_counts_as_a_whole(bank: Bank) -> None:
    phone = Moving.of(bank, EC_P384)
    for number in range(ROUNDS):
        suites = available_suites()
        rivals = [Moving(old=phone.old, new=Moving.of(bank, suite).new) for suite in suites]
        for rival in rivals:
            rival.new.activation_id = phone.old.activation_id
        together([partial(rival.start, biometry=bool(number % 2)) for rival in rivals])
        secret = stored_keys.opened(phone.row, "activation_secret")
        [last] = [rival for rival in rivals if rival.new.secret == secret]
        assert phone.row.pending_suite == last.new.suite.name
        assert_keys_belong_together(last)
        codes = [(rival is last, rival.code()) for rival in rivals]
        assert phone.works_as_before()
        if number == ROUNDS - 1:
            assert [verified(code) for _, code in sorted(codes, key=lambda pair: pair[0])] == [
                *[False] * (len(rivals) - 1),
                True,
            ]
            assert last.works_as_new()


@EITHER_FIRST
def test_a_start_against_the_confirmation_of_the_one_before(bank: Bank, first: int) -> None:
    for phone in phones(bank):
        again = Moving(old=phone.old, new=Moving.of(bank, phone.new.suite).new)
        again.new.activation_id = phone.old.activation_id
        confirmed, started = rivals(
            phone, partial(verified, phone.code()), partial(tried, again.start), first=first
        )
        assert (confirmed, started) == (first == 0, first == 1)
        if confirmed:
            assert_keys_belong_together(phone)
            assert phone.works_as_new()
            continue
        assert phone.row.protocol_generation == 3
        assert_keys_belong_together(again)
        assert phone.works_as_before()
        assert verified(again.code())
        assert again.works_as_new()
    assert_no_code_of_another_protocol_was_accepted()


@EITHER_FIRST
def test_a_confirmation_against_an_approval_of_protocol_3(bank: Bank, first: int) -> None:
    for phone in phones(bank):
        operation = bank.operation("alice")
        approve = partial(approved, phone, operation)
        confirmed, answer = rivals(phone, partial(verified, phone.code()), approve, first=first)
        assert (confirmed, answer) == (True, 401 if first == 0 else 200)
        operation.refresh_from_db()
        assert operation.status == ("APPROVED" if answer == 200 else "PENDING")
        assert phone.row.failed_attempts == 0
        assert phone.works_as_new()
    assert_no_code_of_another_protocol_was_accepted()


def test_one_confirmation_used_at_once_succeeds_once(bank: Bank) -> None:
    for phone in phones(bank):
        code = phone.code()
        answers = together([partial(verified, code)] * PARALLEL)
        assert sorted(answers) == [False] * (PARALLEL - 1) + [True]
        assert phone.works_as_new()
    assert ActivationHistory.objects.filter(event_reason=CHANGED).count() == ROUNDS


def test_a_phone_that_confirms_twice_at_once(bank: Bank) -> None:
    for phone in phones(bank):
        first, second = phone.code(), phone.code()
        answers = together([partial(verified, first), partial(verified, second)])
        # The later code leaves the earlier one behind, whatever the activation is then.
        assert answers[1] is True
        assert phone.row.failed_attempts == 0
        assert phone.works_as_new()
    assert ActivationHistory.objects.filter(event_reason=CHANGED).count() == ROUNDS
    assert_no_code_of_another_protocol_was_accepted()


@EITHER_FIRST
def test_a_confirmation_against_a_blocking(bank: Bank, first: int) -> None:
    for phone in phones(bank):
        block = partial(lifecycle.block, phone.old.activation_id, at=timezone.now())
        confirm = partial(verified, phone.code())
        confirmed, blocked = rivals(phone, confirm, partial(tried, block), first=first)
        assert (confirmed, blocked) == (first == 0, True)
        assert phone.row.state == ActivationState.BLOCKED
        assert phone.row.protocol_generation == (4 if confirmed else 3)
        assert not verified(phone.code())
        lifecycle.unblock(phone.old.activation_id, at=timezone.now())
        assert confirmed or phone.works_as_before()
        assert verified(phone.code())
        assert phone.works_as_new()


@EITHER_FIRST
def test_a_confirmation_against_a_removal(bank: Bank, first: int) -> None:
    for phone in phones(bank):
        remove = partial(lifecycle.remove, phone.old.activation_id, at=timezone.now())
        confirm = partial(verified, phone.code())
        confirmed, removed = rivals(phone, confirm, partial(tried, remove), first=first)
        assert (confirmed, removed) == (first == 0, True)
        row = phone.row
        generation = 4 if confirmed else 3
        assert (row.state, row.protocol_generation) == (ActivationState.REMOVED, generation)
        assert not verified(phone.code())
        assert not phone.works_as_before()


@EITHER_FIRST
def test_the_last_wrong_pin_against_a_confirmation(bank: Bank, first: int) -> None:
    for phone in phones(bank):
        limit = phone.row.max_failed_attempts
        Activation.objects.filter(pk=phone.row.pk).update(failed_attempts=limit - 1)
        guess = partial(guessed, phone)
        confirmed, status = rivals(phone, partial(verified, phone.code()), guess, first=first)
        assert (confirmed, status) == (first == 0, 401)
        row = phone.row
        if confirmed:
            # A signature of protocol 3 means nothing any more.
            assert (row.state, row.failed_attempts) == (ActivationState.ACTIVE, limit - 1)
            assert phone.works_as_new()
        else:
            assert (row.state, row.protocol_generation) == (ActivationState.BLOCKED, 3)


def test_a_token_of_protocol_3_does_not_survive(bank: Bank) -> None:
    for phone in phones(bank):
        phone.old.create_token()
        confirmed, _ = together([partial(verified, phone.code()), partial(made, phone)])
        assert confirmed is True
        # One that was just being made is of no use.
        assert phone.old.token_post(LIST, {}, token=phone.old.token).status == 401
        assert phone.works_as_new()


def test_records_are_encrypted_anew_beside_it(bank: Bank, settings: Settings) -> None:
    for number, phone in enumerate(phones(bank, started=False)):
        renew_the_key(settings, number)
        together_with([phone.start, rotated])
        assert phone.works_as_before()
        renew_the_key(settings, number + ROUNDS)
        answers = together([partial(verified, phone.code()), partial(tried, rotated)])
        assert answers == [True, True]
        rotated()
        assert_keys_belong_together(phone)
        assert phone.works_as_new()


def renew_the_key(settings: Settings, number: int) -> None:
    """Seal from now on under another key, and open what was sealed before."""
    former = [settings.MASTER_DB_ENCRYPTION_KEY, settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS]
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = ",".join(filter(None, former))
    settings.MASTER_DB_ENCRYPTION_KEY = base64.b64encode(bytes([number + 1]) * 32).decode()


def rotated() -> None:
    for column in SEALED_COLUMNS:
        rotation.rotate(column)
