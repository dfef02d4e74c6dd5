"""The master key pairs of an application, by algorithm; the newest one of each is used."""

from django.db.models import Q, QuerySet

from enrollment_server.database.compiled import Compiled
from powerauth.engine.generations.key_algorithms import ECDSA_P256, KEY_ALGORITHMS
from powerauth.engine.storage import record_places, records
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Application, MasterKeyPair
from powerauth.protocol.keys import KeyPair


def create(application: Application, algorithm: str = ECDSA_P256) -> MasterKeyPair:
    """Give an application a new master key pair, which is used from now on."""
    pair = KEY_ALGORITHMS[algorithm].generate()
    place = record_places.master_key(application.id, pair.public_key)
    return MasterKeyPair.objects.create(
        application=application,
        name=f"{application.id} Default Keypair",
        algorithm=algorithm,
        public_key=pair.public_key,
        private_key=records.seal(pair.private_key, place),
    )


def pair(application_id: str, algorithm: str = ECDSA_P256) -> KeyPair:
    """Give the newest master key pair of an algorithm.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR.
    """
    row = _newest(application_id, algorithm)
    place = record_places.master_key(application_id, row.public_key)
    private_key = records.unseal(row.private_key, place)
    return KeyPair(private_key=private_key, public_key=bytes(row.public_key))


def public_key(application_id: str, algorithm: str = ECDSA_P256) -> bytes:
    """Give the public key of the newest master key pair, without opening the private one.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR.
    """
    return bytes(_newest(application_id, algorithm).public_key)


def sign(application_id: str, data: bytes, algorithm: str = ECDSA_P256) -> bytes:
    """Sign with the newest master key pair.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR.
    """
    return KEY_ALGORITHMS[algorithm].sign(pair(application_id, algorithm).private_key, data)


def _newest(application_id: str, algorithm: str) -> MasterKeyPair:
    former_name = KEY_ALGORITHMS[algorithm].former_name
    row = _NEWEST.first(application_id=application_id, algorithm=algorithm, former_name=former_name)
    if row is None:
        raise EngineRefusal(ErrorCode.NO_MASTER_KEY_PAIR)
    return row


def _pairs(application_id: str, algorithm: str, former_name: str) -> QuerySet[MasterKeyPair]:
    named = Q(algorithm=algorithm) | Q(algorithm=former_name)
    return MasterKeyPair.objects.filter(named, application_id=application_id).order_by("-id")[:1]


_NEWEST: Compiled[MasterKeyPair] = Compiled(
    _pairs, application_id=str, algorithm=str, former_name=str
)
