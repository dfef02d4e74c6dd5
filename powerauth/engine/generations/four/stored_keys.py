"""The keys of an activation as its row has them, and the key pairs beside it.

Source: protocol-4.md 19, 32.
"""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from django.db.models import QuerySet

from enrollment_server.database.compiled import Compiled
from powerauth.engine.storage import record_places, records
from powerauth.engine.storage.record_places import Place
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationKey, KeySide
from powerauth.protocol.errors import UnsupportedSuite
from powerauth.protocol.v4.activation_messages import PublicKeys
from powerauth.protocol.v4.application_keys import signers_of
from powerauth.protocol.v4.factor_keys import FactorKeys, ReplaceableKey
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.protocol.v4.primitives.signing import SigningAlgorithm
from powerauth.protocol.v4.suites import SUITES, Suite, suite_of

NUMBER = 4

_PLACES = MappingProxyType(
    {
        "activation_secret": record_places.activation_secret,
        "knowledge_key": record_places.knowledge_key,
        "next_knowledge_key": record_places.next_knowledge_key,
        "biometry_key": record_places.biometry_key,
        "next_biometry_key": record_places.next_biometry_key,
    }
)


def place_of(activation: Activation, column: str) -> Place:
    """Give the place of the record in a column of generation 4."""
    return _PLACES[column](activation.id, activation.application_id, activation.user_id)


def sealed(activation: Activation, **secrets: bytes) -> dict[str, bytes]:
    """Give the columns that hold secrets; an empty secret is none.

    Args:
        secrets: by the name of the column.
    """
    return {
        column: records.seal(secret, place_of(activation, column)) if secret else b""
        for column, secret in secrets.items()
    }


def opened(activation: Activation, column: str) -> bytes | None:
    """Give the secret in a column; None for an empty one."""
    record = bytes(getattr(activation, column))
    return records.unseal(record, place_of(activation, column)) if record else None


def derived(activation: Activation) -> ActivationKeys:
    """Give what derives from the secret of an activation that has exchanged keys.

    Raises:
        EngineRefusal: ACTIVATION_STATE for one that has not, whatever a back end made of its state.
    """
    secret = opened(activation, "activation_secret")
    if secret is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    return ActivationKeys(secret)


def factors(activation: Activation, *, biometry: bool) -> FactorKeys:
    """Give the factor keys of an activation that has exchanged keys.

    Args:
        biometry: whether a code may have this factor; else its records stay closed.

    Raises:
        EngineRefusal: ACTIVATION_STATE for one that has none.
    """
    possession, knowledge = derived(activation).possession, _replaceable(activation, "knowledge")
    if knowledge is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    is_used = biometry and activation.biometry_enabled
    return FactorKeys(
        possession=possession,
        knowledge=knowledge,
        biometry=_replaceable(activation, "biometry") if is_used else None,
        biometry_enabled=activation.biometry_enabled,
    )


def _replaceable(activation: Activation, factor: str) -> ReplaceableKey | None:
    current = opened(activation, f"{factor}_key")
    if current is None:
        return None
    return ReplaceableKey(current=current, pending=opened(activation, f"next_{factor}_key"))


def suite(activation: Activation) -> Suite:
    """Give the suite of an activation of this generation.

    Raises:
        UnsupportedSuite: it has none.
    """
    return suite_of(activation.algorithm, SUITES)


def public_keys(activation: Activation, side: KeySide) -> PublicKeys:
    """Give the public keys of one side of an activation that has exchanged keys.

    Raises:
        UnsupportedSuite: it has not those of its suite.
    """
    found = {row.algorithm: bytes(row.public_key) for row in _rows(activation, side)}
    keys = [key for _, key in signers_of(suite(activation), found)]
    return PublicKeys(ecdsa=keys[0], mldsa=keys[1] if len(keys) > 1 else None)


def signers(activation: Activation) -> list[tuple[SigningAlgorithm, bytes]]:
    """Give the server's private keys of an activation, in the order of its suite.

    Raises:
        UnsupportedSuite: it has not those of its suite.
    """
    found = {row.algorithm: _private(row) for row in _rows(activation, KeySide.SERVER)}
    return signers_of(suite(activation), found)


def verifiers(activation: Activation) -> list[tuple[SigningAlgorithm, bytes]]:
    """Give the public keys of the device, in the order of its suite; none if it has not all."""
    found = {row.algorithm: bytes(row.public_key) for row in _rows(activation, KeySide.DEVICE)}
    try:
        return signers_of(suite(activation), found)
    except UnsupportedSuite:
        return []


def key_rows(
    activation: Activation, side: KeySide, keys: Mapping[str, tuple[bytes, bytes]]
) -> list[ActivationKey]:
    """Give the rows to store for the keys of one side.

    Args:
        keys: public and private key by algorithm; the private one is empty for a device.
    """
    return [
        ActivationKey(
            activation=activation,
            side=side,
            algorithm=algorithm,
            public_key=public,
            private_key=_sealed_private(activation, algorithm, public, private),
        )
        for algorithm, (public, private) in keys.items()
    ]


def _rows(activation: Activation, side: KeySide) -> list[ActivationKey]:
    return _OF_SIDE.all(activation_id=activation.id, side=side)


def _of_side(activation_id: UUID, side: str) -> QuerySet[ActivationKey]:
    return ActivationKey.objects.filter(activation_id=activation_id, side=side)


_OF_SIDE: Compiled[ActivationKey] = Compiled(_of_side, activation_id=UUID, side=str)


def _private(row: ActivationKey) -> bytes:
    place = record_places.activation_key(row.activation_id, row.algorithm, row.public_key)
    return records.unseal(row.private_key, place)


def _sealed_private(activation: Activation, algorithm: str, public: bytes, private: bytes) -> bytes:
    if not private:
        return b""
    return records.seal(private, record_places.activation_key(activation.id, algorithm, public))
