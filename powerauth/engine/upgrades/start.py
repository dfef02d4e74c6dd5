"""The beginning of an upgrade: keys of protocol 4 beside those of protocol 3: protocol-4.md 30.1.

Whoever calls has verified that the phone asks: by a code of protocol 3 with two factors, at
`/pa/upgrade/start`, over the encrypted request.
"""

from datetime import datetime
from typing import Any

from powerauth.engine.activations import activations, device_offer, phone_changes
from powerauth.engine.activations.phone_changes import PhoneChange
from powerauth.engine.encryption import encryption
from powerauth.engine.encryption.encryption import OpenedCall
from powerauth.engine.generations import three
from powerauth.engine.generations.four import factor_changes, key_exchange
from powerauth.engine.transactions import commits_refusals
from powerauth.engine.upgrades import offer
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationKey, ActivationState
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v4.activation import ServerExchange
from powerauth.protocol.v4.activation_messages import KeyExchangeRequest, enables_biometry
from powerauth.rules import given, invalid
from powerauth.values import EncryptedCall, SealedResponse


@commits_refusals
def start(activation_id: str | None, call: EncryptedCall, *, at: datetime) -> SealedResponse:
    """Agree on keys of protocol 4 with the phone of an ACTIVE activation of protocol 3.

    They wait for their confirmation. Until then version, keys and counter of protocol 3 are what
    counts; a further start replaces the keys that wait, and nobody has to end what he began.

    Args:
        activation_id: whose code was verified; the request itself names no activation.
        call: in application scope, with `Encryptor.UPGRADE_START`, in version 4.0.

    Returns: the answer, which only the phone can read.

    Raises:
        EngineRefusal: as `encryption.open_call`; INPUT_FORMAT for anything but a JSON object;
            INVALID_REQUEST for no activation, and keys that are none; ALGORITHM_NOT_SUPPORTED for
            a suite that the application does not allow; ACTIVATION_NOT_FOUND;
            APPLICATION_NOT_FOUND for a request of another application than the activation's;
            ACTIVATION_STATE for one that is not ACTIVE or is of protocol 4 already, and where no
            upgrades are wanted. A refusal changes nothing.
    """
    given("activationId", activation_id)
    opened = encryption.open_call(call, at=at)
    application_id = opened.version.application_id
    if not offer.is_wanted():
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    done, biometry = _agreed(opened, application_id)
    # Keys are made before anybody has to wait for the lock.
    activation = activations.lock(activation_id)
    _check(activation, application_id)
    _store(activation, done, biometry=biometry, at=at)
    return encryption.seal(opened, done.response(activation_id=None).to_json(), at=at)


def _agreed(opened: OpenedCall, application_id: str) -> tuple[ServerExchange, bool]:
    """Make the server's keys for those of the phone; give them, and whether biometry is on."""
    payload = device_offer.members(opened.plaintext)
    try:
        request = KeyExchangeRequest.parse(payload)
        return key_exchange.agree(request, application_id), enables_biometry(payload)
    except ProtocolError as error:
        raise invalid("encryptedData", "must hold the keys of a suite, and of biometry") from error


def _check(activation: Activation, application_id: str) -> None:
    if activation.application_id != application_id:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    generation = three.GENERATION
    mine = activation.protocol_generation == generation.number
    if activation.state != ActivationState.ACTIVE or not mine:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    # A back end can make an activation ACTIVE that no phone ever took.
    if not generation.codes.has_keys(activation):
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)


def _store(activation: Activation, done: ServerExchange, *, biometry: bool, at: datetime) -> None:
    """Put keys beside those of protocol 3, in the place of any that wait."""
    columns: dict[str, Any] = {
        **key_exchange.columns_of_keys(activation, done),
        **factor_changes.confirmed(enable_biometry=biometry),
        "pending_suite": done.suite.name,
    }
    phone_changes.write(activation, PhoneChange.UPGRADE_STARTED, at=at, **columns)
    ActivationKey.objects.filter(activation=activation).delete()
    ActivationKey.objects.bulk_create(key_exchange.key_pairs(activation, done))
