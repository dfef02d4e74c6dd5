import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol import offline_text
from powerauth.protocol.curves import P384
from powerauth.protocol.encoding import b64
from powerauth.protocol.errors import MalformedEncoding, MalformedPayload, ProtocolError
from powerauth.protocol.signed_request import SignatureType, signature_data
from powerauth.protocol.v4 import offline
from powerauth.protocol.v4.authentication_code import compute_code, find_counter
from powerauth.protocol.v4.factor_keys import FactorKeys
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.protocol.v4.primitives.kmac import kmac
from powerauth.protocol.versions import SignatureFormat
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_bytes
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case

KEYS = ActivationKeys(bytes(range(32)))
MASTER = P384.generate_key_pair(FixedRandom("offline master"))
NONCE = b64(bytes(16))
DATA = offline_text.build_offline_data("id", "Platba", "Řádek\nřádek", "A1*A100CZK", "B")
DECIMAL = SignatureFormat.DECIMAL


def verifies(
    text: str, keys: ActivationKeys = KEYS, master_public_key: bytes = MASTER.public_key
) -> bool:
    return offline.parse_payload(text).verify(keys=keys, master_public_key=master_public_key)


def personalized(totp: str | None = None) -> str:
    return offline.build_personalized(DATA, nonce_b64=NONCE, totp=totp, keys=KEYS)


def non_personalized() -> str:
    return offline.build_non_personalized(
        DATA, nonce_b64=NONCE, totp=None, master_private_key=MASTER.private_key
    )


@vectors.each("v4/offline-v4.json")
def test_personalized(case: Case) -> None:
    keys = ActivationKeys(case.binary("activationSecret"))
    totp = case["totp"]
    text = offline.build_personalized(case["data"], nonce_b64=case["nonce"], totp=totp, keys=keys)
    assert text == case["offlineData"]
    assert verifies(text, keys)
    payload = offline.parse_payload(text)
    assert (payload.nonce_b64, payload.totp) == (case["nonce"], totp)
    body = offline_text.offline_body(payload.operation_id, payload.operation_data, totp)
    base = offline_text.offline_base(payload.nonce_b64, body)
    assert base.decode() == case["baseString"]


@vectors.each("v4/offline-v4.json")
def test_codes(case: Case) -> None:
    data = signature_data(case["baseString"].encode(), offline_text.OFFLINE_SECRET)
    keys = FactorKeys.initial(ActivationKeys(case.binary("activationSecret")))
    keys = keys.confirmed(enable_biometry=True)
    ctr = case.binary("counterData")
    kinds = SignatureType.POSSESSION_KNOWLEDGE, SignatureType.POSSESSION_BIOMETRY
    assert set(case["codes"]) == set(kinds)
    for candidate, kind in enumerate(kinds):
        assert len(case["codes"][kind.value]) == 3
        for text, code in case["codes"][kind.value].items():
            digits = int(text)
            assert offline_text.parse_offline_signature(code, digits) == code
            match = find_counter(
                code,
                [(data, kind) for kind in kinds],
                keys=keys,
                ctr=ctr,
                look_ahead=1,
                fmt=DECIMAL,
                digits=digits,
            )
            assert match is not None
            assert match.candidate == candidate


@vectors.each("v4/offline-v4.json: nonPersonalized")
def test_non_personalized(case: Case) -> None:
    text, public_key = case["offlineData"], case.binary("masterPublicKey")
    assert verifies(text, master_public_key=public_key)
    assert not verifies(text, master_public_key=MASTER.public_key)
    own = offline.build_non_personalized(
        case["data"], nonce_b64=case["nonce"], totp=None, master_private_key=MASTER.private_key
    )
    assert own.encode().startswith(offline.parse_payload(text).signed)
    assert verifies(own)


@vectors.each("v4/extra-v4.json: worked_example")
def test_text_of_the_worked_example(case: Case) -> None:
    keys = ActivationKeys(case.binary("activationSecret"))
    assert verifies(case["qrPersonalized"], keys)
    assert not verifies(case["qrPersonalized"])


@pytest.mark.parametrize("totp", [None, "12345678"])
def test_round_trip(totp: str | None) -> None:
    payload = offline.parse_payload(personalized(totp))
    assert (payload.operation_id, payload.title) == ("id", "Platba")
    assert (payload.message, payload.operation_data) == ("Řádek\nřádek", "A1*A100CZK")
    assert (payload.flags, payload.totp, payload.nonce_b64) == ("B", totp, NONCE)
    assert payload.verify(keys=KEYS, master_public_key=MASTER.public_key)


def test_trap_23_digit_2_is_a_mac_and_0_a_signature() -> None:
    mac = offline.parse_payload(personalized())
    signature = offline.parse_payload(non_personalized())
    assert (mac.key_id, len(b64(mac.signature))) == ("2", 44)
    assert signature.key_id == "0"
    assert P384.verify(MASTER.public_key, signature.signed, signature.signature)
    # The digit alone decides, and it is covered: neither passes as the other.
    for key_id in ("0", "2"):
        text = offline_text.text_to_sign(DATA, nonce_b64=NONCE, totp=None, key_id=key_id)
        mac_of_text = kmac(KEYS.personalized_data, text.encode(), "PA4MAC-QR")
        signature_of_text = P384.sign(MASTER.private_key, text.encode())
        assert verifies(text + b64(mac_of_text)) is (key_id == "2")
        assert verifies(text + b64(signature_of_text)) is (key_id == "0")
    assert not verifies(personalized().replace("\n2", "\n0"))
    assert not verifies(non_personalized().replace("\n0", "\n2"))


@pytest.mark.parametrize("build", [personalized, non_personalized])
def test_no_changed_text_verifies(build: "type[str]") -> None:
    text = build()
    assert verifies(text)
    for changed in flipped_bytes(text.encode()):
        try:
            assert not verifies(changed.decode())
        except (ProtocolError, UnicodeDecodeError):
            continue
    assert not verifies(personalized(), ActivationKeys(bytes(32)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        personalized().replace("\n2", "\n1"),
        personalized().replace("\n2", "\n3"),
        personalized().replace(NONCE, "AAAA"),
        personalized()[:-44] + "!",
        "\n".join(personalized().split("\n")[1:]),
    ],
)
def test_refuse_malformed_texts(text: str) -> None:
    with pytest.raises(ProtocolError):
        offline.parse_payload(text)


def test_refuse_to_write_malformed_texts() -> None:
    with pytest.raises(MalformedPayload):
        personalized("123")
    with pytest.raises(MalformedEncoding):
        offline.build_personalized(DATA, nonce_b64="AAAA", totp=None, keys=KEYS)
    with pytest.raises(MalformedPayload):
        offline.build_personalized("\ud800", nonce_b64=NONCE, totp=None, keys=KEYS)


@given(st.text(max_size=120))
@bounded
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        offline.parse_payload(text)


def test_code_covers_the_text_of_the_proximity_check() -> None:
    base = offline_text.offline_base(NONCE, offline_text.offline_body("id", "A1"))
    plain, with_code = (
        compute_code(
            signature_data(each, offline_text.OFFLINE_SECRET),
            keys=[KEYS.possession, KEYS.knowledge],
            ctr=bytes(32),
            fmt=DECIMAL,
        )
        for each in (base, offline_text.with_totp(base, "12345678"))
    )
    assert plain != with_code
