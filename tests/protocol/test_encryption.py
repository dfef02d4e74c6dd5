from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.errors import (
    MacMismatch,
    MalformedEnvelope,
    ProtocolError,
    UnsupportedVersion,
)
from powerauth.protocol.keys import ecdh, generate_key_pair
from powerauth.protocol.primitives import x963_kdf
from powerauth.protocol.v3 import encryption
from powerauth.protocol.v3.encryption import (
    EncryptedRequest,
    EncryptedResponse,
    EncryptionContext,
    Encryptor,
    Envelope,
    Scope,
)
from powerauth.protocol.v3.envelope import EnvelopeKey
from powerauth.protocol.versions import SUPPORTED_VERSIONS, TRAITS
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_bytes
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case

BY_ID = {
    "APPLICATION_SCOPE_GENERIC": Encryptor.APPLICATION_GENERIC,
    "ACTIVATION_SCOPE_GENERIC": Encryptor.ACTIVATION_GENERIC,
    **{encryptor.name: encryptor for encryptor in Encryptor},
}
PAIR = generate_key_pair(FixedRandom("recipient"))
TIME = 1_700_000_000_000
KEY_ID = "1221CD15-9092-4779-A157-04DC229A63F7"
ACTIVATION_ID = "CF2E9A48-9085-4AA3-8F85-FFAFD2380609"
PLAINTEXT = b'{"reason":"ADD_BIOMETRY"}'


@vectors.each("extra.json: ecies_low_level_v30", "extra.json: ecies_low_level_v31")
def test_envelope_key(case: Case) -> None:
    request, response = Case(case["request"], source="", index=0), case["response"]
    ephemeral, shared_info2 = request.binary("ephemeralPublicKey"), case.binary("sharedInfo2")
    nonce = request.binary("nonce") if "nonce" in request else None
    secret = ecdh(case.binary("recipientPrivateKey"), ephemeral)
    key = EnvelopeKey.derive(secret, case.binary("sharedInfo1"), ephemeral)
    plaintext = key.open(
        request.binary("encryptedData"),
        mac=request.binary("mac"),
        nonce=nonce,
        shared_info2=shared_info2,
    )
    assert plaintext == case.binary("requestPlaintext")
    sealed = key.seal(case.binary("responsePlaintext"), nonce=nonce, shared_info2=shared_info2)
    assert sealed == (vectors.decode(response["encryptedData"]), vectors.decode(response["mac"]))


@pytest.mark.parametrize("size", [0, 32, 47, 49])
def test_an_envelope_key_of_another_size_is_none(size: int) -> None:
    with pytest.raises(ValueError, match="48 bytes"):
        EnvelopeKey.of_bytes(bytes(size))


def test_an_envelope_key_is_the_same_again_out_of_its_bytes() -> None:
    key = EnvelopeKey.derive(bytes(32), b"info", b"ephemeral")
    assert EnvelopeKey.of_bytes(key.to_bytes()) == key


def test_envelope_key_has_three_parts() -> None:
    key = EnvelopeKey.derive(bytes(32), b"info", b"ephemeral")
    assert key.to_bytes() == x963_kdf(bytes(32), b"infoephemeral", 48)
    assert len({key.enc, key.mac, key.iv}) == 3


def _context_of(case: Case) -> EncryptionContext:
    encryptor = BY_ID[case["encryptorId"]]
    assert (encryptor.sh1, encryptor.scope.value) == (case["sh1"], case["scope"])
    in_activation = encryptor.scope is Scope.ACTIVATION
    return EncryptionContext(
        version=case["version"],
        encryptor=encryptor,
        application_key=case["applicationKey"],
        application_secret=case["applicationSecret"],
        activation_id=case["activationId"],
        transport_key=case.binary("transportKey") if in_activation else None,
    )


def _check_exchange(case: Case, recipient_private_key: bytes) -> None:
    context = _context_of(case)
    request = EncryptedRequest.parse(case["request"], context.version)
    plaintext, envelope = encryption.open_request(
        request, context=context, recipient_private_key=recipient_private_key
    )
    assert plaintext == case.binary("requestPlaintext")
    assert envelope.key.to_bytes() == case.binary("envelopeKey")
    response = EncryptedResponse.parse(case["response"], context.version)
    assert envelope.open_response(response) == case.binary("responsePlaintext")
    again = envelope.seal_response(
        case.binary("responsePlaintext"),
        timestamp=response.timestamp or 0,
        random=lambda size: (response.nonce or b"")[:size],
    )
    assert again == response
    assert again.to_json() == case["response"]
    if "associatedData" in case:
        assert envelope.associated_data == case.binary("associatedData")
    if "sharedInfo2Base" in case:
        assert envelope.shared_info2_base == case.binary("sharedInfo2Base")


@vectors.each("extra.json: ecies_sdk_v32", "extra.json: ecies_sdk_v33")
def test_exchange_of_the_sdk(case: Case) -> None:
    in_activation = case["scope"] == "activation"
    key = "serverPrivateKey" if in_activation else "masterServerPrivateKey"
    _check_exchange(case, case.binary(key))


@vectors.each("extra.json: ecies_round_trip")
def test_exchange(case: Case) -> None:
    _check_exchange(case, case.binary("recipientPrivateKey"))


def _context(version: str, encryptor: Encryptor = Encryptor.VAULT_UNLOCK) -> EncryptionContext:
    in_activation = encryptor.scope is Scope.ACTIVATION
    return EncryptionContext(
        version=version,
        encryptor=encryptor,
        application_key="fzVyJXGRHOlft4hti2PTZw==",
        application_secret="23vWKCVPwSBM/6bwqHD/Kg==",
        activation_id=ACTIVATION_ID if in_activation else None,
        transport_key=bytes(range(16)) if in_activation else None,
    )


def _seal(
    context: EncryptionContext, plaintext: bytes = PLAINTEXT
) -> tuple[EncryptedRequest, Envelope]:
    return encryption.seal_request(
        plaintext,
        context=context,
        recipient_public_key=PAIR.public_key,
        timestamp=TIME,
        temporary_key_id=KEY_ID if context.traits.temporary_key else None,
        random=FixedRandom(context.version),
    )


def _open(request: EncryptedRequest, context: EncryptionContext) -> tuple[bytes, Envelope]:
    return encryption.open_request(request, context=context, recipient_private_key=PAIR.private_key)


@pytest.mark.parametrize("plaintext", [b"", b"{}", bytes(5000)])
@pytest.mark.parametrize("encryptor", list(Encryptor))
@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_both_sides_understand_each_other(
    version: str, encryptor: Encryptor, plaintext: bytes
) -> None:
    context = _context(version, encryptor)
    request, mine = _seal(context, plaintext)
    received = EncryptedRequest.parse(request.to_json(), version)
    opened, theirs = _open(received, context)
    assert opened == plaintext
    response = theirs.seal_response(plaintext[::-1], timestamp=TIME + 1)
    answer = EncryptedResponse.parse(response.to_json(), version)
    assert mine.open_response(answer) == plaintext[::-1]
    assert mine.open_members(answer.to_json()) == plaintext[::-1]


def test_response_has_a_nonce_of_its_own_since_3_2() -> None:
    for version in SUPPORTED_VERSIONS:
        request, envelope = _seal(_context(version))
        first = envelope.seal_response(b"", timestamp=TIME)
        second = envelope.seal_response(b"", timestamp=TIME)
        own = TRAITS[version].response_nonce
        assert (first.nonce is not None) is own
        assert (first.timestamp == TIME) is own
        assert (first == second) is not own
        assert first.nonce is None or first.nonce != request.nonce


def _flips(data: bytes, make: Callable[[bytes], EncryptedRequest]) -> Iterator[EncryptedRequest]:
    yield from (make(changed) for changed in flipped_bytes(data))


def _tampered(request: EncryptedRequest) -> Iterator[EncryptedRequest]:
    yield from _flips(request.mac, lambda data: replace(request, mac=data))
    yield from _flips(request.encrypted_data, lambda data: replace(request, encrypted_data=data))
    key = request.ephemeral_public_key
    yield from _flips(key, lambda data: replace(request, ephemeral_public_key=data))
    if request.nonce is not None and request.timestamp is not None:
        yield from _flips(request.nonce, lambda data: replace(request, nonce=data))
        for bit in range(63):
            yield replace(request, timestamp=request.timestamp ^ 1 << bit)
    if request.temporary_key_id is not None:
        yield replace(request, temporary_key_id=request.temporary_key_id.lower())
        yield replace(request, temporary_key_id=ACTIVATION_ID)


@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_no_changed_request_opens(version: str) -> None:
    context = _context(version)
    for request in _tampered(_seal(context)[0]):
        with pytest.raises(ProtocolError):
            _open(request, context)


def test_changed_nonce_of_3_1_gives_another_plaintext_or_an_error() -> None:
    context = _context("3.1")
    request = _seal(context)[0]
    try:
        plaintext = _open(replace(request, nonce=bytes(16)), context)[0]
    except ProtocolError:
        return
    assert plaintext != PLAINTEXT


@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_no_other_context_opens(version: str) -> None:
    context = _context(version)
    request = _seal(context)[0]
    others = [
        replace(context, encryptor=Encryptor.CREATE_TOKEN),
        replace(context, encryptor=Encryptor.APPLICATION_GENERIC),
        replace(context, application_secret="23vWKCVPwSBM/6bwqHD/Kw=="),
        replace(context, transport_key=bytes(16)),
    ]
    others += [replace(context, version=other) for other in SUPPORTED_VERSIONS if other != version]
    if context.traits.bound_parameters:
        others.append(replace(context, application_key="23vWKCVPwSBM/6bwqHD/Kg=="))
        others.append(replace(context, activation_id=ACTIVATION_ID.lower()))
    for other in others:
        with pytest.raises((MacMismatch, MalformedEnvelope)):
            _open(request, other)


def test_versions_below_3_2_do_not_bind_the_application_key() -> None:
    for version in ("3.0", "3.1"):
        context = _context(version)
        request = _seal(context)[0]
        assert _open(request, replace(context, application_key="other"))[0] == PLAINTEXT


def _tampered_responses(response: EncryptedResponse) -> Iterator[EncryptedResponse]:
    for data in flipped_bytes(response.mac):
        yield replace(response, mac=data)
    for data in flipped_bytes(response.encrypted_data):
        yield replace(response, encrypted_data=data)
    if response.nonce is not None and response.timestamp is not None:
        yield from (replace(response, nonce=data) for data in flipped_bytes(response.nonce))
        yield from (replace(response, timestamp=response.timestamp ^ 1 << n) for n in range(63))


@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_no_changed_response_opens(version: str) -> None:
    _, envelope = _seal(_context(version))
    response = envelope.seal_response(PLAINTEXT, timestamp=TIME)
    assert envelope.open_response(response) == PLAINTEXT
    for changed in _tampered_responses(response):
        with pytest.raises(MacMismatch):
            envelope.open_response(changed)


def test_a_request_is_no_response() -> None:
    for version in SUPPORTED_VERSIONS:
        request, envelope = _seal(_context(version))
        own = envelope.traits.response_nonce
        reflected = EncryptedResponse(
            encrypted_data=request.encrypted_data,
            mac=request.mac,
            nonce=request.nonce if own else None,
            timestamp=request.timestamp,
        )
        if own:
            with pytest.raises(MacMismatch):
                envelope.open_response(reflected)


def test_response_of_another_version_is_refused() -> None:
    _, old = _seal(_context("3.1"))
    _, new = _seal(_context("3.2"))
    for envelope, other in ((old, new), (new, old)):
        with pytest.raises(MalformedEnvelope):
            envelope.open_response(other.seal_response(b"", timestamp=TIME))


def test_mac_is_checked_before_decryption() -> None:
    context = _context("3.3")
    request = _seal(context)[0]
    # Both the padding and the MAC are wrong now; only the MAC may be reported.
    broken = replace(request, encrypted_data=bytes(len(request.encrypted_data)))
    with pytest.raises(MacMismatch):
        _open(broken, context)


@pytest.mark.parametrize("version", ["3.0", "3.1", "3.2"])
def test_temporary_key_id_is_refused_before_3_3(version: str) -> None:
    with pytest.raises(MalformedEnvelope):
        encryption.seal_request(
            b"",
            context=_context(version),
            recipient_public_key=PAIR.public_key,
            timestamp=TIME,
            temporary_key_id=KEY_ID,
        )


def test_context_of_an_activation_is_complete() -> None:
    context = _context("3.3")
    with pytest.raises(MalformedEnvelope):
        replace(context, activation_id=None)
    with pytest.raises(MalformedEnvelope):
        replace(context, transport_key=None)
    with pytest.raises(ValueError, match="16 bytes"):
        replace(context, transport_key=bytes(15))
    with pytest.raises(UnsupportedVersion):
        replace(context, version="3.4")


def test_application_scope_ignores_the_activation() -> None:
    context = _context("3.3", Encryptor.APPLICATION_GENERIC)
    signed = replace(context, activation_id=ACTIVATION_ID, transport_key=bytes(16))
    assert _open(_seal(signed)[0], context)[0] == PLAINTEXT


def test_replay_key() -> None:
    request = _seal(_context("3.3"))[0]
    assert request.nonce is not None
    bare = request.ephemeral_public_key + request.nonce
    assert encryption.replay_key(request, None) == bare
    assert encryption.replay_key(request, ACTIVATION_ID) == bare + ACTIVATION_ID.encode()
    with pytest.raises(MalformedEnvelope):
        encryption.replay_key(_seal(_context("3.0"))[0], None)


def test_secrets_stay_out_of_repr() -> None:
    context = _context("3.3")
    _, envelope = _seal(context)
    assert context.application_secret not in repr(context)
    assert repr(context.transport_key) not in repr(context)
    assert repr(envelope.key.enc) not in repr(envelope)
    assert repr(envelope.shared_info2_base) not in repr(envelope)


@given(
    st.binary(min_size=33, max_size=33) | st.binary(min_size=65, max_size=65),
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=32, max_size=32),
)
@bounded
def test_garbage_does_not_open(key: bytes, data: bytes, mac: bytes) -> None:
    request = EncryptedRequest(ephemeral_public_key=key, encrypted_data=data, mac=mac)
    with pytest.raises(ProtocolError):
        _open(request, _context("3.0"))
