"""The master key pairs of an application: a registry by algorithm, protocol-4.md 19.1 and 32.

Of each algorithm the newest pair is used. Private keys are what has to be kept: the scalar of
ECDSA, the seed of ML-DSA.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence

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
    return _store(application, algorithm, algorithm.generate_key_pair())


def complete(application: Application) -> list[str]:
    """Give an application the master key pairs that it lacks, of all that can be made here.

    The newest row stays one of P-256: a server of before, which runs beside this one or comes back
    in its place, takes the newest row, whatever it is. The application has to be locked, or new.

    Returns: the names of the algorithms that it lacked.
    """
    lacking = lacking_of(application.id)
    for algorithm in reversed(lacking):
        create(application, algorithm)
    if lacking and ECDSA_P256 not in lacking:
        # Sealed anew: a rotation that runs meanwhile may have passed the end of the table.
        _store(application, ECDSA_P256, pair(application.id))
    return [algorithm.name for algorithm in lacking]


def algorithms_of(application_id: str) -> list[str]:
    """Give the known algorithms that an application has a pair of, by name, in their order."""
    known = set(_known(application_id=application_id)[application_id])
    return [name for name in SIGNING_ALGORITHMS if name in known]


def lacking_of(application_id: str) -> list[SigningAlgorithm]:
    """Give the algorithms that an application lacks a pair of, of all that can be done here."""
    return _lacking(_known(application_id=application_id)[application_id])


def incomplete() -> dict[str, list[str]]:
    """Give the names of the algorithms that each application lacks, by its identifier.

    Applications that lack nothing are left out.
    """
    known = _known()
    ids = Application.objects.order_by("id").values_list("id", flat=True)
    lacking = {one: [algorithm.name for algorithm in _lacking(known[one])] for one in ids}
    return {application_id: some for application_id, some in lacking.items() if some}


def _known(**wanted: str) -> defaultdict[str, set[str]]:
    known = defaultdict(set)
    rows = MasterKeyPair.objects.filter(**wanted).values_list("application_id", "algorithm")
    for application_id, name in rows:
        known[application_id].add(_present_name(name))
    return known


def _lacking(known: Collection[str]) -> list[SigningAlgorithm]:
    return [
        algorithm
        for algorithm in SIGNING_ALGORITHMS.values()
        if algorithm.is_available() and algorithm.name not in known
    ]


def pair(application_id: str, algorithm: SigningAlgorithm = ECDSA_P256) -> KeyPair:
    """Give the newest master key pair of an algorithm.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR.
    """
    return _opened(_needed(application_id, algorithm))


def public_key(application_id: str, algorithm: SigningAlgorithm = ECDSA_P256) -> bytes:
    """Give the public key of the newest master key pair, without opening the private one.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR.
    """
    return bytes(_needed(application_id, algorithm).public_key)


def has(application_id: str, algorithm: SigningAlgorithm = ECDSA_P256) -> bool:
    """Tell whether an application has a master key pair of an algorithm."""
    return _newest(application_id, algorithm) is not None


def pairs(application_id: str) -> dict[str, KeyPair]:
    """Give the newest master key pair of each algorithm that an application has, by its name.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR for an application without one of P-256.
    """
    return {name: _opened(row) for name, row in _newest_rows(application_id).items()}


def signers(
    application_id: str, algorithms: Sequence[SigningAlgorithm]
) -> list[tuple[SigningAlgorithm, bytes]]:
    """Give the newest private keys of some algorithms, by one statement, in their order.

    Raises:
        EngineRefusal: NO_MASTER_KEY_PAIR for one that there is no pair of.
    """
    rows = _newest_rows(application_id)
    if any(each.name not in rows for each in algorithms):
        raise EngineRefusal(ErrorCode.NO_MASTER_KEY_PAIR)
    return [(each, _opened(rows[each.name]).private_key) for each in algorithms]


def public_keys(application_id: str) -> dict[str, bytes]:
    """Give the public keys of `pairs`, without opening the private ones."""
    return {name: bytes(row.public_key) for name, row in _newest_rows(application_id).items()}


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


def _newest_rows(application_id: str) -> dict[str, MasterKeyPair]:
    """Give the newest row of each known algorithm, in the order of the algorithms."""
    rows = {_present_name(row.algorithm): row for row in _ALL.all(application_id=application_id)}
    if ECDSA_P256.name not in rows:
        raise EngineRefusal(ErrorCode.NO_MASTER_KEY_PAIR)
    return {name: rows[name] for name in SIGNING_ALGORITHMS if name in rows}


def _present_name(name: str) -> str:
    return next((now for now, former in _FORMER_NAMES.items() if former == name), name)


def _opened(row: MasterKeyPair) -> KeyPair:
    place = record_places.master_key(row.application_id, row.public_key)
    private_key = records.unseal(row.private_key, place)
    return KeyPair(private_key=private_key, public_key=bytes(row.public_key))


def _store(application: Application, algorithm: SigningAlgorithm, pair: KeyPair) -> MasterKeyPair:
    place = record_places.master_key(application.id, pair.public_key)
    return MasterKeyPair.objects.create(
        application=application,
        name=f"{application.id} Default Keypair",
        algorithm=algorithm.name,
        public_key=pair.public_key,
        private_key=records.seal(pair.private_key, place),
    )


def _pairs(application_id: str, algorithm: str, former_name: str) -> QuerySet[MasterKeyPair]:
    named = Q(algorithm=algorithm) | Q(algorithm=former_name)
    return MasterKeyPair.objects.filter(named, application_id=application_id).order_by("-id")[:1]


_NEWEST: Compiled[MasterKeyPair] = Compiled(
    _pairs, application_id=str, algorithm=str, former_name=str
)
_ALL: Compiled[MasterKeyPair] = Compiled(
    lambda application_id: MasterKeyPair.objects.filter(application_id=application_id).order_by(
        "id"
    ),
    application_id=str,
)
