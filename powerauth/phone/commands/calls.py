"""A use of the command line, and what a subcommand is."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass

from powerauth.phone.phone import Phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One use of a subcommand."""

    phone: Phone
    options: Namespace
    pin: Callable[[], str]
    """Gives the PIN, and asks for it when it has to."""
    new_pin: Callable[[], str]
    """Gives a PIN that the user chooses, in the same way."""


def _nothing(_parser: ArgumentParser) -> None:
    """Add no argument."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subcommand:
    """A subcommand; `run` does it and returns the text to show."""

    name: str
    help: str
    run: Callable[[Call], str]
    add_arguments: Callable[[ArgumentParser], None] = _nothing
    activates: bool = False
    """Starts with a phone without an activation."""
