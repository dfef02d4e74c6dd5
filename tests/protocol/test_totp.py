import pytest

from powerauth.protocol.totp import Algorithm, totp, verify_totp
from tests.protocol import vectors
from tests.protocol.vectors import Case

SEED = bytes(range(32))
NOW = 1_700_000_010
ALGORITHMS: dict[str, Algorithm] = {
    "HmacSHA1": "sha1",
    "HmacSHA256": "sha256",
    "HmacSHA512": "sha512",
}


@vectors.each("extra.json: totp")
def test_totp(case: Case) -> None:
    algorithm = ALGORITHMS[case["algorithm"]]
    seed, seconds = case.hex("seedHex"), case["seconds"]
    code = totp(seed, seconds, digits=case["digits"], algorithm=algorithm)
    assert code == case["otp"]
    if case["timeStepHex"] is not None:
        assert seconds // 30 == int(case["timeStepHex"], 16)


def test_totp_lives_for_one_step() -> None:
    assert totp(SEED, 60, step=30) == totp(SEED, 89, step=30)
    assert totp(SEED, 60, step=30) != totp(SEED, 90, step=30)
    assert len(totp(SEED, 60, digits=6)) == 6


@pytest.mark.parametrize(
    ("age", "past_steps", "valid"),
    [(0, 0, True), (1, 0, False), (1, 1, True), (2, 2, True), (3, 2, False), (-1, 2, False)],
)
def test_verify_looks_back_only(age: int, past_steps: int, valid: bool) -> None:
    code = totp(SEED, NOW - age * 30)
    assert verify_totp(code, SEED, NOW, past_steps=past_steps) is valid


@pytest.mark.parametrize("code", ["", "0", "\uff10" * 8, "\ud800", "0" * 100])
def test_garbage_does_not_verify(code: str) -> None:
    assert not verify_totp(code, SEED, NOW, past_steps=3)


@pytest.mark.parametrize(("step", "digits"), [(0, 8), (-1, 8), (30, 0), (30, 10)])
def test_refuse_senseless_parameters(step: int, digits: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        totp(SEED, NOW, step=step, digits=digits)
