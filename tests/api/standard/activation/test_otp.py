"""One-time passwords of `/pa/v3/activation/create`: protocol.md 4.6."""

import pytest
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    CommitPhase,
    OtpValidation,
)
from tests.api.standard.activation.creating import refused
from tests.api.standard.wire import (
    NO_ACTIVATION,
)
from tests.bank import PIN, Bank

OTP = "28561"


def test_otp_at_the_key_exchange(bank: Bank) -> None:
    phone = bank.blank_phone()
    code = bank.code("alice", otp=OTP, otp_validation=OtpValidation.ON_KEY_EXCHANGE)
    assert refused(phone, code) == NO_ACTIVATION
    assert Activation.objects.get().failed_attempts == 0
    assert refused(phone, code, otp="1") == NO_ACTIVATION
    assert Activation.objects.get().failed_attempts == 1
    phone.activate(code, pin=PIN, otp=OTP)
    row = bank.activation(phone)
    assert (row.state, row.failed_attempts) == (ActivationState.ACTIVE, 0)


@pytest.mark.main_path
def test_five_wrong_otps_remove_the_activation(bank: Bank) -> None:
    phone = bank.blank_phone()
    code = bank.code("alice", otp=OTP, commit_phase=CommitPhase.ON_KEY_EXCHANGE)
    for failed in range(1, 6):
        assert refused(phone, code, otp="00000") == NO_ACTIVATION
        row = Activation.objects.get()
        assert row.failed_attempts == failed
        gone = failed == 5
        assert row.state == (ActivationState.REMOVED if gone else ActivationState.CREATED)
    assert ActivationHistory.objects.all()[0].event_reason == "OTP_MAX_FAILED_ATTEMPTS"
    assert refused(phone, code, otp=OTP) == NO_ACTIVATION


def test_missing_otp_is_never_counted(bank: Bank) -> None:
    code = bank.code("alice", otp=OTP, commit_phase=CommitPhase.ON_KEY_EXCHANGE)
    for otp in (None, "", None, "", None, ""):
        assert refused(bank.blank_phone(), code, otp=otp) == NO_ACTIVATION
    row = Activation.objects.get()
    assert (row.state, row.failed_attempts) == (ActivationState.CREATED, 0)


def test_reference_defect_superfluous_otp_activates(bank: Bank) -> None:
    """The reference server made an activation ACTIVE for any OTP that nobody had asked for."""
    code = bank.code("alice")
    assert refused(bank.blank_phone(), code, otp="12345") == NO_ACTIVATION
    row = Activation.objects.get()
    assert (row.state, row.failed_attempts) == (ActivationState.CREATED, 0)


def test_otp_of_the_other_phase_is_refused(bank: Bank) -> None:
    code = bank.code("alice", otp=OTP, commit_phase=CommitPhase.ON_COMMIT)
    phone = bank.blank_phone()
    for otp in (OTP, "00000"):
        assert refused(phone, code, otp=otp) == NO_ACTIVATION
    row = Activation.objects.get()
    assert (row.state, row.failed_attempts) == (ActivationState.CREATED, 0)
    phone.activate(code, pin=PIN)
    assert bank.activation(phone).state == ActivationState.PENDING_COMMIT
    with pytest.raises(EngineRefusal) as refusal:
        lifecycle.commit(phone.activation_id, at=timezone.now())
    assert refusal.value.code is ErrorCode.INVALID_OTP
    lifecycle.commit(phone.activation_id, otp_text=OTP, at=timezone.now())
    assert bank.activation(phone).state == ActivationState.ACTIVE
