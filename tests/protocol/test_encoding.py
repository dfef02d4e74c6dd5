import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol import encoding
from powerauth.protocol.errors import MalformedEncoding, ProtocolError
from tests.protocol.fuzzing import bounded


@given(st.binary(max_size=70))
@bounded
def test_base64_round_trip_with_and_without_padding(data: bytes) -> None:
    text = encoding.b64(data)
    assert text == base64.b64encode(data).decode()
    assert encoding.b64d(text) == data
    assert encoding.b64d(text.rstrip("=")) == data
    assert encoding.b64d(text, size=len(data)) == data


@pytest.mark.parametrize(
    "text",
    [
        "QQ=",
        "QQ===",
        "Q",
        "QUJDR",
        "=",
        "====",
        "QR==",
        "QUJ=",
        "QUF=QQ==",
        "QQ==QQ==",
        "QQ ==",
        " QQ==",
        "QQ==\n",
        "Q-_Q",
        "QQ==é",
        "\ud800AAA",
        "QQ\0\0",
    ],
)
def test_refuse_malformed_base64(text: str) -> None:
    with pytest.raises(MalformedEncoding):
        encoding.b64d(text)


@pytest.mark.parametrize("value", [None, 5, b"QQ==", ["QQ=="]])
def test_refuse_base64_that_is_no_text(value: str) -> None:
    with pytest.raises(MalformedEncoding):
        encoding.b64d(value)


@pytest.mark.parametrize("size", [0, 15, 17])
def test_refuse_base64_of_another_size(size: int) -> None:
    with pytest.raises(MalformedEncoding):
        encoding.b64d(encoding.b64(bytes(16)), size=size)


@given(st.binary(max_size=70))
@bounded
def test_base64url_round_trip(data: bytes) -> None:
    text = encoding.b64url(data)
    assert not set(text) & set("+/=")
    assert encoding.b64url_decode(text) == data


@pytest.mark.parametrize("text", ["QQ==", "+AAA", "/AAA", "QR", "Q", "QQ\n"])
def test_refuse_malformed_base64url(text: str) -> None:
    with pytest.raises(MalformedEncoding):
        encoding.b64url_decode(text)


@given(st.text(max_size=40))
@bounded
def test_decoders_refuse_or_accept_any_text(text: str) -> None:
    for decode in (encoding.b64d, encoding.b64url_decode):
        try:
            assert isinstance(decode(text), bytes)
        except ProtocolError:
            continue


def test_cat_prefixes_each_part_with_its_length() -> None:
    assert encoding.cat() == b""
    assert encoding.cat(b"ab", b"", b"c") == bytes.fromhex("00000002616200000000 0000000163")


def test_fold_mixes_the_halves() -> None:
    assert encoding.fold(bytes.fromhex("00ff0ff0 010f0ff1")) == bytes.fromhex("01f00001")
    assert encoding.fold(b"") == b""
    with pytest.raises(ValueError, match="even"):
        encoding.fold(b"abc")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "0000000000000000"),
        (1_700_000_000_000, "0000018bcfe56800"),
        (-1, "ffffffffffffffff"),
        (2**63 - 1, "7fffffffffffffff"),
    ],
)
def test_int64be(number: int, expected: str) -> None:
    assert encoding.int64be(number).hex() == expected


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_int64be_refuses_what_does_not_fit(number: int) -> None:
    with pytest.raises(MalformedEncoding):
        encoding.int64be(number)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("7a24c6e9-48e9-43c2-ab4a-aed6270e924d", True),
        ("7A24C6E9-48E9-43C2-AB4A-AED6270E924D", True),
        ("7a24c6e9-48e9-63c2-ab4a-aed6270e924d", False),
        ("7a24c6e9-48e9-43c2-cb4a-aed6270e924d", False),
        ("7a24c6e948e943c2ab4aaed6270e924d", False),
        ("{7a24c6e9-48e9-43c2-ab4a-aed6270e924d}", False),
        ("7a24c6e9-48e9-43c2-ab4a-aed6270e924d\n", False),
        ("7a24c6e9-48e9-43c2-ab4a-aed6270e92\uff14d", False),
        ("", False),
    ],
)
def test_is_uuid(text: str, valid: bool) -> None:
    assert encoding.is_uuid(text) is valid
