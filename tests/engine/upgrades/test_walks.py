"""Walks of a phone through its upgrade, in any order and with any answer lost.

A small model says at each step what has to happen; at the end the phone goes on, whatever happened.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from powerauth.engine.activations import lifecycle
from powerauth.errors import EngineRefusal
from powerauth.models import ActivationState
from powerauth.protocol.v4.suites import available_suites
from tests.bank import Bank
from tests.engine.generations_four.phone import PK
from tests.engine.upgrades.moving import Moving

STEPS = 24
WALKS = 12
MOST_UNSENT = 6  # codes that are lost on the way, in a row: far inside of the window


@dataclass(kw_only=True)
class Walk:
    """A phone, and what is known of its activation.

    Args:
        waiting: whether the keys that wait at the server are those that the phone has; None: none
            wait.
    """

    phone: Moving
    settings: Settings
    dice: random.Random
    generation: int = 3
    blocked: bool = False
    waiting: bool | None = None
    wrong_pins: int = 0
    unsent: int = 0

    def approve_as_before(self) -> None:
        works = self.generation == 3 and not self.blocked
        assert self.phone.works_as_before() is works
        if works:
            self.wrong_pins = 0

    def mistype_the_pin(self) -> None:
        assert self.phone.old.validate_signature(pin="9999").status == 401
        if self.generation == 3 and not self.blocked:
            self.wrong_pins += 1
            self.blocked = self.wrong_pins == self.phone.row.max_failed_attempts

    def begin(self) -> None:
        self._begin(heard=True)

    def begin_unheard(self) -> None:
        self._begin(heard=False)

    def _begin(self, *, heard: bool) -> None:
        new = self.phone.new
        former = replace(new)
        new.suite = self.dice.choice(available_suites())
        wanted = self.settings.POWERAUTH_UPGRADE_VERSION == 4
        possible = wanted and self.generation == 3 and not self.blocked
        assert _happens(self.phone.start) is possible
        if possible:
            self.waiting, self.unsent = heard, 0
        if not possible or not heard:
            # The phone keeps what it had.
            for name in ("suite", "device", "secret", "server_keys", "ctr", "biometry"):
                setattr(new, name, getattr(former, name))

    def confirm(self) -> None:
        if not self.phone.new.ctr:
            return
        right = self.generation == 4 or self.waiting is True
        possible = right and not self.blocked
        assert self.phone.confirm().valid is possible
        if possible:
            self.generation, self.waiting, self.unsent = 4, None, 0
        else:
            self.unsent += 1

    def confirm_into_nothing(self) -> None:
        if self.phone.new.ctr:
            self.phone.code()
            self.unsent += 1

    def approve_as_new(self) -> None:
        if not self.phone.new.ctr:
            return
        works = self.generation == 4 and not self.blocked
        assert self.phone.new.sign(PK).valid is works
        self.unsent = 0 if works else self.unsent + 1
        if works:
            self.wrong_pins = 0

    def block(self) -> None:
        lifecycle.block(self.phone.old.activation_id, at=timezone.now())
        self.blocked = True

    def unblock(self) -> None:
        lifecycle.unblock(self.phone.old.activation_id, at=timezone.now())
        self.wrong_pins = 0 if self.blocked else self.wrong_pins
        self.blocked = False

    def change_the_offer(self) -> None:
        former = self.settings.POWERAUTH_UPGRADE_VERSION
        self.settings.POWERAUTH_UPGRADE_VERSION = 7 - former

    def check(self) -> None:
        """Compare the row with the model."""
        row = self.phone.row
        state = ActivationState.BLOCKED if self.blocked else ActivationState.ACTIVE
        assert (row.protocol_generation, row.state) == (self.generation, state)
        assert (row.pending_suite != "") is (self.waiting is not None)
        assert row.failed_attempts == self.wrong_pins
        assert bool(row.derived_keys) is (self.generation == 3)

    def end(self) -> None:
        """Go on by one protocol or the other, and move up."""
        self.settings.POWERAUTH_UPGRADE_VERSION = 4
        self.unblock()
        if self.generation == 3:
            self.approve_as_before()
            self.begin()
            self.confirm()
        self.confirm()
        self.approve_as_new()
        self.check()
        assert self.generation == 4


def _happens(action: Callable[[], object]) -> bool:
    try:
        action()
    except EngineRefusal:
        return False
    return True


STEP = (
    *(Walk.approve_as_before, Walk.approve_as_new, Walk.mistype_the_pin),
    *(Walk.begin, Walk.begin_unheard, Walk.confirm_into_nothing),
    *(Walk.block, Walk.unblock, Walk.unblock, Walk.change_the_offer),
)
# So that some walks are long in protocol 3, and others in protocol 4.
CONFIRMING = (*STEP, Walk.confirm, Walk.confirm)


@pytest.mark.parametrize("seed", range(WALKS))
def test_a_walk(bank: Bank, settings: Settings, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret
    walk = Walk(phone=Moving.of(bank, available_suites()[0]), settings=settings, dice=dice)
    for number in range(STEPS):
        step = dice.choice(CONFIRMING if number % 4 == 3 else STEP)
        if walk.unsent >= MOST_UNSENT and walk.generation == 3:
            step = Walk.begin
        if walk.unsent >= MOST_UNSENT and walk.generation == 4:
            walk.unblock()
            step = Walk.confirm
        step(walk)
        walk.check()
    walk.end()
