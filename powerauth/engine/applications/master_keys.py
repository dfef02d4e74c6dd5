"""The master key pairs of an application: a registry by algorithm, protocol-4.md 19.1 and 32.

Of each algorithm the newest pair is used. Private keys are what has to be kept: the scalar of
ECDSA, the seed of ML-DSA.
"""

from django.db.models import Q, QuerySet

from enrollment_server.database.compiled import Compiled
from powerauth.engine.storage import record_places, records
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Application, MasterKeyPair
from powerauth.protocol.curves import KeyPair
from powerauth.protocol.v4.primitives.signing import (
    ECDSA_P256,
    SIGNING_ALGORITHMS,
    SigningAlgorithm,
)

_FORMER_NAMES = {ECDSA_P256.name: "EC_P256"}  # in rows of former versions


def create(application: Application, algorithm: SigningAlgorithm = ECDSA_P256) -> MasterKeyPair:
    """Give an application a new master key pair, which is used from now on."""
    pair = algorithm.generate_key_pair()
    place = record_places.master_key(application.id, pair.public_key)
    return MasterKeyPair.objects.create(
        application=application,
        name=f"{application.id} Default Keypair",
        algorithm=algorithm.name,
        public_key=pair.public_key,
        private_key=records.seal(pair.private_key, place),
    )


def complete(application: Application) -> None:
    """Give an application the master key pairs that it lacks, of all that can be made here.

    Not while a server of before runs beside this one: it takes the newest pair, whatever it is.
    The application has to be locked, or new.
    """
    for algorithm in SIGNING_ALGORITHMS.values():
        if algorithm.is_available() and _newest(application.id, algorithm) is None:
            create(application, algorithm)


def pair(application_id: str, algorithm: SigningAlgorithm = ECDSA_P256) -> KeyPair:
    """Give the newest master key pair of an algorithm.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR.
    """
    row = _needed(application_id, algorithm)
    place = record_places.master_key(application_id, row.public_key)
    private_key = records.unseal(row.private_key, place)
    return KeyPair(private_key=private_key, public_key=bytes(row.public_key))


def public_key(application_id: str, algorithm: SigningAlgorithm = ECDSA_P256) -> bytes:
    """Give the public key of the newest master key pair, without opening the private one.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR.
    """
    return bytes(_needed(application_id, algorithm).public_key)


def has(application_id: str, algorithm: SigningAlgorithm = ECDSA_P256) -> bool:
    """Tell whether an application has a master key pair of an algorithm."""
    return _newest(application_id, algorithm) is not None


def _needed(application_id: str, algorithm: SigningAlgorithm) -> MasterKeyPair:
    row = _newest(application_id, algorithm)
    if row is None:
        raise EngineRefusal(ErrorCode.NO_MASTER_KEY_PAIR)
    return row


def _newest(application_id: str, algorithm: SigningAlgorithm) -> MasterKeyPair | None:
    return _NEWEST.first(
        application_id=application_id,
        algorithm=algorithm.name,
        former_name=_FORMER_NAMES.get(algorithm.name, algorithm.name),
    )


def _pairs(application_id: str, algorithm: str, former_name: str) -> QuerySet[MasterKeyPair]:
    named = Q(algorithm=algorithm) | Q(algorithm=former_name)
    return MasterKeyPair.objects.filter(named, application_id=application_id).order_by("-id")[:1]


_NEWEST: Compiled[MasterKeyPair] = Compiled(
    _pairs, application_id=str, algorithm=str, former_name=str
)
