import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol import signed_request
from powerauth.protocol.errors import MalformedEncoding, MalformedHeader, ProtocolError
from powerauth.protocol.keys import FactorKeys, derive_activation_keys
from powerauth.protocol.v3 import signature
from powerauth.protocol.v3.signature import CounterMatch, SignatureType
from powerauth.protocol.versions import SignatureFormat, traits_of
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_text
from tests.protocol.vectors import Case

DATA = b"POST&L3BhL3Rlc3Q=&bm9uY2U=&Ym9keQ==&secret"
CTR = bytes(range(16))
KEYS = derive_activation_keys(bytes(range(16, 32)))
FORMATS = list(SignatureFormat)


def _factor_keys(case: Case) -> FactorKeys:
    return FactorKeys(
        possession=case.binary("signaturePossessionKey"),
        knowledge=case.binary("signatureKnowledgeKey"),
        biometry=case.binary("signatureBiometryKey"),
    )


@vectors.each("signatures-v3.json", "signatures-v31.json", "signatures-offline.json")
def test_compute_signature(case: Case) -> None:
    decimal = case.source != "signatures-v31.json"
    text = signature.compute_signature(
        case.binary("data"),
        keys=_factor_keys(case),
        signature_type=SignatureType.parse(case["signatureType"]),
        ctr=case.binary("counterData"),
        fmt=SignatureFormat.DECIMAL if decimal else SignatureFormat.BASE64,
        digits=int(case.get("signatureComponentLength", 8)),
    )
    assert text == case["signature"]


@vectors.each("extra.json: online_signature")
def test_online_signature(case: Case) -> None:
    base = signature.normalize_request(
        case["method"], case["uriId"], case["nonce"], case.binary("body")
    )
    kind = SignatureType.parse(case["signatureType"])
    fmt = traits_of(case["version"]).signature_format
    keys = derive_activation_keys(case.binary("masterSecretKey"))
    data = signature.signature_data(base, case["applicationSecret"])
    ctr = case.binary("ctrData")
    text = signature.compute_signature(data, keys=keys, signature_type=kind, ctr=ctr, fmt=fmt)
    assert base.decode() == case["signatureBaseString"]
    assert text == case["signature"]
    match = signature.find_counter(text, [(data, kind)], keys=keys, ctr=ctr, fmt=fmt, look_ahead=1)
    following = signature.next_counter(ctr)
    assert match == CounterMatch(steps=1, ctr_data=following, signature_type=kind)


@vectors.each("extra.json: signature_base_string")
def test_normalize_request(case: Case) -> None:
    method, resource_id, nonce = case["method"], case["uriId"] or "", case["nonce"] or ""
    body = (case["bodyText"] or "").encode()
    base = signature.normalize_request(method, resource_id, nonce, body)
    assert base.decode() == case["signatureBaseString"]


def test_method_is_signed_in_upper_case() -> None:
    assert signature.normalize_request("post", "", "", b"") == b"POST&&&"


@pytest.mark.parametrize("resource_id", ["", "/pa/token/create", "/a&b=c?d", "/platba/š"])
def test_resource_id_of(resource_id: str) -> None:
    base = signed_request.normalize_request("POST", resource_id, "AAAA", b"body")
    assert signed_request.resource_id_of(base) == resource_id


@pytest.mark.parametrize(
    "base", [b"", b"POST", b"POST&?&AAAA&", b"POST&//8=&AAAA&", b"POST&\xff&AAAA&"], ids=repr
)
def test_a_base_string_that_names_nothing(base: bytes) -> None:
    assert signed_request.resource_id_of(base) is None


@vectors.each("extra.json: canonical_query")
def test_canonical_query(case: Case) -> None:
    assert signature.canonical_query(case["query"]) == (case["canonical"] or "").encode()


@vectors.each("extra.json: url_encoding")
def test_form_encoding(case: Case) -> None:
    query = "k=" + "".join(f"%{byte:02x}" for byte in case["plain"].encode())
    assert signature.canonical_query(query) == f"k={case['encoded']}".encode()


def test_query_sorts_by_code_unit() -> None:
    # U+1F600 is written with surrogates, which come before U+FF5E.
    query = "k=%EF%BD%9E&k=%F0%9F%98%80"
    assert signature.canonical_query(query) == b"k=%F0%9F%98%80&k=%EF%BD%9E"


@pytest.mark.parametrize("query", ["a=%", "a=%4", "a=%zz", "a=\ud800"])
def test_refuse_broken_query(query: str) -> None:
    with pytest.raises(MalformedEncoding):
        signature.canonical_query(query)


@given(st.text(max_size=60))
@bounded
def test_canonical_query_is_stable(query: str) -> None:
    try:
        canonical = signature.canonical_query(query)
    except ProtocolError:
        return
    assert signature.canonical_query(canonical.decode("ascii")) == canonical


@vectors.each("extra.json: hash_counter_chain")
def test_next_counter(case: Case) -> None:
    ctr = case.binary("ctrData")
    chain = []
    for _ in case["next"]:
        ctr = signature.next_counter(ctr)
        chain.append(ctr.hex())
    assert chain == [vectors.decode(text).hex() for text in case["next"]]


@pytest.mark.parametrize(
    ("text", "factors"),
    [
        ("possession", ("possession",)),
        ("knowledge", ("knowledge",)),
        ("Biometry", ("biometry",)),
        ("POSSESSION_KNOWLEDGE", ("possession", "knowledge")),
        ("possession_biometry", ("possession", "biometry")),
        ("possession_knowledge_biometry", ("possession", "knowledge", "biometry")),
    ],
)
def test_signature_type(text: str, factors: tuple[str, ...]) -> None:
    kind = SignatureType.parse(text)
    assert kind.factors == factors
    assert kind.size == len(factors)


@pytest.mark.parametrize("text", ["", "pin", "biometry_possession", "\u212anowledge", " biometry"])
def test_refuse_signature_type(text: str) -> None:
    with pytest.raises(MalformedHeader):
        SignatureType.parse(text)


def _sign(kind: SignatureType, fmt: SignatureFormat, *, steps: int, digits: int = 8) -> str:
    ctr = CTR
    for _ in range(steps):
        ctr = signature.next_counter(ctr)
    return signature.compute_signature(
        DATA, keys=KEYS, signature_type=kind, ctr=ctr, fmt=fmt, digits=digits
    )


def _find(
    text: str, kind: SignatureType, fmt: SignatureFormat, look_ahead: int = 20, digits: int = 8
) -> CounterMatch | None:
    return signature.find_counter(
        text, [(DATA, kind)], keys=KEYS, ctr=CTR, fmt=fmt, look_ahead=look_ahead, digits=digits
    )


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("kind", list(SignatureType))
def test_find_counter_within_the_window_only(kind: SignatureType, fmt: SignatureFormat) -> None:
    for steps in (0, 1, 19):
        match = _find(_sign(kind, fmt, steps=steps), kind, fmt)
        assert match is not None
        assert match.steps == steps + 1
        assert match.signature_type is kind
        following = signature.compute_signature(
            DATA, keys=KEYS, signature_type=kind, ctr=match.ctr_data, fmt=fmt
        )
        assert following == _sign(kind, fmt, steps=steps + 1)
    assert _find(_sign(kind, fmt, steps=20), kind, fmt) is None
    assert _find(_sign(kind, fmt, steps=1), kind, fmt, look_ahead=1) is None


@pytest.mark.parametrize("fmt", FORMATS)
def test_no_flipped_bit_of_a_signature_matches(fmt: SignatureFormat) -> None:
    kind = SignatureType.POSSESSION_KNOWLEDGE
    for text in flipped_text(_sign(kind, fmt, steps=0)):
        assert _find(text, kind, fmt, look_ahead=2) is None


@given(st.text(max_size=70))
@bounded
def test_garbage_does_not_match(text: str) -> None:
    for fmt in FORMATS:
        assert _find(text, SignatureType.POSSESSION, fmt, look_ahead=2) is None


def test_surrogates_do_not_match() -> None:
    assert _find("\ud800", SignatureType.POSSESSION, SignatureFormat.BASE64) is None


def test_another_type_data_or_key_does_not_match() -> None:
    fmt, kind = SignatureFormat.BASE64, SignatureType.POSSESSION_KNOWLEDGE
    text = _sign(kind, fmt, steps=0)
    others = derive_activation_keys(bytes(16))
    assert _find(text, SignatureType.POSSESSION_BIOMETRY, fmt) is None
    for data, keys in ((DATA + b"x", KEYS), (DATA, others)):
        assert (
            signature.find_counter(text, [(data, kind)], keys=keys, ctr=CTR, fmt=fmt, look_ahead=20)
            is None
        )


def test_candidates_are_told_apart() -> None:
    kinds = [SignatureType.POSSESSION_KNOWLEDGE, SignatureType.POSSESSION_BIOMETRY]
    text = _sign(kinds[1], SignatureFormat.DECIMAL, steps=3, digits=6)
    match = signature.find_counter(
        text,
        [(DATA, kind) for kind in kinds],
        keys=KEYS,
        ctr=CTR,
        fmt=SignatureFormat.DECIMAL,
        look_ahead=20,
        digits=6,
    )
    assert match is not None
    assert (match.steps, match.signature_type, match.candidate) == (4, kinds[1], 1)


@pytest.mark.parametrize("digits", [4, 5, 6, 7, 8])
def test_decimal_signature_of_another_length_does_not_match(digits: int) -> None:
    kind, fmt = SignatureType.POSSESSION_KNOWLEDGE, SignatureFormat.DECIMAL
    text = _sign(kind, fmt, steps=0, digits=digits)
    assert len(text) == 2 * digits + 1
    assert _find(text, kind, fmt, digits=digits) is not None
    assert _find(text, kind, fmt, digits=digits - 1) is None
