"""The keys of an activation as its row has them."""

from collections.abc import Mapping
from types import MappingProxyType

from powerauth.engine.storage import record_places, records
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation
from powerauth.protocol.keys import ActivationKeys

NUMBER = 3
SUITE = "EC_P256"
NO_KEYS: Mapping[str, bytes] = MappingProxyType(
    {
        "server_public_key": b"",
        "server_private_key": b"",
        "device_public_key": b"",
        "derived_keys": b"",
        "ctr_data": b"",
    }
)
"""The columns of this generation in an activation that has left it."""


def derived(activation: Activation) -> ActivationKeys:
    """Give the factor, transport and vault keys of an activation that has exchanged keys.

    Raises:
        EngineRefusal: ACTIVATION_STATE for one that has not, whatever a back end made of its state.
    """
    if not activation.derived_keys:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    place = record_places.derived_keys(activation.id, activation.application_id, activation.user_id)
    return ActivationKeys.from_bytes(records.unseal(activation.derived_keys, place))


def server_private(activation: Activation) -> bytes:
    """Give the server's private key of an activation that has exchanged keys.

    Raises:
        EngineRefusal: ACTIVATION_STATE for one that has not.
    """
    if not activation.server_private_key:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    place = record_places.server_key(activation.id, activation.application_id, activation.user_id)
    return records.unseal(activation.server_private_key, place)
