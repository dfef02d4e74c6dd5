import pytest

from powerauth.protocol.encoding import b64
from powerauth.protocol.errors import ProtocolError, UnsupportedVersion
from powerauth.protocol.headers import (
    EncryptionHeader,
    SignatureHeader,
    TokenHeader,
    parse_parameters,
)
from powerauth.protocol.signed_request import SignatureType, canonical_query
from powerauth.protocol.versions import GENERATION_3, GENERATION_4, TRAITS, SignatureFormat
from tests.protocol import vectors
from tests.protocol.fuzzing import flipped_text
from tests.protocol.vectors import Case

ID = "7a24c6e9-48e9-43c2-ab4a-aed6270e924d"
KEY = "fzVyJXGRHOlft4hti2PTZw=="
NONCE = "kYjzVBB8Y0ZFabxSWbWovQ=="
BOTH = GENERATION_3 | GENERATION_4

CODE = SignatureHeader(
    activation_id=ID,
    application_key=KEY,
    nonce=NONCE,
    signature_type=SignatureType.POSSESSION_KNOWLEDGE,
    signature=b64(bytes(range(64))),
    version="4.0",
)
ENCRYPTION = EncryptionHeader(application_key=KEY, activation_id=ID, version="4.0")
TOKEN = TokenHeader(
    token_id=ID, digest=bytes(32), nonce=bytes(16), timestamp=1_541_000_429_960, version="4.0"
)
TYPES = {
    1: SignatureType.POSSESSION,
    2: SignatureType.POSSESSION_KNOWLEDGE,
    3: SignatureType.POSSESSION_KNOWLEDGE_BIOMETRY,
}


def _text(kind: str, code: str, version: str) -> str:
    return (
        f'PowerAuth pa_activation_id="{ID}", pa_application_key="{KEY}", pa_nonce="{NONCE}", '
        f'pa_signature_type="{kind}", pa_signature="{code}", '
        f'pa_auth_code_type="{kind}", pa_auth_code="{code}", pa_version="{version}"'
    )


def _is_accepted(text: str) -> bool:
    try:
        SignatureHeader.parse(text, BOTH)
    except ProtocolError:
        return False
    return True


def _has_whole_parts(code: str, version: str) -> bool:
    # The form check of the reference lets other numbers of bytes pass.
    traits = TRAITS[version]
    if traits.signature_format is SignatureFormat.DECIMAL:
        return True
    return len(vectors.decode(code)) % traits.signature_part == 0


@vectors.each("v4/auth-code-v4.json: headers")
def test_code_header(case: Case) -> None:
    header = SignatureHeader.parse(case["header"], GENERATION_4)
    assert (header.version, header.activation_id) == ("4.0", case["activationId"])
    assert header.format() == case["header"]


@vectors.each("v4/status-v4.json: token")
def test_token_header(case: Case) -> None:
    header = TokenHeader.parse(case["header"], GENERATION_4)
    assert header.digest == case.binary("digest")
    assert (header.token_id, header.timestamp) == (case["tokenId"], int(case["timestamp"]))


@vectors.each(
    "v4/activation-EC_P384-v4.json",
    "v4/activation-EC_P384_ML_L3-v4.json",
    "v4/activation-EC_P384_ML_L5-v4.json",
)
def test_encryption_header(case: Case) -> None:
    header = EncryptionHeader.parse(case["encryptionHeader"], GENERATION_4)
    assert (header.application_key, header.activation_id) == (case["applicationKey"], None)


@vectors.each("v4/auth-code-v4.json: headerValidation")
def test_form_of_a_code(case: Case) -> None:
    version, code = case["version"], case["code"]
    accepted = any(_is_accepted(_text(kind, code, version)) for kind in TYPES.values())
    assert accepted is (case["valid"] and _has_whole_parts(code, version))


@vectors.each("v4/auth-code-v4.json: canonicalQuery")
def test_canonical_query(case: Case) -> None:
    assert canonical_query(case["query"]).decode() == (case["canonical"] or "")


@pytest.mark.parametrize("header", [CODE, ENCRYPTION, TOKEN])
def test_headers_round_trip(header: SignatureHeader | EncryptionHeader | TokenHeader) -> None:
    for generations in (GENERATION_4, BOTH):
        assert type(header).parse(header.format(), generations) == header


@pytest.mark.parametrize("header", [CODE, ENCRYPTION, TOKEN])
def test_who_serves_version_3_refuses_version_4(
    header: SignatureHeader | EncryptionHeader | TokenHeader,
) -> None:
    with pytest.raises(UnsupportedVersion):
        type(header).parse(header.format())
    with pytest.raises(UnsupportedVersion):
        type(header).parse(header.format().replace("4.0", "3.3"), GENERATION_4)


def test_version_decides_which_names_are_read() -> None:
    current = parse_parameters(CODE.format())
    old = {"pa_signature_type": "biometry", "pa_signature": b64(bytes(16))}
    text = "PowerAuth " + ", ".join(f'{key}="{item}"' for key, item in (current | old).items())
    assert SignatureHeader.parse(text, BOTH) == CODE
    of_version_3 = SignatureHeader.parse(text.replace('"4.0"', '"3.3"'), BOTH)
    assert of_version_3.signature_type is SignatureType.BIOMETRY
    assert of_version_3.signature == old["pa_signature"]


def test_type_of_a_code_has_any_letter_case() -> None:
    text = _text("POSSESSION_Knowledge", CODE.signature, "4.0")
    assert SignatureHeader.parse(text, GENERATION_4) == CODE


@pytest.mark.parametrize("factors", TYPES)
@pytest.mark.parametrize("size", [0, 16, 31, 32, 33, 48, 64, 65, 95, 96, 97, 128])
def test_trap_29_code_has_32_bytes_for_each_factor(factors: int, size: int) -> None:
    text = _text(TYPES[factors], b64(bytes(size)), "4.0")
    assert _is_accepted(text) is (size == 32 * factors)
    if size % 3:
        assert not _is_accepted(text.replace("=", ""))


def test_a_flipped_bit_is_refused_or_changes_the_value() -> None:
    for header in (CODE, ENCRYPTION, TOKEN):
        original = parse_parameters(header.format())
        for text in flipped_text(header.format()):
            try:
                changed = type(header).parse(text, BOTH)
            except ProtocolError:
                continue
            if changed == header:
                kind = "pa_auth_code_type"
                parameters = parse_parameters(text)
                lowered = {kind: parameters[kind].lower()} if kind in parameters else {}
                assert parameters | lowered == original
