"""Simultaneous calls of a back end: one use of each signature, of each request, of each nonce."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from powerauth.models import ActivationState, SignatureAudit
from powerauth.protocol.v3.encryption import Encryptor
from tests.api.integration.phone_calls import WRONG_PIN, digest, sealed, signed
from tests.bank import Bank
from tests.races.crowd import CROWD, together

pytestmark = pytest.mark.postgresql
MANY = 10


def _call(bank: Bank, path: str, members: Mapping[str, Any]) -> Any:
    response = bank.new_session().post(
        f"{bank.base_url}/rest/v3/{path}", json={"requestObject": members}, timeout=60
    )
    return response.json()["responseObject"]


def test_ten_equal_valid_signatures_are_valid_once(busy_bank: Bank) -> None:
    phone = busy_bank.phone("alice", max_failed_attempts=255)
    verify = partial(_call, busy_bank, "signature/verify", signed(phone))
    answers = together([verify] * MANY)
    valid = [answer["signatureValid"] for answer in answers]
    assert sorted(valid) == [False] * (MANY - 1) + [True]
    row = busy_bank.activation(phone)
    assert (row.counter, row.failed_attempts) == (1, MANY - 1)
    assert SignatureAudit.objects.filter(valid=True).count() == 1


def test_every_wrong_signature_is_counted(busy_bank: Bank) -> None:
    phone = busy_bank.phone("alice", max_failed_attempts=255)
    wrong = [signed(phone, pin=WRONG_PIN) for _ in range(CROWD)]
    answers = together([partial(_call, busy_bank, "signature/verify", it) for it in wrong])
    left = sorted(answer["remainingAttempts"] for answer in answers)
    assert left == list(range(255 - CROWD, 255))
    assert busy_bank.activation(phone).failed_attempts == CROWD


def test_wrong_offline_signatures_block_at_the_limit(busy_bank: Bank) -> None:
    phone = busy_bank.phone("alice")
    members = {
        "activationId": phone.activation_id,
        "data": "POST&x&y&eg==",
        "signature": "00000000-00000000",
    }
    together([partial(_call, busy_bank, "signature/offline/verify", members)] * MANY)
    row = busy_bank.activation(phone)
    assert (row.state, row.failed_attempts) == (ActivationState.BLOCKED, 5)
    assert row.history.filter(state=ActivationState.BLOCKED).count() == 1


def test_a_digest_is_valid_once(busy_bank: Bank) -> None:
    phone = busy_bank.phone("alice")
    validate = partial(_call, busy_bank, "token/validate", digest(phone))
    answers = together([validate] * MANY)
    assert sum(answer.get("tokenValid", False) for answer in answers) == 1
    refused = [answer["code"] for answer in answers if "code" in answer]
    assert refused == ["ERR0024"] * (MANY - 1)


def test_keys_of_a_request_are_given_once(busy_bank: Bank) -> None:
    phone = busy_bank.phone("alice")
    members, _ = sealed(phone, Encryptor.ACTIVATION_GENERIC)
    given = {**members, "activationId": phone.activation_id}
    answers = together([partial(_call, busy_bank, "ecies/decryptor", given)] * MANY)
    assert sum("secretKey" in answer for answer in answers) == 1
