import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.encoding import b64
from powerauth.protocol.errors import MalformedPayload, ProtocolError
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_bytes
from tests.protocol.vectors import Case

KEY = bytes(range(16))
SECRET = bytes(range(16, 32))
MASTER = bytes(range(65))
CONFIG = MobileSdkConfig(application_key=KEY, application_secret=SECRET, master_public_key=MASTER)
HEAD = b"\x01\x10" + KEY + b"\x10" + SECRET
FRESH = HEAD + b"\x01\x01\x41" + MASTER


@vectors.each("extra.json: mobile_sdk_config")
def test_parse(case: Case) -> None:
    if not case["valid"]:
        with pytest.raises(ProtocolError):
            MobileSdkConfig.parse(case["config"])
        return
    config = MobileSdkConfig.parse(case["config"])
    if "applicationKey" in case:
        assert config.application_key == case.binary("applicationKey")
        assert config.application_secret == case.binary("applicationSecret")
        assert config.master_public_key == case.binary("masterServerPublicKey")
        assert config.to_text() == case["config"]


def test_fresh_configuration_has_103_bytes() -> None:
    assert CONFIG.to_text() == b64(FRESH)
    assert len(FRESH) == 103
    assert MobileSdkConfig.parse(b64(FRESH)) == CONFIG


@pytest.mark.parametrize(
    "keys",
    [
        b"\x02\x07\x03abc\x01\x41" + MASTER,
        b"\x02\x07\x80\x80" + bytes(128) + b"\x01\x41" + MASTER,
        b"\x02\x07\xc0\x00\x40\x00" + bytes(0x4000) + b"\x01\x41" + MASTER,
        b"\x80\x01\x01\x80\x41" + MASTER,
    ],
)
def test_skip_unknown_keys_and_read_long_counts(keys: bytes) -> None:
    assert MobileSdkConfig.parse(b64(HEAD + keys)) == CONFIG


@pytest.mark.parametrize(
    "data",
    [
        b"",
        FRESH[:-1],
        FRESH + b"\0",
        b"\x02" + FRESH[1:],
        HEAD + b"\x00",
        HEAD + b"\x01\xff",
        HEAD + b"\x02" + (b"\x01\x41" + MASTER) * 2,
        HEAD + b"\x02\x01\x41" + MASTER + b"\x02\x01a",
    ],
)
def test_refuse_broken_configuration(data: bytes) -> None:
    with pytest.raises(MalformedPayload):
        MobileSdkConfig.parse(b64(data))


@pytest.mark.parametrize("sizes", [(15, 16, 65), (16, 17, 65), (16, 16, 33)])
def test_refuse_members_of_another_size(sizes: tuple[int, int, int]) -> None:
    key, secret, master = (bytes(size) for size in sizes)
    with pytest.raises(MalformedPayload):
        MobileSdkConfig(application_key=key, application_secret=secret, master_public_key=master)


def test_no_flipped_bit_gives_the_same_configuration() -> None:
    for data in flipped_bytes(FRESH):
        try:
            assert MobileSdkConfig.parse(b64(data)) != CONFIG
        except ProtocolError:
            continue


@given(st.text(max_size=60) | st.binary(max_size=120).map(b64))
@bounded
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        MobileSdkConfig.parse(text)
