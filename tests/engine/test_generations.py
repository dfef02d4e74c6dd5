"""One interface for every generation of the protocol: docs/adr/0012-generations.md.

A stand-in is what protocol 4 will be to the engine: other columns, several keys of a factor, and
codes that are refused without being counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from powerauth.engine.activations import activation_init, activation_status
from powerauth.engine.activations.activation_init import InitRequest
from powerauth.engine.applications import master_keys
from powerauth.engine.encryption import encryption, temporary_keys
from powerauth.engine.generations import choice, three
from powerauth.engine.generations.base import Generation, NotCounted
from powerauth.engine.generations.three import codes as signatures_of_3
from powerauth.engine.generations.three import key_exchange as exchange_of_3
from powerauth.engine.generations.three import stored_keys
from powerauth.engine.generations.values import Exchanged
from powerauth.engine.signatures import at_once, signatures, tokens
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.engine.storage import record_places, records
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import (
    Activation,
    ActivationKey,
    CommitPhase,
    KeySide,
    MasterKeyPair,
    SignatureAudit,
    TemporaryKey,
    Token,
)
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.errors import MalformedEnvelope, UnsupportedVersion
from powerauth.protocol.headers import SIGNATURE_HEADER, TokenHeader
from powerauth.protocol.keys import generate_key_pair
from powerauth.protocol.signed_request import CounterMatch
from powerauth.protocol.v3.temporary_key import (
    TemporaryKeyRequest,
    request_secret,
    sign_request,
)
from powerauth.standard.views import StandardView
from powerauth.values import EncryptedCall, SignedRequest
from tests.bank import PIN, Bank
from tests.engine.test_signatures import IDS, request_of

NEXT_KEY = b"record of the next key"


class OtherCodes:
    """Signs as protocol 3 does, and keeps what it changes where protocol 4 does."""

    has_biometry = True

    def has_keys(self, activation: Activation) -> bool:
        return signatures_of_3.has_keys(activation)

    def find(
        self, activation: Activation, attempt: Attempt, *, look_ahead: int
    ) -> CounterMatch | None:
        if not self.has_biometry:
            raise NotCounted
        return signatures_of_3.find(activation, attempt, look_ahead=look_ahead)

    def changes(self, activation: Activation, match: CounterMatch) -> dict[str, Any]:
        pending = bytes(activation.next_knowledge_key)
        keys = {"knowledge_key": pending, "next_knowledge_key": b""}
        return {"ctr_data_4": b"4" * 32, **(keys if pending else {})}

    def counter_data(self, activation: Activation) -> bytes:
        return bytes(activation.ctr_data_4)


class OtherOffer(exchange_of_3.Offer):
    """Has a key pair beside those of protocol 3."""

    def exchange(self, activation: Activation) -> Exchanged:
        done = super().exchange(activation)
        key = ActivationKey(
            activation=activation,
            side=KeySide.DEVICE,
            algorithm="ECDSA_P384",
            public_key=b"public",
        )
        columns = {**done.columns, "protocol_generation": 4, "confirmation_pending": True}
        return replace(done, columns=columns, key_pairs=[key])


@dataclass(frozen=True, slots=True)
class OtherExchange:
    def read(self, plaintext: bytes) -> OtherOffer:
        return OtherOffer(plaintext)


OTHER = replace(
    choice.THREE,
    number=4,
    codes=OtherCodes(),
    key_exchange=OtherExchange(),
)


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Generation:
    """Let the server have a second generation."""
    monkeypatch.setattr(choice, "GENERATIONS", {3: choice.THREE, 4: OTHER})
    monkeypatch.setattr(choice, "SERVED", frozenset({3, 4}))
    return OTHER


def moved(phone: Phone, **columns: Any) -> None:
    Activation.objects.filter(id=phone.activation_id).update(protocol_generation=4, **columns)


def in_version(request: SignedRequest, version: str) -> SignedRequest:
    return replace(request, version=version)


@pytest.mark.parametrize("generation", [3, 4])
def test_a_code_of_another_generation_is_refused_and_costs_nothing(
    bank: Bank, alice: Phone, other: Generation, generation: int
) -> None:
    request = request_of(alice, IDS[0])
    if generation == 4:
        moved(alice)
    else:
        request = in_version(request, "4.0")
    verdict = signatures.verify_online(request, at=timezone.now())
    row = bank.activation(alice)
    assert (verdict.valid, verdict.remaining_attempts) == (False, 5)
    assert (row.failed_attempts, row.free_failures, row.counter) == (0, 0, 0)
    assert not SignatureAudit.objects.exists()


@pytest.fixture(params=[True, False], ids=["at once", "under the lock"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Verify in both ways that ADR 10 describes."""
    if not request.param:
        monkeypatch.setattr(at_once, "verify", lambda *args, **kwargs: None)
    yield


@pytest.mark.usefixtures("way")
def test_a_match_changes_the_columns_that_its_generation_names(
    bank: Bank, alice: Phone, other: Generation
) -> None:
    before = bytes(bank.activation(alice).ctr_data)
    request = in_version(request_of(alice, IDS[0]), "4.0")
    moved(alice, ctr_data_4=b"3" * 32, next_knowledge_key=NEXT_KEY)
    assert signatures.verify_online(request, at=timezone.now()).valid
    row = bank.activation(alice)
    assert (bytes(row.ctr_data), bytes(row.ctr_data_4)) == (before, b"4" * 32)
    assert (bytes(row.knowledge_key), bytes(row.next_knowledge_key)) == (NEXT_KEY, b"")
    assert row.counter == 1
    audit = SignatureAudit.objects.get()
    assert (audit.generation, bytes(audit.activation_ctr_data)) == (4, b"3" * 32)


@pytest.mark.usefixtures("way")
def test_a_code_that_is_not_compared_is_not_counted(
    bank: Bank, alice: Phone, other: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OtherCodes, "has_biometry", False)
    request = in_version(request_of(alice, IDS[0]), "4.0")
    moved(alice)
    verdict = signatures.verify_online(request, at=timezone.now())
    row = bank.activation(alice)
    assert (verdict.valid, verdict.remaining_attempts) == (False, 5)
    assert (row.failed_attempts, row.free_failures, row.counter) == (0, 1, 0)


def test_a_record_names_the_generation(alice: Phone) -> None:
    signatures.verify_online(request_of(alice, IDS[0]), at=timezone.now())
    assert SignatureAudit.objects.get().generation == 3


@pytest.mark.parametrize("generation", [3, 4])
def test_a_token_of_another_generation(alice: Phone, other: Generation, generation: int) -> None:
    token = alice.create_token()
    header = TokenHeader.parse(alice.token_header(token))
    if generation == 4:
        moved(alice)
    else:
        header = replace(header, version="4.0")
    verdict = tokens.validate(header, at=timezone.now())
    assert (verdict.valid, verdict.reason) == (False, "digest_does_not_match")
    assert Token.objects.get().last_used_at is None


def sealed(phone: Phone, encryptor: Encryptor = Encryptor.ACTIVATION_GENERIC) -> EncryptedCall:
    request, _ = phone.seal(b"{}", encryptor)
    return EncryptedCall(
        request=request,
        encryptor=encryptor,
        version="3.3",
        application_key=phone.application_key,
        activation_id=phone.activation_id,
    )


def refusal_of(call: EncryptedCall) -> ErrorCode:
    with pytest.raises(EngineRefusal) as refused:
        encryption.open_call(call, at=timezone.now())
    return refused.value.code


def test_an_encrypted_request_of_another_generation(alice: Phone, other: Generation) -> None:
    call = sealed(alice)
    moved(alice)
    assert refusal_of(call) is ErrorCode.INVALID_REQUEST


def test_an_encrypted_request_that_its_caller_has_checked(
    bank: Bank, alice: Phone, other: Generation
) -> None:
    call = sealed(alice)
    moved(alice)
    version, activation = bank.application.versions.get(), bank.activation(alice)
    with pytest.raises(EngineRefusal) as refused:
        encryption.open_for(call, version, activation, at=timezone.now())
    assert refused.value.code is ErrorCode.DECRYPTION_FAILED


def test_an_encryptor_that_a_generation_does_not_have(alice: Phone, other: Generation) -> None:
    call = sealed(alice, Encryptor.APPLICATION_GENERIC)
    call = replace(call, encryptor=Encryptor.UPGRADE_START, activation_id=None)
    assert refusal_of(call) is ErrorCode.DECRYPTION_FAILED
    with pytest.raises(UnsupportedVersion):
        encryption._generation(call, None)


def test_a_temporary_key_of_another_generation(alice: Phone) -> None:
    call = sealed(alice)
    TemporaryKey.objects.update(algorithm="EC_P384")
    assert refusal_of(call) is ErrorCode.TEMPORARY_KEY_MISSING


def test_a_request_that_is_written_in_another_form(bank: Bank, alice: Phone) -> None:
    class Foreign:
        temporary_key_id, nonce, timestamp = None, b"n", 1

        def to_json(self) -> dict[str, object]:
            return {}

    call = replace(sealed(alice), request=Foreign())
    version, activation = bank.application.versions.get(), bank.activation(alice)
    with pytest.raises(MalformedEnvelope):
        three.envelopes.open(call, version, activation, at=timezone.now())


def test_a_temporary_key_for_an_activation_of_another_generation(
    alice: Phone, other: Generation
) -> None:
    claims = TemporaryKeyRequest(
        application_key=alice.application_key, activation_id=alice.activation_id, challenge="c"
    )
    secret = request_secret(alice.application_secret, alice.enrolment_3.transport_key)
    jwt = sign_request(claims, secret=secret)
    assert temporary_keys.create(jwt, at=timezone.now())
    moved(alice)
    with pytest.raises(EngineRefusal) as refused:
        temporary_keys.create(jwt, at=timezone.now())
    assert refused.value.code is ErrorCode.ACTIVATION_NOT_FOUND


def test_the_status_of_another_generation_tells_nothing(
    bank: Bank, alice: Phone, other: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved(alice)

    def told(*args: object) -> None:
        raise AssertionError("the status of another generation was written")

    monkeypatch.setattr(three.identity, "seal_status", told)
    answer = activation_status.answer(bank.activation(alice), bytes(16))
    assert (len(answer.blob), len(answer.nonce or b"")) == (32, 16)


def test_the_exchange_makes_what_its_generation_says(
    bank: Bank, other: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "of_version", lambda version: OTHER)
    phone = bank.phone("alice")
    row = bank.activation(phone)
    assert (row.protocol_generation, row.confirmation_pending) == (4, True)
    assert bytes(row.keys.get(side=KeySide.DEVICE).public_key) == b"public"


def initialized(bank: Bank, at: datetime) -> Activation:
    request = InitRequest(
        user_id="alice",
        application_id=bank.application.id,
        commit_phase=CommitPhase.ON_KEY_EXCHANGE,
    )
    return activation_init.init(request, at=at).activation


def test_there_are_no_keys_before_the_exchange(bank: Bank) -> None:
    row = initialized(bank, timezone.now())
    row.refresh_from_db()
    assert not row.server_public_key and not row.server_private_key and not row.algorithm
    assert activation_status.fingerprint(row) is None
    with pytest.raises(EngineRefusal) as refused:
        stored_keys.server_private(row)
    assert refused.value.code is ErrorCode.ACTIVATION_STATE


def test_the_exchange_uses_a_pair_that_a_former_version_made(bank: Bank) -> None:
    row = initialized(bank, timezone.now())
    pair = generate_key_pair()
    place = record_places.server_key(row.id, row.application_id, row.user_id)
    Activation.objects.filter(pk=row.pk).update(
        server_public_key=pair.public_key,
        server_private_key=records.seal(pair.private_key, place),
        algorithm="EC_P256",
    )
    phone = bank.blank_phone()
    phone.activate(row.activation_code, pin=PIN)
    assert phone.enrolment_3.server_public_key == pair.public_key
    assert phone.validate_signature(pin=PIN).ok


def test_master_keys_are_told_apart_by_their_algorithm(bank: Bank) -> None:
    application = bank.application
    MasterKeyPair.objects.exclude(algorithm="ECDSA_P256").delete()
    mine = master_keys.pair(application.id)
    MasterKeyPair.objects.create(
        application=application,
        name="P-384",
        algorithm="ECDSA_P384",
        public_key=b"public",
        private_key=b"",
    )
    assert master_keys.public_key(application.id) == mine.public_key
    MasterKeyPair.objects.filter(algorithm="ECDSA_P256").update(algorithm="EC_P256")
    assert master_keys.pair(application.id) == mine
    MasterKeyPair.objects.filter(algorithm="EC_P256").delete()
    with pytest.raises(EngineRefusal) as refused:
        master_keys.pair(application.id)
    assert refused.value.code is ErrorCode.NO_MASTER_KEY_PAIR


def test_a_version_belongs_to_its_generation() -> None:
    assert choice.of_version("3.0") is choice.of_version("3.3") is choice.THREE
    assert choice.of_version("4.0") is choice.FOUR
    assert {3, 4} == choice.SERVED
    for version in ("2.1", "4.1", "5.0", ""):
        with pytest.raises(UnsupportedVersion):
            choice.of_version(version)


def test_views_of_a_generation_take_its_headers_only(alice: Phone, other: Generation) -> None:
    assert StandardView.generations == {3}
    header = alice.signature_header("POST", "/pa/signature/validate", b"{}", pin=PIN)
    text = replace(header, version="4.0", signature=b64(bytes(64))).format()
    assert 'pa_version="4.0"' in text
    with CaptureQueriesContext(connection) as queries:
        answer = alice.plain_post(
            "/pa/v3/signature/validate", b"{}", headers={SIGNATURE_HEADER: text}
        )
    assert answer.status == 401 and not queries.captured_queries
    with CaptureQueriesContext(connection) as queries:
        path = "/api/auth/token/app/operation/list"
        answer = alice.plain_post(path, b"{}", headers={SIGNATURE_HEADER: text})
    assert answer.status == 401 and queries.captured_queries
