import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.encryptors import Scope
from powerauth.protocol.errors import MalformedHeader, ProtocolError
from powerauth.protocol.v3 import headers
from powerauth.protocol.v3.headers import EncryptionHeader, SignatureHeader, TokenHeader
from powerauth.protocol.v3.signature import SignatureType
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_text
from tests.protocol.vectors import Case

ID = "7a24c6e9-48e9-43c2-ab4a-aed6270e924d"
KEY = "fzVyJXGRHOlft4hti2PTZw=="
NONCE = "kYjzVBB8Y0ZFabxSWbWovQ=="
DIGEST = "rMYL7jvUhBqdGyNjiGJED+9cM0tAM9JhAhSdfbatPg4="
BASE64_2FA = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

SIGNATURE = SignatureHeader(
    activation_id=ID,
    application_key=KEY,
    nonce=NONCE,
    signature_type=SignatureType.POSSESSION_KNOWLEDGE,
    signature=BASE64_2FA,
    version="3.3",
)
ENCRYPTION = EncryptionHeader(application_key=KEY, activation_id=ID, version="3.3")
TOKEN = TokenHeader.parse(
    f'PowerAuth token_id="{ID}", token_digest="{DIGEST}", nonce="{NONCE}", '
    'timestamp="1541000429960", version="3.3"'
)


@vectors.each("extra.json: http_headers")
def test_parse_parameters(case: Case) -> None:
    parameters = headers.parse_parameters(case["header"])
    expected = {
        name: value
        for name, value in case.items()
        if name not in ("kind", "header", "source", "description") and value is not None
    }
    assert parameters == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('PowerAuth a="1"', {"a": "1"}),
        ('PowerAuth\ta="1"', {}),
        ('powerauth a="1"', {}),
        ('PowerAutha="1"', {}),
        ("PowerAuth ", {}),
        ("", {}),
        ('PowerAuth a="1" a="2"', {"a": "2"}),
        ('PowerAuth a="1",,\t b="" ,', {"a": "1", "b": ""}),
        ('PowerAuth a="1"b="2"', {}),
        ('PowerAuth a="1" b', {}),
        ('PowerAuth a="1" b="2', {}),
        ('PowerAuth a= b="2"', {}),
        ('PowerAuth a-b="1"', {}),
        ('PowerAuth a="x,y =z"', {"a": "x,y =z"}),
        ("PowerAuth a=1, b=2", {"a": "1,", "b": "2"}),
        ('PowerAuth \n a="1"', {}),
    ],
)
def test_grammar(value: str, expected: dict[str, str]) -> None:
    assert headers.parse_parameters(value) == expected


def test_long_headers_take_linear_time() -> None:
    assert headers.parse_parameters("PowerAuth " + 'a="1" ' * 20_000 + "!") == {}
    assert headers.parse_parameters("PowerAuth " + "a" * 200_000) == {}


@pytest.mark.parametrize("separator", [", ", " ", ",", " , "])
def test_headers_round_trip(separator: str) -> None:
    for header in (SIGNATURE, ENCRYPTION, TOKEN):
        text = header.format().replace(", ", separator)
        assert type(header).parse(text) == header


def test_application_scope_has_no_activation() -> None:
    header = EncryptionHeader(application_key=KEY, activation_id=None, version="3.0")
    assert header.format() == f'PowerAuth version="3.0", application_key="{KEY}"'
    assert EncryptionHeader.parse(header.format()) == header


def test_texts_stay_as_sent() -> None:
    value = SIGNATURE.format().replace(ID, ID.upper()).replace(NONCE, NONCE.rstrip("="))
    parsed = SignatureHeader.parse(value)
    assert parsed.activation_id == ID.upper()
    assert parsed.nonce == NONCE.rstrip("=")
    assert TokenHeader.parse(TOKEN.format().replace(ID, ID.upper())).token_id == ID.upper()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pa_activation_id", "7a24c6e9"),
        ("pa_activation_id", ""),
        ("pa_application_key", "Z19gyYaW5kb521fYWN0aQ=="),
        ("pa_application_key", ""),
        ("pa_nonce", "kYjzVBB8Y0ZFabxSWbWo"),
        ("pa_nonce", "****"),
        ("pa_signature_type", "possession_knowledge_"),
        ("pa_signature_type", "knowledge_possession"),
        ("pa_signature_type", "possession_\u212anowledge"),
        ("pa_signature", ""),
        ("pa_signature", "12345678-12345678"),
        ("pa_signature", "MDEyMzQ1Njc4OWFiY2RlZg=="),
        ("pa_signature", SIGNATURE.signature.rstrip("=")),
        ("pa_version", "3.4"),
        ("pa_version", "3.0"),
    ],
)
def test_refuse_signature_header(name: str, value: str) -> None:
    parameters = headers.parse_parameters(SIGNATURE.format()) | {name: value}
    text = "PowerAuth " + ", ".join(f'{key}="{item}"' for key, item in parameters.items())
    with pytest.raises(ProtocolError):
        SignatureHeader.parse(text)


@pytest.mark.parametrize(
    ("version", "kind", "signature", "valid"),
    [
        ("3.0", "possession", "12345678", True),
        ("3.0", "possession_knowledge", "12345678-12345678", True),
        ("3.0", "possession_knowledge_biometry", "12345678-12345678-12345678", True),
        ("3.0", "POSSESSION_Knowledge", "12345678-12345678", True),
        ("3.0", "possession_knowledge", "12345678", False),
        ("3.0", "possession", "12345678-12345678", False),
        ("3.0", "possession", "1234567", False),
        ("3.0", "possession", "1234567\uff18", False),
        ("3.0", "possession", "MDEyMzQ1Njc4OWFiY2RlZg==", False),
        ("3.1", "possession", "MDEyMzQ1Njc4OWFiY2RlZg==", True),
        ("3.1", "possession_biometry", BASE64_2FA, True),
        ("3.2", "possession", "12345678", False),
        ("3.3", "knowledge", BASE64_2FA, False),
    ],
)
def test_signature_fits_version_and_type(
    version: str, kind: str, signature: str, valid: bool
) -> None:
    text = (
        f'PowerAuth pa_activation_id="{ID}", pa_application_key="{KEY}", pa_nonce="{NONCE}", '
        f'pa_signature_type="{kind}", pa_signature="{signature}", pa_version="{version}"'
    )
    if valid:
        assert SignatureHeader.parse(text).signature == signature
    else:
        with pytest.raises(ProtocolError):
            SignatureHeader.parse(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("token_id", "none"),
        ("token_digest", NONCE),
        ("nonce", DIGEST),
        ("timestamp", "12345678"),
        ("timestamp", "1234567890123456"),
        ("timestamp", "-1541000429960"),
        ("timestamp", "154100042996\u0660"),
        ("version", "4.0"),
    ],
)
def test_refuse_token_header(name: str, value: str) -> None:
    parameters = headers.parse_parameters(TOKEN.format()) | {name: value}
    text = "PowerAuth " + ", ".join(f'{key}="{item}"' for key, item in parameters.items())
    with pytest.raises(ProtocolError):
        TokenHeader.parse(text)


@pytest.mark.parametrize("header", [SIGNATURE, ENCRYPTION, TOKEN])
def test_every_parameter_is_required(
    header: SignatureHeader | EncryptionHeader | TokenHeader,
) -> None:
    text = header.format()
    for name in headers.parse_parameters(text):
        if header is ENCRYPTION and name == "activation_id":
            continue
        with pytest.raises(MalformedHeader if "version" not in name else ProtocolError):
            type(header).parse(text.replace(f"{name}=", f"x{name}="))


@pytest.mark.parametrize("value", ["", "x", f"{ID}0"])
def test_refuse_encryption_header_with_broken_activation(value: str) -> None:
    with pytest.raises(MalformedHeader):
        EncryptionHeader.parse(ENCRYPTION.format().replace(ID, value))


def test_scope_of_encryption_header() -> None:
    application = EncryptionHeader(application_key=KEY, activation_id=None, version="3.3")
    ENCRYPTION.check_scope(Scope.ACTIVATION)
    application.check_scope(Scope.APPLICATION)
    for header, scope in ((ENCRYPTION, Scope.APPLICATION), (application, Scope.ACTIVATION)):
        with pytest.raises(MalformedHeader):
            header.check_scope(scope)


@pytest.mark.parametrize(
    ("key", "activation", "version", "agrees"),
    [
        (KEY, ID, "3.3", True),
        (KEY, None, "3.3", True),
        (NONCE, ID, "3.3", False),
        (KEY, ID.upper(), "3.3", False),
        (KEY, ID, "3.2", False),
    ],
)
def test_two_headers_must_agree(
    key: str, activation: str | None, version: str, agrees: bool
) -> None:
    header = EncryptionHeader(application_key=key, activation_id=activation, version=version)
    assert header.agrees_with(SIGNATURE) is agrees


@given(st.text(max_size=120) | st.text(max_size=120).map(lambda text: f"PowerAuth {text}"))
@bounded
def test_any_text_is_refused(text: str) -> None:
    assert isinstance(headers.parse_parameters(text), dict)
    for kind in (SignatureHeader, EncryptionHeader, TokenHeader):
        with pytest.raises(ProtocolError):
            kind.parse(text)


def test_a_flipped_bit_is_refused_or_changes_the_value() -> None:
    for header in (SIGNATURE, ENCRYPTION, TOKEN):
        original = headers.parse_parameters(header.format())
        for text in flipped_text(header.format()):
            try:
                changed = type(header).parse(text)
            except ProtocolError:
                continue
            if changed == header:
                # Separators and the letter case of the signature type have several spellings.
                kind = "pa_signature_type"
                parameters = headers.parse_parameters(text)
                lowered = {kind: parameters[kind].lower()} if kind in parameters else {}
                assert parameters | lowered == original
