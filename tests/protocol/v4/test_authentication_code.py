from dataclasses import replace
from itertools import pairwise

import pytest

from powerauth.protocol.encoding import b64
from powerauth.protocol.primitives import decimal_truncation
from powerauth.protocol.signed_request import (
    CounterMatch,
    SignatureType,
    normalize_request,
    signature_data,
)
from powerauth.protocol.v4.authentication_code import (
    compute_code,
    compute_components,
    find_counter,
    next_counter,
)
from powerauth.protocol.v4.factor_keys import FactorKeys, ReplaceableKey
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.protocol.v4.primitives.kmac import kmac
from powerauth.protocol.versions import SignatureFormat
from tests.protocol import vectors
from tests.protocol.fuzzing import flipped_text
from tests.protocol.vectors import Case, decode

DECIMAL = SignatureFormat.DECIMAL
SECRET = bytes(range(32))
CTR = bytes(range(32, 64))
DATA = b"POST&L3Bh&AAAA&e30=&c2VjcmV0"
FIRST, SECOND = bytes(range(64, 96)), bytes(range(96, 128))
KEYS = FactorKeys.initial(ActivationKeys(SECRET)).confirmed(enable_biometry=True)
EACH_TYPE = pytest.mark.parametrize("kind", SignatureType)


def keys_of(case: Case) -> FactorKeys:
    """Take the factor keys out of a vector."""
    return FactorKeys(
        possession=case.binary("possession"),
        knowledge=ReplaceableKey(current=case.binary("knowledge")),
        biometry=ReplaceableKey(current=case.binary("biometry")),
        biometry_enabled=True,
    )


def chosen(keys: FactorKeys, kind: SignatureType, *pending: str) -> list[bytes]:
    """Give the keys of a code that a phone makes with its pending keys of some factors."""
    return next(keys for keys, factors in keys.combinations(kind) if factors == frozenset(pending))


def search(
    code: str, kind: SignatureType, keys: FactorKeys = KEYS, look_ahead: int = 20
) -> CounterMatch | None:
    return find_counter(code, [(DATA, kind)], keys=keys, ctr=CTR, look_ahead=look_ahead)


@vectors.each("v4/auth-code-v4.json")
def test_codes(case: Case) -> None:
    keys, ctr = keys_of(case), case.binary("counterData")
    assert ActivationKeys(case.binary("activationSecret")).possession == keys.possession
    base = normalize_request(case["method"], case["uriId"], case["nonce"], case["body"].encode())
    assert base.decode() == case["baseString"]
    data = signature_data(base, case["applicationSecret"])
    assert set(case["codes"]) == set(SignatureType)
    for kind in SignatureType:
        expected, made = case["codes"][kind.value], chosen(keys, kind)
        online = compute_code(data, keys=made, ctr=ctr)
        assert online == expected["base64"]
        assert find_counter(online, [(data, kind)], keys=keys, ctr=ctr, look_ahead=1)
        assert set(expected["decimal"]) == set("45678")
        for digits, text in expected["decimal"].items():
            made_text = compute_code(data, keys=made, ctr=ctr, fmt=DECIMAL, digits=int(digits))
            assert made_text == text


@vectors.each("v4/auth-code-v4.json")
def test_counter_of_codes(case: Case) -> None:
    ctr = case.binary("counterDataInitial")
    for _ in range(case["counterSteps"]):
        ctr = next_counter(ctr)
    assert ctr == case.binary("counterData")


@vectors.each("v4/auth-code-v4.json: invalid")
def test_invalid_codes(case: Case) -> None:
    found = find_counter(
        case["code"],
        [(case["data"].encode(), SignatureType(case["type"]))],
        keys=keys_of(case),
        ctr=case.binary("counterData"),
        look_ahead=1,
    )
    assert found is None


@vectors.each("v4/hash-counter-v4.json", "v4/auth-code-v4.json: counter")
def test_counter_chains(case: Case) -> None:
    chain = [decode(text) for text in case["value"]]
    assert len(chain) == 21
    for ctr, following in pairwise(chain):
        assert next_counter(ctr) == following


@vectors.each("v4/extra-v4.json: worked_example")
def test_codes_of_the_worked_example(case: Case) -> None:
    keys = FactorKeys.initial(ActivationKeys(case.binary("activationSecret")))
    keys = keys.confirmed(enable_biometry=True)
    for entry in case["codes"]:
        made = chosen(keys, SignatureType(entry["type"]))
        online = entry["length"] is None
        fmt, digits = (SignatureFormat.BASE64, 8) if online else (DECIMAL, entry["length"])
        code = compute_code(
            case.binary("data"), keys=made, ctr=case.binary("ctrData"), fmt=fmt, digits=digits
        )
        assert code == entry["code"]


@EACH_TYPE
def test_search_tells_the_counter(kind: SignatureType) -> None:
    ctr = CTR
    for steps in range(1, 6):
        code = compute_code(DATA, keys=chosen(KEYS, kind), ctr=ctr)
        ctr = next_counter(ctr)
        match = search(code, kind, look_ahead=5)
        assert match == CounterMatch(steps=steps, ctr_data=ctr, signature_type=kind)
        assert search(code, kind, look_ahead=steps - 1) is None


def test_search_tells_the_candidate() -> None:
    kinds = SignatureType.POSSESSION_KNOWLEDGE, SignatureType.POSSESSION_BIOMETRY
    code = compute_code(DATA, keys=chosen(KEYS, kinds[1]), ctr=CTR, fmt=DECIMAL, digits=6)
    candidates = [(data, kind) for kind in kinds for data in (b"other", DATA)]
    match = find_counter(code, candidates, keys=KEYS, ctr=CTR, look_ahead=2, fmt=DECIMAL, digits=6)
    assert match is not None
    assert (match.candidate, match.signature_type) == (3, kinds[1])


@EACH_TYPE
def test_no_other_type_and_no_flipped_bit_is_found(kind: SignatureType) -> None:
    code = compute_code(DATA, keys=chosen(KEYS, kind), ctr=CTR)
    assert all(
        search(code, other, look_ahead=1) is None for other in SignatureType if other != kind
    )
    if kind is SignatureType.POSSESSION_KNOWLEDGE:
        assert not any(search(text, kind, look_ahead=1) for text in flipped_text(code))
    for text in ("", code[:-1], code + "=", code + code, "\ud800"):
        assert search(text, kind, look_ahead=1) is None


def test_trap_16_counter_comes_before_the_chain() -> None:
    one, two, three = FIRST, SECOND, SECRET
    components = compute_components(DATA, (one, two, three), CTR)
    d1 = kmac(one, CTR, "PA4CODE")
    d2 = kmac(two, CTR + d1, "PA4CODE")
    d3 = kmac(three, CTR + d2, "PA4CODE")
    assert components == [kmac(derived, DATA, "PA4CODE") for derived in (d1, d2, d3)]
    assert components[1] != kmac(kmac(two, d1 + CTR, "PA4CODE"), DATA, "PA4CODE")


def test_decimal_code_is_the_end_of_each_component() -> None:
    parts = compute_components(DATA, chosen(KEYS, SignatureType.POSSESSION_KNOWLEDGE), CTR)
    kind = SignatureType.POSSESSION_KNOWLEDGE
    code = compute_code(DATA, keys=chosen(KEYS, kind), ctr=CTR, fmt=DECIMAL, digits=4)
    assert code == "-".join(decimal_truncation(part, 4) for part in parts)


def test_trap_11_secret_stays_text_in_the_data() -> None:
    secret = b64(bytes(16))
    assert signature_data(b"base", secret) == b"base&" + secret.encode()


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_refuse_counter_data_of_another_size(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        compute_components(DATA, [FIRST], bytes(size))


@EACH_TYPE
def test_every_combination_of_keys_is_tried(kind: SignatureType) -> None:
    keys = KEYS.with_pending_knowledge(FIRST).with_biometry(SECOND)
    combinations = list(keys.combinations(kind))
    replaceable = {"knowledge", "biometry"} & set(kind.factors)
    assert len(combinations) == 2 ** len(replaceable)
    assert combinations[0] == (chosen(KEYS, kind), frozenset())
    for made, pending in combinations:
        assert pending <= replaceable
        match = search(compute_code(DATA, keys=made, ctr=CTR), kind, keys)
        assert match is not None
        assert match.pending_matched == pending


def test_trap_17_pending_key_is_the_secret_itself() -> None:
    keys = KEYS.with_pending_knowledge(FIRST)
    made = [keys.possession, FIRST]
    match = search(compute_code(DATA, keys=made, ctr=CTR), SignatureType.POSSESSION_KNOWLEDGE, keys)
    assert match is not None
    assert keys.after(match).knowledge == ReplaceableKey(current=FIRST)


def test_trap_18_success_with_the_current_key_drops_the_pending_one() -> None:
    keys = KEYS.with_pending_knowledge(FIRST)
    kind = SignatureType.POSSESSION_KNOWLEDGE
    match = search(compute_code(DATA, keys=chosen(keys, kind), ctr=CTR), kind, keys)
    assert match is not None
    assert keys.after(match) == KEYS
    late = compute_code(DATA, keys=chosen(keys, kind, "knowledge"), ctr=CTR)
    assert search(late, kind, keys.after(match)) is None


def test_factors_that_are_not_proven_stay() -> None:
    keys = KEYS.with_pending_knowledge(FIRST).with_biometry(SECOND)
    for kind, knowledge, biometry in (
        (SignatureType.POSSESSION, keys.knowledge, keys.biometry),
        (SignatureType.POSSESSION_KNOWLEDGE, KEYS.knowledge, keys.biometry),
        (SignatureType.POSSESSION_BIOMETRY, keys.knowledge, KEYS.biometry),
    ):
        match = search(compute_code(DATA, keys=chosen(keys, kind), ctr=CTR), kind, keys)
        assert match is not None
        after = keys.after(match)
        assert (after.knowledge, after.biometry) == (knowledge, biometry)


def test_three_factors_with_mixed_keys() -> None:
    keys = KEYS.with_pending_knowledge(FIRST).with_biometry(SECOND)
    kind = SignatureType.POSSESSION_KNOWLEDGE_BIOMETRY
    match = search(compute_code(DATA, keys=chosen(keys, kind, "biometry"), ctr=CTR), kind, keys)
    assert match is not None
    after = keys.after(match)
    assert after.knowledge == KEYS.knowledge
    assert after.biometry == ReplaceableKey(current=SECOND)


def test_trap_19_biometry_that_is_off_serves_no_code() -> None:
    initial = FactorKeys.initial(ActivationKeys(SECRET))
    assert initial.biometry is not None
    for keys in (initial, KEYS.without_biometry(), replace(KEYS, biometry=None)):
        for kind in SignatureType:
            code = compute_code(DATA, keys=chosen(KEYS, kind), ctr=CTR)
            has_biometry = "biometry" in kind.factors
            assert keys.serve(kind) is not has_biometry
            assert (search(code, kind, keys) is None) is has_biometry


def test_confirmation_decides_on_biometry() -> None:
    initial = FactorKeys.initial(ActivationKeys(SECRET))
    assert not initial.biometry_enabled
    assert initial.confirmed(enable_biometry=True).biometry == initial.biometry
    declined = initial.confirmed(enable_biometry=False)
    assert (declined.biometry, declined.biometry_enabled) == (None, False)
    assert declined.knowledge == initial.knowledge


def test_added_biometry_never_wakes_the_initial_key() -> None:
    initial = FactorKeys.initial(ActivationKeys(SECRET))
    for keys in (initial, initial.confirmed(enable_biometry=False)):
        added = keys.with_biometry(SECOND)
        assert added.biometry == ReplaceableKey(current=SECOND)
        assert added.biometry_enabled
    assert KEYS.biometry is not None
    replaced = ReplaceableKey(current=KEYS.biometry.current, pending=SECOND)
    assert KEYS.with_biometry(SECOND).biometry == replaced


def test_biometry_may_be_removed_twice() -> None:
    removed = KEYS.without_biometry()
    assert removed.without_biometry() == removed
    match = CounterMatch(
        steps=1, ctr_data=CTR, signature_type=SignatureType.POSSESSION_KNOWLEDGE_BIOMETRY
    )
    assert removed.after(match) == removed


def test_pending_key_is_proven_only_if_there_is_one() -> None:
    assert ReplaceableKey(current=FIRST).proven(pending=True) == ReplaceableKey(current=FIRST)


@pytest.mark.parametrize("size", [0, 16, 33])
def test_refuse_factor_keys_of_another_size(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ReplaceableKey(current=bytes(size))
    with pytest.raises(ValueError, match="32 bytes"):
        ReplaceableKey(current=FIRST, pending=bytes(size))


def test_secrets_stay_out_of_repr() -> None:
    keys = KEYS.with_pending_knowledge(FIRST)
    assert "possession" not in repr(keys)
    assert repr(keys.knowledge) == "ReplaceableKey()"
