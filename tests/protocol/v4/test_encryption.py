from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from powerauth.protocol.encoding import b64, cat
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.errors import (
    MacMismatch,
    MalformedEncoding,
    MalformedEnvelope,
    ProtocolError,
)
from powerauth.protocol.v4.encrypted_messages import EncryptedRequest, EncryptedResponse
from powerauth.protocol.v4.encryption import (
    EncryptionContext,
    Envelope,
    open_request,
    replay_key,
    seal_request,
)
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.protocol.v4.primitives.aead import AeadKeys
from powerauth.protocol.v4.primitives.kmac import kmac, sha3
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_bytes, json_values
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case, decode

BY_ID = {
    "APPLICATION_SCOPE_GENERIC": Encryptor.APPLICATION_GENERIC,
    "ACTIVATION_SCOPE_GENERIC": Encryptor.ACTIVATION_GENERIC,
}
OF_VERSION_4 = [each for each in Encryptor if 4 in each.generations]
EACH_ENCRYPTOR = pytest.mark.parametrize("encryptor", OF_VERSION_4, ids=lambda each: each.name)
KEY = bytes(range(32))
KEY_ID = "1221CD15-9092-4779-A157-04DC229A63F7"
ACTIVATION_ID = "CF2E9A48-9085-4AA3-8F85-FFAFD2380609"
SECRET = bytes(range(16))
TIME = 1_700_000_000_000
PLAINTEXT = b'{"reason":"ADD_BIOMETRY"}'


def context_of(encryptor: Encryptor = Encryptor.VAULT_UNLOCK) -> EncryptionContext:
    in_activation = encryptor.scope is Scope.ACTIVATION
    return EncryptionContext(
        encryptor=encryptor,
        application_key=b64(bytes(16)),
        application_secret=b64(SECRET),
        activation_id=ACTIVATION_ID if in_activation else None,
        shared_info2_key=bytes(32) if in_activation else None,
    )


def exchange(
    context: EncryptionContext, plaintext: bytes = PLAINTEXT
) -> tuple[EncryptedRequest, Envelope]:
    return seal_request(
        plaintext,
        context=context,
        key=KEY,
        temporary_key_id=KEY_ID,
        timestamp=TIME,
        random=FixedRandom("nonce"),
    )


def encryptor_of(sh1: str) -> Encryptor:
    return next(each for each in OF_VERSION_4 if each.sh1 == sh1)


def context_of_case(case: Case) -> EncryptionContext:
    in_activation = case["activationSecret"] is not None
    keys = ActivationKeys(case.binary("activationSecret")) if in_activation else None
    return EncryptionContext(
        encryptor=encryptor_of(case["sh1"]),
        application_key=case["applicationKey"],
        application_secret=case["applicationSecret"],
        activation_id=case["activationId"],
        shared_info2_key=None if keys is None else keys.shared_info2,
    )


@vectors.each("v4/e2ee-lib-v4.json")
def test_exchange_of_the_library(case: Case) -> None:
    context, key = context_of_case(case), case.binary("temporaryKey")
    assert context.encryptor.scope.value == case["scope"]
    assert context.shared_info2 == case.binary("sharedInfo2")
    request = EncryptedRequest.parse(case["request"])
    response = EncryptedResponse.parse(case["response"])
    plaintext, envelope = open_request(request, context=context, key=key)
    assert plaintext == case["requestPlaintext"].encode()
    assert envelope.open_response(response) == case["responsePlaintext"].encode()
    sealed, sender = seal_request(
        plaintext,
        context=context,
        key=key,
        temporary_key_id=case["temporaryKeyId"],
        timestamp=request.timestamp,
        random=lambda _: request.nonce,
    )
    assert (sealed.to_json(), sender) == (case["request"], envelope)
    answer = case["responsePlaintext"].encode()
    assert sender.seal_response(answer, timestamp=response.timestamp).to_json() == case["response"]


@vectors.each("v4/e2ee-lib-v4.json: invalid")
def test_altered_requests_of_the_library(case: Case) -> None:
    original = vectors.cases_of("v4/e2ee-lib-v4.json")[case["of"]]
    context, key = context_of_case(original), original.binary("temporaryKey")
    with pytest.raises(ProtocolError):
        open_request(EncryptedRequest.parse(case["request"]), context=context, key=key)


@vectors.each("v4/e2ee-v4.json")
def test_exchange_of_the_sdk(case: Case) -> None:
    in_activation = case["encryptorScope"] == "ACTIVATION_SCOPE"
    encryptor = BY_ID.get(case["encryptorId"]) or Encryptor[case["encryptorId"]]
    context = EncryptionContext(
        encryptor=encryptor,
        application_key=case["applicationKey"],
        application_secret=case["applicationSecret"],
        activation_id=case["activationId"] if in_activation else None,
        shared_info2_key=case.binary("sharedInfo2Key") if in_activation else None,
    )
    key, nonce = case.binary("envelopeKey"), case.binary("nonce")
    request, envelope = seal_request(
        case["requestData"].encode(),
        context=context,
        key=key,
        temporary_key_id=case["temporaryKeyId"],
        timestamp=int(case["timestampRequest"]),
        random=lambda _: nonce,
    )
    assert request.encrypted_data == case.binary("encryptedDataRequest")
    assert open_request(request, context=context, key=key)[0] == case["requestData"].encode()
    response = EncryptedResponse(
        encrypted_data=case.binary("encryptedDataResponse"),
        timestamp=int(case["timestampResponse"]),
    )
    assert envelope.open_response(response) == case["responseData"].encode()
    sealed = envelope.seal_response(case["responseData"].encode(), timestamp=response.timestamp)
    assert sealed == response


def test_encryptors() -> None:
    scopes = {each.sh1: each.scope.value for each in OF_VERSION_4}
    assert scopes == {
        "/pa/generic/application": "application",
        "/pa/activation": "application",
        "/pa/upgrade/start": "application",
        "/pa/generic/activation": "activation",
        "/pa/vault/unlock": "activation",
        "/pa/token/create": "activation",
        "/pa/password/change": "activation",
        "/pa/biometry/add": "activation",
    }


def test_trap_14_status_has_no_encryptor_of_its_own() -> None:
    assert not any(each.sh1 == "/pa/activation/status" for each in Encryptor)


@EACH_ENCRYPTOR
@pytest.mark.parametrize("plaintext", [b"", b"{}", PLAINTEXT, bytes(range(256)) * 40])
def test_round_trip(encryptor: Encryptor, plaintext: bytes) -> None:
    context = context_of(encryptor)
    request, sender = exchange(context, plaintext)
    received = EncryptedRequest.parse(request.to_json())
    opened, recipient = open_request(received, context=context, key=KEY)
    assert (opened, recipient) == (plaintext, sender)
    response = recipient.seal_response(plaintext, timestamp=TIME + 5)
    assert sender.open_response(EncryptedResponse.parse(response.to_json())) == plaintext
    assert sender.open_members(response.to_json()) == plaintext


def test_trap_11_secret_is_decoded() -> None:
    assert context_of(Encryptor.APPLICATION_GENERIC).shared_info2 == sha3(SECRET)
    assert context_of().shared_info2 == kmac(bytes(32), SECRET, "PA4SH2")


def test_trap_12_whole_nonce_is_bound_and_each_direction_has_its_half() -> None:
    request, envelope = exchange(context_of())
    assert len(request.nonce) == 24
    context = b"4.0/pa/vault/unlock" + request.nonce
    assert envelope.aead == AeadKeys.derive(KEY, context)
    response = envelope.seal_response(b"", timestamp=TIME)
    assert request.encrypted_data[:12] == request.nonce[:12]
    assert response.encrypted_data[:12] == request.nonce[12:]
    assert set(response.to_json()) == {"encryptedData", "timestamp"}
    assert envelope.associated_data == cat(
        b"4.0", b64(bytes(16)).encode(), ACTIVATION_ID.encode(), KEY_ID.encode()
    )
    # The request does not pass as its own answer.
    with pytest.raises(MalformedEnvelope):
        envelope.open_response(
            EncryptedResponse(encrypted_data=request.encrypted_data, timestamp=TIME)
        )
    other_half = replace(request, nonce=request.nonce[:12] + bytes(12))
    with pytest.raises(MacMismatch):
        open_request(other_half, context=context_of(), key=KEY)


def test_trap_13_layers_differ_by_nonce_and_replay_key() -> None:
    outer, inner = (
        seal_request(
            b"", context=context_of(each), key=KEY, temporary_key_id=KEY_ID, timestamp=TIME
        )[0]
        for each in (Encryptor.APPLICATION_GENERIC, Encryptor.ACTIVATION_LAYER_2)
    )
    assert replay_key(outer) != replay_key(inner)
    assert replay_key(outer) == outer.nonce + KEY_ID.lower().encode()


def test_replay_key_does_not_depend_on_the_spelling_of_the_id() -> None:
    request, _ = exchange(context_of())
    lowered = replace(request, temporary_key_id=KEY_ID.lower())
    assert replay_key(lowered) == replay_key(request)


def test_trap_21_upgrade_starts_in_application_scope() -> None:
    assert Encryptor.UPGRADE_START.scope is Scope.APPLICATION
    with pytest.raises(ValueError, match=r"4\.0"):
        context_of(Encryptor.UPGRADE)


@pytest.mark.parametrize(
    "change",
    [
        lambda context: replace(context, application_key=b64(bytes(15)) + "AA"),
        lambda context: replace(context, application_secret=b64(bytes(16))),
        lambda context: replace(context, activation_id=ACTIVATION_ID.lower()),
        lambda context: replace(context, shared_info2_key=KEY),
        lambda context: replace(context, encryptor=Encryptor.CREATE_TOKEN),
        lambda context: replace(context, encryptor=Encryptor.APPLICATION_GENERIC),
    ],
)
def test_foreign_context_does_not_open(
    change: Callable[[EncryptionContext], EncryptionContext],
) -> None:
    request, sender = exchange(context_of())
    context = change(context_of())
    with pytest.raises(MacMismatch):
        open_request(request, context=context, key=KEY)
    _, foreign = exchange(context)
    with pytest.raises(MacMismatch):
        sender.open_response(foreign.seal_response(b"", timestamp=TIME))


def test_no_changed_request_opens() -> None:
    context = context_of()
    request, _ = exchange(context, b"x")
    changed: list[dict[str, Any]] = [
        {"encryptedData": b64(data)} for data in flipped_bytes(request.encrypted_data)
    ]
    changed += [{"nonce": b64(nonce)} for nonce in flipped_bytes(request.nonce)]
    changed += [{"timestamp": request.timestamp ^ 1 << bit} for bit in range(64)]
    changed += [{"temporaryKeyId": KEY_ID.lower()}, {"temporaryKeyId": ACTIVATION_ID}]
    for change in changed:
        with pytest.raises(ProtocolError):
            open_request(
                EncryptedRequest.parse(request.to_json() | change), context=context, key=KEY
            )
    with pytest.raises(MacMismatch):
        open_request(request, context=context, key=bytes(32))


def test_no_changed_response_opens() -> None:
    _, envelope = exchange(context_of())
    response = envelope.seal_response(b"x", timestamp=TIME)
    for data in flipped_bytes(response.encrypted_data):
        with pytest.raises(ProtocolError):
            envelope.open_response(replace(response, encrypted_data=data))
    with pytest.raises(MacMismatch):
        envelope.open_response(replace(response, timestamp=TIME + 1))


REQUEST: dict[str, object] = exchange(context_of())[0].to_json()
RESPONSE: dict[str, object] = exchange(context_of())[1].seal_response(b"", timestamp=TIME).to_json()


@pytest.mark.parametrize(
    "change",
    [
        {"temporaryKeyId": None},
        {"temporaryKeyId": "x"},
        {"encryptedData": None},
        {"encryptedData": "!"},
        {"encryptedData": b64(bytes(43))},
        {"encryptedData": 4},
        {"nonce": None},
        {"nonce": b64(bytes(16))},
        {"nonce": b64(bytes(24))},
        {"timestamp": None},
        {"timestamp": -1},
        {"timestamp": 1 << 63},
        {"timestamp": True},
        {"timestamp": 1.5},
        {"timestamp": "1700000000000"},
        {"ephemeralPublicKey": "AAAA"},
        {"mac": "AAAA"},
    ],
)
def test_refuse_malformed_requests(change: dict[str, object]) -> None:
    with pytest.raises(ProtocolError):
        EncryptedRequest.parse(REQUEST | change)


@pytest.mark.parametrize(
    "change",
    [
        {"encryptedData": None},
        {"encryptedData": b64(bytes(43))},
        {"timestamp": None},
        {"timestamp": 1 << 63},
        {"mac": "AAAA"},
        {"nonce": "AAAA"},
    ],
)
def test_refuse_malformed_responses(change: dict[str, object]) -> None:
    with pytest.raises(ProtocolError):
        EncryptedResponse.parse(RESPONSE | change)


def test_unknown_members_and_null_are_ignored() -> None:
    assert EncryptedRequest.parse(REQUEST | {"mac": None, "new": 1}).to_json() == REQUEST
    assert EncryptedResponse.parse(RESPONSE | {"nonce": None, "new": 1}).to_json() == RESPONSE


@given(json_values)
@bounded
def test_any_json_is_refused(payload: object) -> None:
    for kind in (EncryptedRequest, EncryptedResponse):
        with pytest.raises(ProtocolError):
            kind.parse(payload)


def test_activation_scope_needs_an_activation() -> None:
    whole = context_of()
    with pytest.raises(MalformedEnvelope):
        replace(whole, activation_id=None)
    with pytest.raises(MalformedEnvelope):
        replace(whole, shared_info2_key=None)
    with pytest.raises(ValueError, match="32 bytes"):
        replace(whole, shared_info2_key=bytes(16))


def test_refuse_an_application_secret_of_another_size() -> None:
    with pytest.raises(MalformedEncoding):
        exchange(replace(context_of(), application_secret=b64(bytes(32))))


def test_refuse_to_seal_at_an_impossible_time() -> None:
    _, envelope = exchange(context_of())
    for timestamp, error in ((1 << 63, MalformedEncoding), (-1, MalformedEnvelope)):
        with pytest.raises(error):
            envelope.seal_response(b"", timestamp=timestamp)


def test_secrets_stay_out_of_repr() -> None:
    context = context_of()
    _, envelope = exchange(context)
    assert b64(SECRET) not in repr(context)
    assert "shared_info2" not in repr(context) + repr(envelope)
    assert repr(KEY) not in repr(envelope)
    assert decode(b64(KEY)) == envelope.key
