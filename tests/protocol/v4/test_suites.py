from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import mldsa, mlkem

from powerauth.protocol.curves import P384
from powerauth.protocol.errors import MalformedKey, UnsupportedSuite
from powerauth.protocol.v4.key_agreement.shared_secret import Offer, encapsulate
from powerauth.protocol.v4.primitives.signing import (
    ECDSA_P256,
    ECDSA_P384,
    MLDSA_65,
    MLDSA_87,
    SIGNING_ALGORITHMS,
    SigningAlgorithm,
)
from powerauth.protocol.v4.suites import (
    EC_P384,
    EC_P384_ML_L3,
    EC_P384_ML_L5,
    SUITES,
    Suite,
    available_suites,
    suite_of,
)
from tests.protocol.randomness import FixedRandom
from tests.protocol.v4.test_post_quantum import lack

EACH = pytest.mark.parametrize(
    "algorithm", SIGNING_ALGORITHMS.values(), ids=SIGNING_ALGORITHMS.keys()
)


@pytest.fixture(autouse=True)
def _forget_what_is_available() -> Iterator[None]:
    available_suites.cache_clear()
    yield
    available_suites.cache_clear()


def test_table() -> None:
    names = {
        suite.name: (suite.ml_kem and suite.ml_kem.name, [each.label for each in suite.signing])
        for suite in SUITES
    }
    assert names == {
        "EC_P384": (None, ["ES384"]),
        "EC_P384_ML_L3": ("ML-KEM-768", ["ES384", "ML-DSA-65"]),
        "EC_P384_ML_L5": ("ML-KEM-1024", ["ES384", "ML-DSA-87"]),
    }


def test_algorithms() -> None:
    ids = {name: each.configuration_id for name, each in SIGNING_ALGORITHMS.items()}
    assert ids == {"ECDSA_P256": 1, "ECDSA_P384": 2, "MLDSA_65": 3, "MLDSA_87": 4}
    assert SIGNING_ALGORITHMS["MLDSA_87"] is MLDSA_87


def test_all_suites_are_available_here() -> None:
    assert available_suites() == SUITES


@pytest.mark.parametrize(
    ("lacking", "left"),
    [
        (mlkem.MLKEM768PrivateKey, (EC_P384, EC_P384_ML_L5)),
        (mldsa.MLDSA65PrivateKey, (EC_P384, EC_P384_ML_L5)),
        (mlkem.MLKEM1024PrivateKey, (EC_P384, EC_P384_ML_L3)),
        (mldsa.MLDSA87PrivateKey, (EC_P384, EC_P384_ML_L3)),
    ],
)
def test_suites_of_an_old_openssl(
    monkeypatch: pytest.MonkeyPatch, lacking: type, left: tuple[Suite, ...]
) -> None:
    lack(monkeypatch, lacking)
    assert available_suites() == left
    (gone,) = set(SUITES) - set(left)
    with pytest.raises(UnsupportedSuite):
        suite_of(gone.name)


def test_curves_need_no_new_openssl(monkeypatch: pytest.MonkeyPatch) -> None:
    for lacking in (mlkem.MLKEM768PrivateKey, mldsa.MLDSA87PrivateKey):
        lack(monkeypatch, lacking)
    assert available_suites() == (EC_P384,)
    assert encapsulate(Offer.generate(EC_P384).request)[1] != bytes(32)


def test_look_up_by_exact_name() -> None:
    for suite in SUITES:
        assert suite_of(suite.name) is suite_of(suite.name, (EC_P384, suite)) is suite


@pytest.mark.parametrize(
    "name", ["ML_L3", "ML_L5", "EC_P256", "ec_p384", "EC_P384 ", "", None, 4, ["EC_P384"]]
)
def test_refuse_other_names(name: object) -> None:
    with pytest.raises(UnsupportedSuite):
        suite_of(name)


def test_trap_26_activation_has_one_suite() -> None:
    for name in ("EC_P384", "EC_P384_ML_L5"):
        with pytest.raises(UnsupportedSuite):
            suite_of(name, (EC_P384_ML_L3,))


@EACH
def test_every_algorithm_signs(algorithm: SigningAlgorithm) -> None:
    pair = algorithm.generate_key_pair(FixedRandom(algorithm.name))
    assert algorithm.is_available()
    assert algorithm.normalize_public_key(pair.public_key) == pair.public_key
    signature = algorithm.sign(pair.private_key, b"data")
    assert algorithm.verify(pair.public_key, b"data", signature)
    assert not algorithm.verify(pair.public_key, b"other", signature)
    in_jws = algorithm.sign_jws(pair.private_key, b"data")
    assert algorithm.verify_jws(pair.public_key, b"data", in_jws)
    assert not algorithm.verify_jws(pair.public_key, b"other", in_jws)
    for garbage in (b"", in_jws[:-1], in_jws + b"\0", bytes(len(in_jws))):
        assert not algorithm.verify_jws(pair.public_key, b"data", garbage)


def test_trap_7_jws_has_r_and_s_and_everything_else_der() -> None:
    pair = ECDSA_P384.generate_key_pair(FixedRandom("es384"))
    der, jose = ECDSA_P384.sign(pair.private_key, b""), ECDSA_P384.sign_jws(pair.private_key, b"")
    assert len(jose) == 96
    assert der[0] == 0x30
    assert P384.der_to_jose(der) == jose
    assert not ECDSA_P384.verify_jws(pair.public_key, b"", der)
    assert not ECDSA_P384.verify(pair.public_key, b"", jose)


def test_keys_of_other_algorithms_are_refused() -> None:
    pairs = {
        name: each.generate_key_pair(FixedRandom(name)) for name, each in SIGNING_ALGORITHMS.items()
    }
    for name, algorithm in SIGNING_ALGORITHMS.items():
        for other, pair in pairs.items():
            if other != name:
                with pytest.raises(MalformedKey):
                    algorithm.normalize_public_key(pair.public_key)
    assert {ECDSA_P256.label, MLDSA_65.label} == {"ES256", "ML-DSA-65"}
