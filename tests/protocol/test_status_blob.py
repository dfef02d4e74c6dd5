import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.errors import MalformedPayload, ProtocolError
from powerauth.protocol.primitives import aes_cbc_encrypt_raw
from powerauth.protocol.v3 import status_blob
from powerauth.protocol.v3.signature import next_counter
from powerauth.protocol.v3.status_blob import StatusFields
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case

KEY = bytes(range(16))
CTR = bytes(range(16, 32))
CHALLENGE = bytes(range(32, 48))
FIELDS = StatusFields(
    state=3, failed_attempts=258, max_failed_attempts=261, look_ahead=20, counter=0x1234
)


@vectors.each("activation-status-blob-iv.json")
def test_status_iv(case: Case) -> None:
    challenge, nonce = case.binary("challenge"), case.binary("nonce")
    assert status_blob.status_iv(case.binary("transportKey"), challenge, nonce) == case.binary("iv")


@vectors.each("activation-status-blob-data.json")
def test_open_status_of_the_sdk(case: Case) -> None:
    transport_key = case.binary("transportKey")
    blob = status_blob.open_status(
        case.binary("encryptedStatusBlob"),
        transport_key=transport_key,
        challenge=case.binary("challenge"),
        nonce=case.binary("nonce"),
    )
    assert blob.state == int(case["activationStatus"])
    assert blob.current_version == int(case["currentVersion"])
    assert blob.upgrade_version == int(case["upgradeVersion"])
    assert blob.failed_attempts == int(case["failedAttempts"])
    assert blob.max_failed_attempts == int(case["maxFailedAttempts"])
    assert blob.look_ahead == int(case["ctrLookAhead"])
    assert blob.ctr_byte == int(case["ctrByte"])
    assert blob.ctr_data_hash == case.binary("ctrDataHash")
    distance = status_blob.counter_distance(
        blob, transport_key=transport_key, ctr_data=case.binary("ctrData"), look_ahead=30
    )
    assert distance == int(case["counterDistance"])


@vectors.each("extra.json: status_blob")
def test_open_status_of_the_server(case: Case) -> None:
    transport_key = case.binary("transportKey")
    blob = status_blob.open_status(
        case.binary("encryptedStatusBlob"),
        transport_key=transport_key,
        challenge=case.optional_binary("challenge"),
        nonce=case.optional_binary("nonce"),
    )
    assert blob.state == case["activationStatus"]
    assert blob.current_version == case["currentVersion"]
    assert blob.upgrade_version == case["upgradeVersion"]
    assert blob.failed_attempts == case["failedAttempts"]
    assert blob.max_failed_attempts == case["maxFailedAttempts"]
    expected = status_blob.ctr_data_hash(transport_key, case.binary("ctrData"))
    if case["challenge"] is not None:
        assert blob.look_ahead == case["ctrLookAhead"]
        assert blob.ctr_byte == case["ctrByte"]
    assert (blob.ctr_data_hash == expected) is (case["challenge"] is not None)


@vectors.each("extra.json: ctr_data_hash")
def test_ctr_data_hash(case: Case) -> None:
    digest = status_blob.ctr_data_hash(case.binary("transportKey"), case.binary("ctrData"))
    assert digest == case.binary("ctrDataHash")


def _seal(challenge: bytes | None, label: str = "status") -> tuple[bytes, bytes | None]:
    return status_blob.seal_status(
        FIELDS, transport_key=KEY, ctr_data=CTR, challenge=challenge, random=FixedRandom(label)
    )


def test_seal_with_challenge_tells_the_counter() -> None:
    encrypted, nonce = _seal(CHALLENGE)
    blob = status_blob.open_status(encrypted, transport_key=KEY, challenge=CHALLENGE, nonce=nonce)
    assert len(encrypted) == 32
    assert nonce is not None and len(nonce) == 16
    assert (blob.state, blob.failed_attempts, blob.max_failed_attempts) == (3, 2, 5)
    assert (blob.current_version, blob.upgrade_version) == (3, 3)
    assert (blob.ctr_byte, blob.look_ahead) == (0x34, 20)
    assert blob.ctr_data_hash == status_blob.ctr_data_hash(KEY, CTR)


def test_seal_without_challenge_hides_the_counter() -> None:
    encrypted, nonce = _seal(None)
    blob = status_blob.open_status(encrypted, transport_key=KEY, challenge=None, nonce=None)
    other = status_blob.open_status(
        _seal(None, "another")[0], transport_key=KEY, challenge=None, nonce=None
    )
    assert nonce is None
    assert (blob.state, blob.failed_attempts, blob.max_failed_attempts) == (3, 2, 5)
    assert blob.ctr_data_hash != status_blob.ctr_data_hash(KEY, CTR)
    assert blob.ctr_data_hash != other.ctr_data_hash
    assert (blob.ctr_byte, blob.look_ahead) != (other.ctr_byte, other.look_ahead)


def test_answers_without_a_status_are_random() -> None:
    blob, nonce = status_blob.random_status(CHALLENGE)
    assert len(blob) == 32
    assert nonce is not None and len(nonce) == 16
    assert status_blob.random_status(CHALLENGE)[0] != blob
    assert status_blob.random_status(None)[1] is None


@pytest.mark.parametrize("size", [0, 15, 17])
def test_refuse_challenge_of_another_size(size: int) -> None:
    with pytest.raises(MalformedPayload):
        _seal(bytes(size))
    with pytest.raises(MalformedPayload):
        status_blob.random_status(bytes(size))


@pytest.mark.parametrize("head", ["dec0ded0", "dec0dfd1", "00c0ded1", "decadeff"])
def test_refuse_foreign_blob(head: str) -> None:
    encrypted = aes_cbc_encrypt_raw(KEY, bytes(16), bytes.fromhex(head) + bytes(28))
    with pytest.raises(MalformedPayload):
        status_blob.open_status(encrypted, transport_key=KEY, challenge=None, nonce=None)


def test_accept_blob_of_a_later_format() -> None:
    encrypted = aes_cbc_encrypt_raw(KEY, bytes(16), bytes.fromhex("dec0deff05") + bytes(27))
    blob = status_blob.open_status(encrypted, transport_key=KEY, challenge=None, nonce=None)
    assert blob.state == 5


@pytest.mark.parametrize(("challenge", "nonce"), [(CHALLENGE, None), (None, CHALLENGE)])
def test_challenge_and_nonce_belong_together(challenge: bytes | None, nonce: bytes | None) -> None:
    with pytest.raises(MalformedPayload):
        status_blob.open_status(bytes(32), transport_key=KEY, challenge=challenge, nonce=nonce)


@given(st.binary(max_size=40) | st.binary(min_size=32, max_size=32))
@bounded
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        status_blob.open_status(data, transport_key=KEY, challenge=CHALLENGE, nonce=CHALLENGE)


def test_counter_distance_ends_at_the_window() -> None:
    encrypted, nonce = _seal(CHALLENGE)
    blob = status_blob.open_status(encrypted, transport_key=KEY, challenge=CHALLENGE, nonce=nonce)

    def distance(ctr_data: bytes, look_ahead: int) -> int | None:
        return status_blob.counter_distance(
            blob, transport_key=KEY, ctr_data=ctr_data, look_ahead=look_ahead
        )

    assert distance(CTR, 0) == 0
    assert distance(next_counter(CTR), 20) is None
