"""The end of an upgrade: protocol-4.md 30.2."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import applications
from powerauth.engine.generations import four
from powerauth.engine.generations.four import stored_keys
from powerauth.engine.signatures import at_once, signatures
from powerauth.engine.upgrades import confirmation
from powerauth.errors import ErrorCode
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    CallbackEvent,
    KeySide,
    SignatureAudit,
    TemporaryKey,
    Token,
)
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.activation import fingerprint
from powerauth.protocol.v4.authentication_code import next_counter
from powerauth.protocol.v4.status_blob import read_status
from tests.bank import Bank
from tests.engine.generations_four.phone import PB, PK
from tests.engine.upgrades.moving import POSSESSION, Moving
from tests.engine.upgrades.test_start import of_three, refusal


@pytest.fixture(params=[True, False], ids=["at once", "under the lock"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Verify in both ways that ADR 10 describes."""
    if not request.param:
        monkeypatch.setattr(at_once, "verify", lambda *args, **kwargs: None)
    yield


def assert_still_old(phone: Moving, before: list[object]) -> None:
    """Insist on that an attempt has changed nothing of either half."""
    assert of_three(phone.row) == before
    assert phone.row.pending_suite == phone.new.suite.name
    assert phone.works_as_before()


@pytest.mark.usefixtures("way")
def test_the_activation_is_one_of_protocol_4(each_phone: Moving) -> None:
    phone = each_phone
    phone.start()
    counter = phone.row.counter
    verdict = phone.confirm()
    assert (verdict.valid, verdict.activation.state) == (True, "ACTIVE")
    row = phone.row
    assert (row.protocol_generation, row.version, row.created_with) == (4, 4, "4.0")
    assert (row.algorithm, row.pending_suite) == (phone.new.suite.name, "")
    assert (row.state, row.confirmation_pending, row.biometry_enabled) == (3, False, True)
    assert (row.counter, bytes(row.ctr_data_4)) == (counter + 1, phone.new.ctr)
    for kind in SignatureType:
        assert phone.new.sign(kind).valid


def test_nothing_of_protocol_3_is_left(phone: Moving) -> None:
    phone.old.create_token()
    assert TemporaryKey.objects.filter(activation_id=phone.row.pk).exists()
    phone.start()
    assert phone.confirm().valid
    row = phone.row
    former = (row.server_public_key, row.server_private_key, row.device_public_key)
    assert not any(map(bytes, (*former, row.derived_keys, row.ctr_data)))
    assert not Token.objects.filter(activation=row).exists()
    assert not TemporaryKey.objects.filter(activation_id=row.pk).exists()


def test_protocol_3_is_over(phone: Moving) -> None:
    phone.start()
    assert phone.confirm().valid
    failed = phone.row.failed_attempts
    assert not phone.works_as_before()
    assert phone.row.failed_attempts == failed
    assert phone.works_as_new()


def test_both_sides_show_the_same_digits_and_status(each_phone: Moving) -> None:
    phone, new = each_phone, each_phone.new
    phone.start()
    assert phone.confirm().valid
    server = new.server_keys
    assert server is not None
    shown = fingerprint(
        new.suite,
        device_keys=new.device.request.device_keys,
        activation_id=new.activation_id,
        server_keys=server,
    )
    assert four.GENERATION.identity.fingerprint(phone.row) == shown
    assert stored_keys.public_keys(phone.row, KeySide.SERVER) == server
    told = read_status(four.GENERATION.identity.status(phone.row, None).blob, new.keys)
    assert (told.upgrade_pending, told.confirmation_pending) == (False, False)
    assert (told.biometry_enabled, told.current_version) == (True, 4)


def test_without_biometry_no_code_has_it(phone: Moving) -> None:
    phone.start(biometry=False)
    assert phone.confirm().valid
    assert not phone.new.sign(PB).valid
    assert phone.row.failed_attempts == 0


def test_the_number_of_the_counter_goes_on(phone: Moving) -> None:
    """Trap 22: the counters are separate until here; the number is one, see protocol-4.md 32."""
    phone.works_as_before()
    phone.start()
    phone.works_as_before()
    counter = phone.row.counter
    assert counter > 0
    for _ in range(3):
        phone.code()
    assert phone.confirm().valid
    assert (phone.row.counter, bytes(phone.row.ctr_data_4)) == (counter + 4, phone.new.ctr)


def test_a_lost_answer_is_repeated(phone: Moving) -> None:
    phone.start()
    assert phone.confirm().valid
    counter, ctr = phone.row.counter, bytes(phone.row.ctr_data_4)
    assert phone.confirm().valid
    assert (phone.row.counter, bytes(phone.row.ctr_data_4)) == (counter + 1, next_counter(ctr))
    changes = ActivationHistory.objects.filter(activation=phone.row)
    assert changes.filter(event_reason="ACTIVATION_VERSION_CHANGED").count() == 1


def test_a_code_is_used_once(phone: Moving) -> None:
    phone.start()
    code = phone.code()
    assert signatures.verify_online(code, at=timezone.now()).valid
    assert not signatures.verify_online(code, at=timezone.now()).valid


def test_history_tells_of_it_and_callbacks_do_not(phone: Moving) -> None:
    phone.start()
    events = CallbackEvent.objects.count()
    assert phone.confirm().valid
    told = ActivationHistory.objects.filter(activation=phone.row).order_by("-id")[0]
    assert (told.event_reason, told.version) == ("ACTIVATION_VERSION_CHANGED", 4)
    assert told.state == ActivationState.ACTIVE
    assert CallbackEvent.objects.count() == events


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_the_record_is_one_of_protocol_4(phone: Moving, right: bool) -> None:
    phone.start()
    ctr = bytes(phone.row.ctr_data_4)
    key = phone.new.keys.possession if right else bytes(32)
    assert phone.confirm(possession=key).valid is right
    audit = SignatureAudit.objects.order_by("-id")[0]
    assert (audit.generation, audit.signature_version, audit.valid) == (4, "4.0", right)
    assert (bytes(audit.activation_ctr_data), audit.version) == (ctr, 3)
    assert audit.signature_type == POSSESSION


def test_a_signature_that_was_held_is_held_no_more(phone: Moving) -> None:
    phone.start()
    Activation.objects.filter(pk=phone.row.pk).update(held_steps=3, held_at=timezone.now())
    assert phone.confirm().valid
    assert (phone.row.held_steps, phone.row.held_at) == (0, None)


def test_failed_attempts_stay_as_they_are(phone: Moving) -> None:
    phone.start()
    Activation.objects.filter(pk=phone.row.pk).update(failed_attempts=2)
    assert phone.confirm().valid
    assert phone.row.failed_attempts == 2


def test_an_offer_taken_back_stops_no_confirmation(phone: Moving, settings: Settings) -> None:
    phone.start()
    settings.POWERAUTH_UPGRADE_VERSION = 3
    assert phone.confirm().valid


# --- refused, which costs nothing ---------------------------------------------------------------


@pytest.mark.usefixtures("way")
def test_wrong_codes_never_count_and_never_block(phone: Moving) -> None:
    phone.start()
    before = of_three(phone.row)
    for _ in range(phone.row.max_failed_attempts + 2):
        assert not phone.confirm(possession=bytes(32)).valid
    assert_still_old(phone, before)
    phone.new.ctr = bytes(phone.row.ctr_data_4)
    assert phone.confirm().valid


def test_a_counter_out_of_the_window(phone: Moving, settings: Settings) -> None:
    phone.start()
    before = of_three(phone.row)
    for _ in range(settings.POWERAUTH_SIGNATURE_LOOKAHEAD):
        phone.code()
    assert not phone.confirm().valid
    assert_still_old(phone, before)


@pytest.mark.parametrize(
    "kind", [kind for kind in SignatureType if kind is not POSSESSION], ids=lambda kind: kind.value
)
def test_only_a_code_of_possession_confirms(phone: Moving, kind: SignatureType) -> None:
    phone.start()
    before = of_three(phone.row)
    for _ in range(phone.row.max_failed_attempts + 1):
        assert not phone.confirm(kind).valid
    assert_still_old(phone, before)


@pytest.mark.parametrize(
    "resource",
    ["/pa/activation/confirm", "/operation/authorize", "/pa/upgrade/start", "", "/pa/upgrade"],
)
@pytest.mark.parametrize("kind", [POSSESSION, PK], ids=lambda kind: kind.value)
def test_codes_of_protocol_4_are_good_for_nothing_else(
    phone: Moving, resource: str, kind: SignatureType
) -> None:
    """An activation of version 3 accepts only messages of 3.x: protocol-4.md 16.1."""
    phone.start()
    before = of_three(phone.row)
    assert not phone.confirm(kind, resource=resource).valid
    assert_still_old(phone, before)


def test_nothing_waits(phone: Moving) -> None:
    phone.start()
    Activation.objects.filter(pk=phone.row.pk).update(pending_suite="")
    before = of_three(phone.row)
    assert not phone.confirm().valid
    assert of_three(phone.row) == before
    assert phone.works_as_before()


def test_keys_of_a_former_start(phone: Moving) -> None:
    phone.start()
    former = phone.code()
    phone.start()
    before = of_three(phone.row)
    assert not signatures.verify_online(former, at=timezone.now()).valid
    assert_still_old(phone, before)
    assert phone.confirm().valid


def test_a_version_of_another_application(phone: Moving, other_bank: Bank) -> None:
    phone.start()
    before = of_three(phone.row)
    phone.new.application = other_bank.application
    assert not phone.confirm().valid
    assert_still_old(phone, before)


def test_a_version_that_is_supported_no_more(phone: Moving) -> None:
    phone.start()
    version = phone.new.version
    applications.set_supported(version.application_id, version.name, supported=False)
    assert not phone.confirm().valid
    applications.set_supported(version.application_id, version.name, supported=True)
    assert phone.confirm().valid


@pytest.mark.parametrize("end", [lifecycle.block, lifecycle.remove], ids=["blocked", "removed"])
def test_an_activation_that_is_not_active(phone: Moving, end: Callable[..., object]) -> None:
    phone.start()
    end(phone.old.activation_id, at=timezone.now())
    before = of_three(phone.row)
    assert not phone.confirm().valid
    assert of_three(phone.row) == before
    assert phone.row.pending_suite == phone.new.suite.name


def test_after_unblocking_it_goes_on(phone: Moving) -> None:
    phone.start()
    lifecycle.block(phone.old.activation_id, at=timezone.now())
    assert not phone.confirm().valid
    lifecycle.unblock(phone.old.activation_id, at=timezone.now())
    assert phone.confirm().valid


def test_an_activation_at_its_limit_is_neither_upgraded_nor_blocked(phone: Moving) -> None:
    phone.start()
    limit = phone.row.max_failed_attempts
    Activation.objects.filter(pk=phone.row.pk).update(failed_attempts=limit)
    assert not phone.confirm().valid
    row = phone.row
    assert (row.state, row.protocol_generation) == (ActivationState.ACTIVE, 3)
    assert row.failed_attempts == limit


def test_an_unknown_activation(phone: Moving) -> None:
    phone.start()
    phone.new.activation_id = "6c3a7ea1-9a5a-4b9c-8b3c-1c2d3e4f5a6b"
    assert not phone.confirm().valid


# --- what a back end asks after the code was verified -------------------------------------------


def confirmed(phone: Moving, application_key: str | None = None) -> None:
    key = application_key or phone.new.version.application_key
    confirmation.confirm(phone.old.activation_id, key)


def test_who_asks_learns_that_it_is_done(phone: Moving) -> None:
    phone.start()
    assert refusal(lambda: confirmed(phone)) is ErrorCode.ACTIVATION_STATE
    assert phone.confirm().valid
    confirmed(phone)
    confirmed(phone)
    lifecycle.block(phone.old.activation_id, at=timezone.now())
    assert refusal(lambda: confirmed(phone)) is ErrorCode.ACTIVATION_STATE


def test_asking_confirms_nothing(phone: Moving) -> None:
    phone.start()
    before = of_three(phone.row)
    assert refusal(lambda: confirmed(phone)) is ErrorCode.ACTIVATION_STATE
    assert_still_old(phone, before)


def test_who_asks_names_activation_and_application(phone: Moving, other_bank: Bank) -> None:
    phone.start()
    assert phone.confirm().valid
    key = phone.new.version.application_key
    other = other_bank.application.versions.get().application_key
    assert refusal(lambda: confirmation.confirm(None, key)) is ErrorCode.INVALID_REQUEST
    assert refusal(lambda: confirmation.confirm("x", key)) is ErrorCode.ACTIVATION_NOT_FOUND
    activation_id = phone.old.activation_id
    assert refusal(lambda: confirmation.confirm(activation_id, None)) is ErrorCode.INVALID_REQUEST
    for wrong in (other, "AAAAAAAAAAAAAAAAAAAAAA=="):
        ask = partial(confirmed, phone, wrong)
        assert refusal(ask) is ErrorCode.APPLICATION_NOT_FOUND
