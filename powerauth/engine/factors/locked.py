"""The activation whose factors change, once more under its lock."""

from powerauth.engine.activations import activations
from powerauth.engine.generations import choice
from powerauth.engine.generations.factors import Factors
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState


def active(activation_id: str | None) -> tuple[Activation, Factors]:
    """Lock an ACTIVE activation, and give it with the factors of its generation.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier, ACTIVATION_NOT_FOUND, ACTIVATION_STATE
            for any other state, and for a generation whose factors change on the phone alone.
    """
    activation = activations.lock(activation_id)
    if activation.state != ActivationState.ACTIVE:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    return activation, of(activation)


def of(activation: Activation) -> Factors:
    """Give the factors of an activation that has exchanged keys.

    Raises:
        EngineRefusal: ACTIVATION_STATE; see `active`.
    """
    generation = choice.of(activation)
    if generation.factors is None or not generation.codes.has_keys(activation):
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    return generation.factors
