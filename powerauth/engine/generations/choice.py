"""Which generation it is: of an activation the one that it has, else that of a version.

The version of a header has to belong to the generation of its activation; what does not is refused
by whoever asks `speaks`, and costs the activation nothing.
"""

from collections.abc import Mapping

from powerauth.engine.generations import four, three
from powerauth.engine.generations.base import Generation
from powerauth.models import Activation
from powerauth.protocol.errors import UnsupportedVersion
from powerauth.protocol.versions import TRAITS

THREE = three.GENERATION
FOUR = four.GENERATION
GENERATIONS: Mapping[int, Generation] = {each.number: each for each in (THREE, FOUR)}
SERVED = frozenset(GENERATIONS)


def of(activation: Activation) -> Generation:
    """Give the generation of an activation that has exchanged keys."""
    return GENERATIONS[activation.protocol_generation]


def of_version(version: str) -> Generation:
    """Give the generation that a version of the protocol belongs to.

    Raises:
        UnsupportedVersion: none of this server.
    """
    traits = TRAITS.get(version)
    generation = GENERATIONS.get(traits.generation) if traits is not None else None
    if generation is None:
        raise UnsupportedVersion("protocol version not supported")
    return generation


def speaks(activation: Activation, version: str) -> bool:
    """Tell whether a known version belongs to the generation of an activation."""
    return TRAITS[version].generation == activation.protocol_generation
