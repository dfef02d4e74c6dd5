import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.errors import ProtocolError, RecordUnreadable
from powerauth.protocol.records import (
    Keyring,
    open_reference_record,
    seal_reference_record,
)
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_bytes
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case
from tests.records import FormerKeyring

OLD, NEW = bytes(range(16)), bytes(range(32))
CONTEXT = ("activation", "server_private_key", "42")
PLAIN = Keyring([])
RING = Keyring([NEW, OLD])
SECRET = b"a stored secret"


@vectors.each("extra.json: db_record_encryption", "extra.json: db_record_generated")
def test_reference_record(case: Case) -> None:
    key, parts, record = case.binary("masterDbEncryptionKey"), case["indexParts"], case["record"]
    data = vectors.decode(record)
    assert open_reference_record(key, parts, data) == case.binary("plain")
    sealed = seal_reference_record(
        key, parts, case.binary("plain"), random=lambda size: data[:size]
    )
    assert sealed == data


@pytest.mark.parametrize("plaintext", [b"", SECRET, bytes(1000)])
@pytest.mark.parametrize("ring", [PLAIN, RING, Keyring([OLD])])
def test_round_trip(ring: Keyring, plaintext: bytes) -> None:
    record = ring.seal(plaintext, context=CONTEXT)
    assert ring.open(record, context=CONTEXT) == plaintext
    assert not ring.needs_rotation(record)


def test_records_do_not_repeat_and_hide_the_value() -> None:
    first, second = RING.seal(SECRET, context=CONTEXT), RING.seal(SECRET, context=CONTEXT)
    assert first != second
    assert first[0] == 3
    assert SECRET not in first
    assert PLAIN.seal(SECRET, context=CONTEXT)[0] == 0


def test_rotation() -> None:
    before = Keyring([OLD]).seal(SECRET, context=CONTEXT)
    plain = PLAIN.seal(SECRET, context=CONTEXT)
    for record in (before, plain):
        assert RING.open(record, context=CONTEXT) == SECRET
        assert RING.needs_rotation(record)
    assert PLAIN.needs_rotation(before)


def test_plain_records_can_be_refused() -> None:
    strict = Keyring([NEW], read_plain=False)
    with pytest.raises(RecordUnreadable):
        strict.open(PLAIN.seal(SECRET, context=CONTEXT), context=CONTEXT)
    assert Keyring([], read_plain=False).open(bytes(5) + SECRET, context=CONTEXT) == SECRET


def test_former_records_open_in_their_former_context() -> None:
    former = CONTEXT[1:]
    record = FormerKeyring(NEW).seal(SECRET, context=former)
    assert RING.open(record, context=CONTEXT, former_context=former) == SECRET
    assert RING.open(record, context=former) == SECRET
    assert RING.needs_rotation(record)
    with pytest.raises(RecordUnreadable):
        RING.open(record, context=CONTEXT)


def test_records_of_today_open_in_no_former_context() -> None:
    record = RING.seal(SECRET, context=CONTEXT)
    with pytest.raises(RecordUnreadable):
        RING.open(record, context=("elsewhere",), former_context=CONTEXT)


@pytest.mark.parametrize(
    ("ring", "fits_plain", "fits_old"),
    [
        (PLAIN, True, False),
        (RING, True, True),
        (Keyring([OLD], read_plain=False), False, True),
        (Keyring([NEW], read_plain=False), False, False),
    ],
)
def test_rings_know_which_records_fit_them(ring: Keyring, fits_plain: bool, fits_old: bool) -> None:
    assert ring.fits(PLAIN.seal(SECRET, context=CONTEXT)) is fits_plain
    assert ring.fits(Keyring([OLD]).seal(SECRET, context=CONTEXT)) is fits_old


@pytest.mark.parametrize("ring", [PLAIN, Keyring([OLD]), Keyring([bytes(32)])])
def test_another_ring_does_not_open(ring: Keyring) -> None:
    record = Keyring([NEW]).seal(SECRET, context=CONTEXT)
    with pytest.raises(RecordUnreadable):
        ring.open(record, context=CONTEXT)


@pytest.mark.parametrize(
    "context",
    [
        (),
        CONTEXT[:2],
        (*CONTEXT, ""),
        ("activation", "server_private_key", "43"),
        ("activation", "server_private_key4", "2"),
        ("activationserver_private_key", "", "42"),
        CONTEXT[::-1],
    ],
)
def test_another_context_does_not_open(context: tuple[str, ...]) -> None:
    record = RING.seal(SECRET, context=CONTEXT)
    with pytest.raises(RecordUnreadable):
        RING.open(record, context=context)


def test_no_flipped_bit_opens() -> None:
    record = RING.seal(SECRET, context=CONTEXT, random=FixedRandom("record"))
    for changed in flipped_bytes(record):
        with pytest.raises(RecordUnreadable):
            RING.open(changed, context=CONTEXT)


def test_no_part_of_a_record_opens() -> None:
    record = RING.seal(SECRET, context=CONTEXT)
    for end in range(len(record)):
        with pytest.raises(RecordUnreadable):
            RING.open(record[:end], context=CONTEXT)


@given(st.binary(max_size=80) | st.binary(max_size=80).map(lambda data: b"\x03" + data))
@bounded
def test_any_bytes_are_refused(record: bytes) -> None:
    if record.startswith(bytes(5)):
        return
    for ring in (PLAIN, RING):
        with pytest.raises(ProtocolError):
            ring.open(record, context=CONTEXT)


@pytest.mark.parametrize("size", [0, 15, 33])
def test_refuse_master_key_of_another_size(size: int) -> None:
    with pytest.raises(ValueError, match="16 to 32"):
        Keyring([NEW, bytes(size)])


@given(st.binary(max_size=80))
@bounded
def test_reference_record_of_any_bytes_is_no_other_error(record: bytes) -> None:
    try:
        plaintext = open_reference_record(OLD, ["a"], record)
    except RecordUnreadable:
        return
    # This scheme has no MAC: garbage may open, but never to more than it holds.
    assert len(plaintext) < len(record) - 16


@pytest.mark.parametrize("record", [b"", bytes(16), bytes(31), bytes(33)])
def test_refuse_broken_reference_record(record: bytes) -> None:
    with pytest.raises(RecordUnreadable):
        open_reference_record(OLD, ["a"], record)


def test_reference_record_belongs_to_its_parts() -> None:
    record = seal_reference_record(OLD, ["user", "id"], SECRET, random=FixedRandom("iv"))
    assert open_reference_record(OLD, ["user", "id"], record) == SECRET
    with pytest.raises(RecordUnreadable):
        open_reference_record(OLD, ["user", "other"], record)
