"""Simultaneous changes of factors: the row decides, and the phone can always go on."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.models import ActivationHistory, ActivationState, CommitPhase
from powerauth.phone.requests.transport import Answer, Server
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.v4.activation import DeviceExchange
from powerauth.protocol.v4.key_agreement.shared_secret import Offer
from powerauth.protocol.v4.suites import EC_P384
from tests.api.standard.v4.phone import AGREEMENTS, WirePhone, to_bytes
from tests.api.standard.v4.wire import WRONG, P
from tests.bank import Bank
from tests.engine.generations_four.phone import PB, PK
from tests.races.crowd import CROWD, together

pytestmark = pytest.mark.postgresql
CONFIRM, CONFIRMED_BY = "/activation/confirm", "/pa/activation/confirm"
FEW = 6  # requests that are within the look-ahead of each other, also from behind


def activated(bank: Bank, **init: Any) -> WirePhone:
    phone = WirePhone(
        application=bank.application,
        suite=EC_P384,
        device=DeviceExchange.generate(EC_P384),
        server=Server(bank.base_url, bank.new_session()),
    )
    phone.activate(phone.begin(max_failed_attempts=255, **init))
    return phone


def post(bank: Bank, path: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send a request over a connection of its own."""
    server = Server(bank.base_url, bank.new_session())
    return server.post(f"/pa/v4{path}", body, headers)


def confirming(bank: Bank, phone: WirePhone, **replaced: bytes) -> Callable[[], Answer]:
    body = to_bytes({"requestObject": {"enableBiometry": True}})
    headers = phone.code_header(CONFIRMED_BY, body, PK, "POST", **replaced)
    return partial(post, bank, CONFIRM, body, headers)


def agreeing(bank: Bank, phone: WirePhone, factor: str) -> Callable[[], Answer]:
    path, encryptor = AGREEMENTS[factor]
    sealed = phone.seal(Offer.generate(phone.suite).request.to_json(), encryptor)
    body = to_bytes(sealed.call.request.to_json())
    return partial(post, bank, path, body, phone.code_header(f"/pa{path}", body))


def removing(bank: Bank, phone: WirePhone) -> Callable[[], Answer]:
    resource = "/pa/biometry/remove"
    headers = phone.code_header(resource, b"", P)
    return partial(post, bank, "/biometry/remove", b"", headers)


def statuses(actions: list[Callable[[], Answer]]) -> list[int]:
    return sorted(answer.status for answer in together(actions))


def told(phone: WirePhone, reason: str) -> int:
    rows = ActivationHistory.objects.filter(activation_id=phone.activation_id)
    return rows.filter(event_reason=reason).count()


def test_one_confirmation_used_at_once_succeeds_once(busy_bank: Bank) -> None:
    phone = activated(busy_bank)
    once = confirming(busy_bank, phone)
    assert statuses([once] * CROWD) == [200] + [401] * (CROWD - 1)
    assert told(phone, "ACTIVATION_CONFIRMED") == 1


def test_an_activation_is_confirmed_once(busy_bank: Bank) -> None:
    phone = activated(busy_bank)
    found = statuses([confirming(busy_bank, phone) for _ in range(FEW)])
    # A code that is behind another one, which was faster, is no code any more.
    assert found.count(200) == 1 and set(found) <= {200, 400, 401}
    assert told(phone, "ACTIVATION_CONFIRMED") == 1
    assert phone.validate(PB).ok


def test_wrong_confirmations_before_the_commit_are_all_counted(busy_bank: Bank) -> None:
    phone = activated(busy_bank, commit_phase=CommitPhase.ON_COMMIT)
    wrong = [confirming(busy_bank, phone, knowledge=WRONG) for _ in range(CROWD)]
    assert statuses(wrong) == [401] * CROWD
    row = phone.row
    assert (row.state, row.failed_attempts) == (ActivationState.PENDING_COMMIT, CROWD)


def test_a_confirmation_meets_the_commit(busy_bank: Bank) -> None:
    phone = activated(busy_bank, commit_phase=CommitPhase.ON_COMMIT)
    confirm = confirming(busy_bank, phone)

    def commit() -> Answer:
        lifecycle.commit(phone.activation_id, at=timezone.now())
        return Answer(status=200, content=b"")

    assert statuses([confirm, commit]) == [200, 200]
    row = phone.row
    assert (row.state, row.confirmation_pending) == (ActivationState.ACTIVE, False)
    assert row.biometry_enabled


def test_changes_of_the_password_meet(busy_bank: Bank) -> None:
    """Trap 18: whatever was lost, the former password goes on."""
    phone = activated(busy_bank)
    found = statuses([agreeing(busy_bank, phone, "knowledge") for _ in range(FEW)])
    assert found[0] == 200 and set(found) <= {200, 401}
    assert told(phone, "PASSWORD_CHANGED") == found.count(200)
    assert phone.row.next_knowledge_key
    assert phone.validate().ok
    assert phone.row.next_knowledge_key == b""
    phone.new_key("knowledge")
    assert phone.validate().ok


def test_a_change_of_the_password_meets_codes(busy_bank: Bank) -> None:
    phone = activated(busy_bank)
    change = agreeing(busy_bank, phone, "knowledge")
    body = b"{}"
    codes: list[Callable[[], Answer]] = [
        partial(
            post, busy_bank, "/auth/validate", body, phone.code_header("/pa/auth/validate", body)
        )
        for _ in range(FEW)
    ]
    found = statuses([change, *codes])
    assert 200 in found and set(found) <= {200, 401}
    assert phone.validate().ok


def test_biometry_is_turned_on_and_off_at_once(busy_bank: Bank) -> None:
    phone = activated(busy_bank)
    for _ in range(3):
        actions = [
            agreeing(busy_bank, phone, "biometry"),
            removing(busy_bank, phone),
            agreeing(busy_bank, phone, "biometry"),
            removing(busy_bank, phone),
        ]
        assert set(statuses(actions)) <= {200, 401}
        row = phone.row
        assert bool(row.biometry_key) is row.biometry_enabled
        assert row.biometry_enabled or not row.next_biometry_key
        phone.new_key("biometry")
        assert phone.validate(PB).ok
        assert phone.remove_biometry().ok


@pytest.mark.parametrize("factor", AGREEMENTS)
def test_a_change_meets_a_blocking(busy_bank: Bank, factor: str) -> None:
    phone = activated(busy_bank)
    change = agreeing(busy_bank, phone, factor)

    def block() -> Answer:
        lifecycle.block(phone.activation_id, at=timezone.now())
        return Answer(status=200, content=b"")

    first, _ = together([change, block])
    row = phone.row
    assert row.state == ActivationState.BLOCKED
    changed = bool(row.next_knowledge_key) or row.biometry_enabled
    assert changed is (first.status == 200)
    assert first.status in (200, 400, 401)


def test_one_question_for_the_status_is_answered_once(busy_bank: Bank) -> None:
    phone = activated(busy_bank)
    sealed = phone.seal({}, Encryptor.ACTIVATION_GENERIC)
    body = to_bytes(sealed.call.request.to_json())
    ask = partial(
        post, busy_bank, "/activation/status", body, phone.encryption_header(Scope.ACTIVATION)
    )
    assert statuses([ask] * CROWD) == [200] + [400] * (CROWD - 1)
