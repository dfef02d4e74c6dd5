"""Simultaneous signatures, tokens and encrypted requests: one use, every failure counted."""

import json
from functools import partial

import pytest
import requests

from powerauth.models import ActivationState, SignatureAudit
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER, EncryptionHeader
from tests.bank import PIN, Bank
from tests.races.crowd import CROWD, together

pytestmark = pytest.mark.postgresql
ROUNDS = 5
VALIDATE = "/pa/v3/signature/validate"
RESOURCE = "/pa/signature/validate"


def _post(bank: Bank, path: str, body: bytes, headers: dict[str, str]) -> requests.Response:
    return bank.new_session().post(
        bank.base_url + path,
        data=body,
        headers={"Content-Type": "application/json", **headers},
        timeout=60,
    )


def _validate(bank: Bank, header: str) -> int:
    return _post(bank, VALIDATE, b"{}", {"X-PowerAuth-Authorization": header}).status_code


def _list(bank: Bank, header: str) -> int:
    path = "/api/auth/token/app/operation/list"
    return _post(bank, path, b"{}", {"X-PowerAuth-Token": header}).status_code


def test_one_signature_used_at_once_succeeds_once(busy_bank: Bank) -> None:
    phone = busy_bank.phone("alice", max_failed_attempts=255)
    for round_number in range(1, ROUNDS + 1):
        header = phone.sign("POST", RESOURCE, b"{}", pin=PIN)
        answers = together([partial(_validate, busy_bank, header)] * CROWD)
        assert sorted(answers) == [200] + [401] * (CROWD - 1)
        row = busy_bank.activation(phone)
        assert row.counter == round_number
        # The one success resets the count, and no failure comes before the first lock holder,
        # who succeeds.
        assert row.failed_attempts == CROWD - 1
    assert SignatureAudit.objects.filter(valid=True).count() == ROUNDS
    assert SignatureAudit.objects.filter(valid=False).count() == ROUNDS * (CROWD - 1)


def test_simultaneous_wrong_signatures_are_all_counted(busy_bank: Bank) -> None:
    phone = busy_bank.phone("alice", max_failed_attempts=255)
    for round_number in range(1, ROUNDS + 1):
        headers = [phone.sign("POST", RESOURCE, b"{}", pin="0000") for _ in range(CROWD)]
        answers = together([partial(_validate, busy_bank, header) for header in headers])
        assert answers == [401] * CROWD
        assert busy_bank.activation(phone).failed_attempts == round_number * CROWD


def test_simultaneous_wrong_signatures_block_at_the_limit(busy_bank: Bank) -> None:
    phone = busy_bank.phone("alice")
    headers = [phone.sign("POST", RESOURCE, b"{}", pin="0000") for _ in range(CROWD)]
    together([partial(_validate, busy_bank, header) for header in headers])
    row = busy_bank.activation(phone)
    assert (row.state, row.failed_attempts) == (ActivationState.BLOCKED, 5)
    assert row.history.filter(state=ActivationState.BLOCKED).count() == 1


def test_one_token_digest_used_at_once_succeeds_once(busy_bank: Bank) -> None:
    phone = busy_bank.phone("alice")
    token = phone.create_token()
    for _ in range(ROUNDS):
        header = phone.token_header(token)
        answers = together([partial(_list, busy_bank, header)] * CROWD)
        assert sorted(answers) == [200] + [401] * (CROWD - 1)


@pytest.mark.parametrize("version", ["3.2", "3.3"])
def test_one_encrypted_request_used_at_once_is_opened_once(busy_bank: Bank, version: str) -> None:
    phone = busy_bank.phone("alice", version=version)
    body, headers = _user_info_request(phone)
    ask = partial(_post, busy_bank, "/pa/v3/user/info", body, headers)
    answers = [answer.status_code for answer in together([ask] * CROWD)]
    assert sorted(answers) == [200] + [400] * (CROWD - 1)


def _user_info_request(phone: Phone) -> tuple[bytes, dict[str, str]]:
    """Let the phone build an encrypted request without sending it."""
    sealed, _ = phone.seal(b"{}", Encryptor.ACTIVATION_GENERIC)
    header = EncryptionHeader(
        application_key=phone.application_key,
        activation_id=phone.activation_id,
        version=phone.version,
    )
    return json.dumps(sealed.to_json()).encode(), {ENCRYPTION_HEADER: header.format()}


def test_one_otp_activates_one_phone(busy_bank: Bank) -> None:
    code = busy_bank.code("alice", otp="12345678", commit_phase="ON_KEY_EXCHANGE")
    phones = [busy_bank.blank_phone() for _ in range(CROWD)]

    def activate(phone: Phone) -> int:
        try:
            phone.activate(code, pin=PIN, otp="12345678")
        except PhoneFailure as failure:
            assert failure.answer.code == "ERR_ACTIVATION"
            return failure.answer.status
        return 200

    answers = together([partial(activate, phone) for phone in phones])
    assert sorted(answers) == [200] + [400] * (CROWD - 1)
    winner = phones[answers.index(200)]
    assert winner.validate_signature(pin=PIN).status == 200
    assert busy_bank.activation(winner).state == ActivationState.ACTIVE


def test_simultaneous_wrong_otps_are_counted_up_to_removal(busy_bank: Bank) -> None:
    code = busy_bank.code(
        "alice", otp="12345678", commit_phase="ON_KEY_EXCHANGE", max_failed_attempts=CROWD
    )
    phones = [busy_bank.blank_phone() for _ in range(CROWD)]

    def activate(phone: Phone) -> int:
        with pytest.raises(PhoneFailure) as caught:
            phone.activate(code, pin=PIN, otp="00000000")
        return caught.value.answer.status

    answers = together([partial(activate, phone) for phone in phones])
    assert answers == [400] * CROWD
    row = busy_bank.application.activations.get(activation_code=code)
    assert (row.state, row.failed_attempts) == (ActivationState.REMOVED, CROWD)


def test_simultaneous_key_exchanges_need_no_otp_to_be_exclusive(busy_bank: Bank) -> None:
    code = busy_bank.code("alice")
    phones = [busy_bank.blank_phone() for _ in range(CROWD)]

    def activate(phone: Phone) -> str:
        try:
            return phone.activate(code, pin=PIN).activation_id
        except PhoneFailure:
            return ""

    activated = together([partial(activate, phone) for phone in phones])
    assert sorted(map(bool, activated)) == [False] * (CROWD - 1) + [True]
    row = busy_bank.application.activations.get()
    assert (str(row.id), row.state) == (max(activated), ActivationState.PENDING_COMMIT)
