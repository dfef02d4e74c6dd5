from dataclasses import replace

import pytest

from powerauth.protocol.encoding import b64
from powerauth.protocol.errors import MacMismatch, MalformedPayload
from powerauth.protocol.v4.authentication_code import next_counter
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.protocol.v4.primitives.kmac import kmac
from powerauth.protocol.v4.status_blob import (
    StatusFields,
    build_status,
    counter_distance,
    ctr_data_hash,
    read_status,
)
from tests.protocol import vectors
from tests.protocol.fuzzing import flipped_bytes
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case

KEYS = ActivationKeys(bytes(range(32)))
CTR = bytes(range(32, 64))
FIELDS = StatusFields(
    state=3,
    counter=300,
    failed_attempts=1,
    max_failed_attempts=5,
    look_ahead=20,
    confirmation_pending=True,
    upgrade_pending=False,
    suite_not_allowed=False,
    biometry_enabled=True,
)


def build(fields: StatusFields = FIELDS) -> bytes:
    return build_status(fields, keys=KEYS, ctr_data=CTR, random=FixedRandom("filling"))


@vectors.each("v4/status-v4.json")
def test_status(case: Case) -> None:
    keys, blob = ActivationKeys(case.binary("activationSecret")), case.binary("activationStatus")
    assert blob == case.binary("blob") + case.binary("mac")
    status = read_status(blob, keys)
    assert (status.state, status.counter) == (case["state"], case["counterByte"])
    assert (status.current_version, status.upgrade_version) == (4, 4)
    assert status.failed_attempts == case["failedAttempts"]
    assert status.max_failed_attempts == case["maxFailedAttempts"]
    assert status.look_ahead == case["lookAhead"]
    flags = [
        status.confirmation_pending,
        status.upgrade_pending,
        status.suite_not_allowed,
        status.biometry_enabled,
    ]
    assert sum(flag << bit for bit, flag in enumerate(flags)) == case["flags"]
    ctr = case.binary("counterData")
    assert status.ctr_data_hash == ctr_data_hash(keys, ctr) == case.binary("counterDataHash")
    fields = StatusFields(
        state=status.state,
        counter=status.counter,
        failed_attempts=status.failed_attempts,
        max_failed_attempts=status.max_failed_attempts,
        look_ahead=status.look_ahead,
        confirmation_pending=status.confirmation_pending,
        upgrade_pending=status.upgrade_pending,
        suite_not_allowed=status.suite_not_allowed,
        biometry_enabled=status.biometry_enabled,
    )
    assert build_status(fields, keys=keys, ctr_data=ctr, random=lambda _: blob[8:12]) == blob


@vectors.each("v4/extra-v4.json: worked_example")
def test_status_of_the_worked_example(case: Case) -> None:
    keys = ActivationKeys(case.binary("activationSecret"))
    status = read_status(case.binary("statusBlob"), keys)
    assert b64(status.ctr_data_hash) == case["ctrDataHash"]
    assert counter_distance(status, keys=keys, ctr_data=case.binary("ctrData"), look_ahead=0) == 0


def test_layout() -> None:
    blob = build()
    assert len(blob) == 80
    assert blob[:8] == bytes.fromhex("dec0ded4 03 04 04 09")
    assert blob[8:12] == FixedRandom("filling")(4)
    assert blob[12:16] == bytes([300 & 0xFF, 1, 5, 20])


@pytest.mark.parametrize(
    ("name", "bit"),
    [
        ("confirmation_pending", 1),
        ("upgrade_pending", 2),
        ("suite_not_allowed", 4),
        ("biometry_enabled", 8),
    ],
)
def test_flags(name: str, bit: int) -> None:
    none = replace(FIELDS, confirmation_pending=False, biometry_enabled=False)
    flags: dict[str, bool] = {name: True}
    blob = build(replace(none, **flags))
    assert blob[7] == bit
    assert getattr(read_status(blob, KEYS), name) is True
    assert build(none)[7] == 0


def test_trap_15_key_hashes_the_counter() -> None:
    assert ctr_data_hash(KEYS, CTR) == kmac(KEYS.counter, CTR, "PA4MAC-CTR")
    assert ctr_data_hash(KEYS, CTR) != kmac(CTR, KEYS.counter, "PA4MAC-CTR")


def test_no_changed_status_is_read() -> None:
    for changed in flipped_bytes(build()):
        with pytest.raises(MacMismatch):
            read_status(changed, KEYS)
    with pytest.raises(MacMismatch):
        read_status(build(), ActivationKeys(bytes(32)))


@pytest.mark.parametrize("size", [0, 32, 48, 79, 81])
def test_refuse_another_size(size: int) -> None:
    with pytest.raises(MalformedPayload):
        read_status(bytes(size), KEYS)


def test_refuse_another_kind_of_blob() -> None:
    content = bytes.fromhex("dec0ded1") + build()[4:48]
    with pytest.raises(MalformedPayload):
        read_status(content + kmac(KEYS.status, content, "PA4MAC-STATUS"), KEYS)


def test_counter_distance() -> None:
    status = read_status(build(), KEYS)
    earlier = [CTR]
    for _ in range(3):
        earlier.append(next_counter(earlier[-1]))
    ahead = replace(status, ctr_data_hash=ctr_data_hash(KEYS, earlier[3]))
    for distance in range(4):
        ctr = earlier[3 - distance]
        assert counter_distance(ahead, keys=KEYS, ctr_data=ctr, look_ahead=3) == distance
    assert counter_distance(ahead, keys=KEYS, ctr_data=CTR, look_ahead=2) is None
    assert counter_distance(status, keys=KEYS, ctr_data=earlier[1], look_ahead=20) is None


def test_filling_is_random() -> None:
    first, second = (build_status(FIELDS, keys=KEYS, ctr_data=CTR) for _ in range(2))
    assert first[8:12] != second[8:12]
