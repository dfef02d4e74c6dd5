"""Which generation it is: the one of the version that the phone speaks."""

from collections.abc import Mapping

from powerauth.phone.generations import four, three
from powerauth.phone.generations.base import Generation
from powerauth.phone.state import known_traits

GENERATIONS: Mapping[int, Generation] = {
    each.number: each for each in (three.GENERATION, four.GENERATION)
}


def of_version(version: str) -> Generation:
    """Give the generation that a version of the protocol belongs to.

    Raises:
        UnsupportedVersion: there is none such.
    """
    return GENERATIONS[known_traits(version).generation]
