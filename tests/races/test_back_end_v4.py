"""Simultaneous calls of `/rest/v4`: one use of each code and message, one confirmation."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from powerauth.models import ActivationHistory, SignatureAudit
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.v4.encrypted_messages import EncryptedResponse
from powerauth.protocol.v4.key_agreement.shared_secret import Offer, SharedSecretResponse
from powerauth.protocol.v4.suites import EC_P384
from tests.api.integration.v4.calls import proof, sealed
from tests.api.integration.v4.test_activations import confirming
from tests.api.integration.v4.test_encryption import asking
from tests.bank import Bank
from tests.engine.generations_four.phone import PK, Phone4, new_phone
from tests.races.crowd import together

pytestmark = pytest.mark.postgresql
MANY = 10


def _call(bank: Bank, path: str, members: Mapping[str, Any]) -> Any:
    """Call a method; give its answer, the code of a refusal, or OK for neither."""
    response = bank.new_session().post(
        f"{bank.base_url}/rest/v4/{path}", json={"requestObject": members}, timeout=60
    )
    answer = response.json().get("responseObject", "OK")
    return answer["code"] if response.status_code == 400 else answer


@pytest.fixture
def phone(busy_bank: Bank) -> Phone4:
    phone = new_phone(busy_bank.application, EC_P384)
    phone.activate(phone.begin(max_failed_attempts=255))
    return phone


def test_ten_equal_codes_are_valid_once(busy_bank: Bank, phone: Phone4) -> None:
    verify = partial(_call, busy_bank, "auth/verify", proof(phone.signed()))
    answers = together([verify] * MANY)
    valid = [answer["authenticationValid"] for answer in answers]
    assert sorted(valid) == [False] * (MANY - 1) + [True]
    assert (phone.row.counter, phone.row.failed_attempts) == (1, MANY - 1)
    assert SignatureAudit.objects.filter(valid=True).count() == 1


def test_every_wrong_code_is_counted(busy_bank: Bank, phone: Phone4) -> None:
    wrong = [proof(phone.signed(PK, knowledge=bytes(32))) for _ in range(MANY)]
    answers = together([partial(_call, busy_bank, "auth/verify", it) for it in wrong])
    left = sorted(answer["remainingAttempts"] for answer in answers)
    assert left == list(range(255 - MANY, 255))


def test_a_phone_confirms_once(busy_bank: Bank, phone: Phone4) -> None:
    wishes = [confirming(phone, biometry=bool(number % 2)) for number in range(MANY)]
    answers = together([partial(_call, busy_bank, "activation/confirm", it) for it in wishes])
    assert Counter(answers) == {"OK": 1, "ERR0008": MANY - 1}
    won = wishes[answers.index("OK")]["enableBiometry"]
    assert (phone.row.confirmation_pending, phone.row.biometry_enabled) == (False, won)
    told = ActivationHistory.objects.filter(event_reason="ACTIVATION_CONFIRMED")
    assert told.count() == 1


def test_a_message_is_used_once(busy_bank: Bank, phone: Phone4) -> None:
    members, _ = asking(phone, Encryptor.ACTIVATION_GENERIC)
    answers = together([partial(_call, busy_bank, "encryptor", members)] * MANY)
    assert answers.count("ERR0024") == MANY - 1


def test_of_many_new_pins_one_is_valid(busy_bank: Bank, phone: Phone4) -> None:
    offers = [Offer.generate(phone.suite) for _ in range(MANY)]
    made = [sealed(phone, one.request.to_json(), Encryptor.CHANGE_PASSWORD) for one in offers]
    by_id = {"activationId": phone.activation_id}
    answers = together(
        [partial(_call, busy_bank, "password/change", {**by_id, **members}) for members, _ in made]
    )
    keys = [
        offer.accept(SharedSecretResponse.parse(message.answer(EncryptedResponse.parse(answer))))
        for offer, (_, message), answer in zip(offers, made, answers, strict=True)
    ]
    assert len(set(keys)) == MANY
    valid = []
    for key in keys:
        before = phone.ctr
        valid.append(phone.sign(PK, knowledge=key).valid)
        phone.ctr = phone.ctr if valid[-1] else before
    assert valid.count(True) == 1
