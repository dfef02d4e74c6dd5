"""An activation from the phone's side, in each generation of the protocol.

No member opens a factor by itself: the knowledge key is locked by the PIN, the biometry key by what
a real phone gives out for a fingerprint or a face only, private keys by a key of the vault, which
the server has.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

from powerauth.phone.errors import DamagedState
from powerauth.phone.pin import LockedKey
from powerauth.phone.records import Record
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3 import signature
from powerauth.protocol.v4 import authentication_code
from powerauth.protocol.v4.activation_messages import PublicKeys
from powerauth.protocol.v4.keys import KeptUtilityKeys
from powerauth.protocol.v4.suites import Suite, suite_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment(Record, ABC):
    """What activations of all generations have."""

    generation: ClassVar[int]

    activation_id: str
    possession_key: bytes = field(repr=False)
    knowledge_locked: bytes = field(repr=False)
    """The knowledge key under the key of the PIN."""
    pin_salt: bytes = field(repr=False)
    biometry_locked: bytes = field(repr=False)
    """The biometry key under `biometry_lock`; empty without biometry."""
    biometry_lock: bytes = field(repr=False)
    """The key that a real phone would give out for a fingerprint or a face only."""
    ctr_data: bytes = field(repr=False)
    """Counter data of the next code."""
    counter: int = 0
    """How many steps the counter made."""

    @property
    def confirmation_pending(self) -> bool:
        """Whether the server did not agree yet to a confirmation by the phone."""
        return False

    @staticmethod
    @abstractmethod
    def next_counter(ctr_data: bytes) -> bytes:
        """Compute the counter data that follows."""

    def stepped(self, steps: int = 1) -> Self:
        """Return the same activation with its counter moved forward.

        Source: protocol.md 7.4, protocol-4.md 24.3.
        """
        ctr_data = self.ctr_data
        for _ in range(steps):
            ctr_data = self.next_counter(ctr_data)
        return replace(self, ctr_data=ctr_data, counter=self.counter + steps)

    def proven(self, _factors: Collection[str]) -> Self:
        """Return the same activation after the server agreed to a code of these factors."""
        return self

    def with_knowledge(self, locked: LockedKey) -> Self:
        """Return the same activation with another knowledge key, or another PIN."""
        return replace(self, knowledge_locked=locked.locked, pin_salt=locked.by)

    def with_biometry(self, locked: LockedKey) -> Self:
        """Return the same activation with a biometry key."""
        return replace(self, biometry_locked=locked.locked, biometry_lock=locked.by)

    def without_biometry(self) -> Self:
        """Return the same activation without biometry."""
        return self.with_biometry(NO_KEY)


NO_KEY = LockedKey(locked=b"", by=b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment3(Enrolment):
    """An activation of protocol 3. Source: protocol.md 2.1, 4.4."""

    generation = 3

    server_public_key: bytes
    device_public_key: bytes
    transport_key: bytes = field(repr=False)
    device_key_locked: bytes = field(repr=False)
    """The device's private key under the vault key, which only the server gives out."""

    @staticmethod
    def next_counter(ctr_data: bytes) -> bytes:
        """Compute the counter data that follows, 16 bytes. Source: protocol.md 7.4."""
        return signature.next_counter(ctr_data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment4(Enrolment):
    """An activation of protocol 4.0. Source: protocol-4.md 19, 23.

    The secret of the activation is not kept, since the first keys of all factors follow from it.
    """

    generation = 4

    suite_name: str
    server_ecdsa: bytes
    server_mldsa: bytes
    """Empty where the suite has none, as of the device."""
    device_ecdsa: bytes
    device_mldsa: bytes
    device_keys_locked: bytes = field(repr=False)
    """The device's private keys under KEK_DEVICE_PRIVATE, which only the server gives out."""
    utility_key: bytes = field(repr=False)
    """KDK_UTILITY, from which no key of a factor follows."""
    unconfirmed: bool
    """Whether the server did not agree yet to `/pa/activation/confirm`."""
    next_knowledge_locked: bytes = field(default=b"", repr=False)
    """A knowledge key that the server may have taken over, under the new PIN; empty without one."""
    next_pin_salt: bytes = field(default=b"", repr=False)

    @staticmethod
    def next_counter(ctr_data: bytes) -> bytes:
        """Compute the counter data that follows, 32 bytes. Source: protocol-4.md 24.3."""
        return authentication_code.next_counter(ctr_data)

    def proven(self, factors: Collection[str]) -> Self:
        """Return the same activation after the server agreed to a code of these factors.

        The server drops a key that may follow the one that proved right.

        Source: protocol-4.md 24.4; trap 18 of protocol-4.md 37.
        """
        return self.with_next_knowledge(NO_KEY) if "knowledge" in factors else self

    def with_next_knowledge(self, locked: LockedKey) -> Self:
        """Return the same activation with a knowledge key that the server may take over."""
        return replace(self, next_knowledge_locked=locked.locked, next_pin_salt=locked.by)

    @property
    def next_knowledge(self) -> LockedKey:
        """The knowledge key that the server may have taken over."""
        return LockedKey(locked=self.next_knowledge_locked, by=self.next_pin_salt)

    @property
    def confirmation_pending(self) -> bool:
        """Whether the server did not agree yet to a confirmation by the phone."""
        return self.unconfirmed

    @property
    def suite(self) -> Suite:
        """The suite that the activation is bound to.

        Raises:
            UnsupportedSuite: the cryptographic library of this machine lacks it.
        """
        return suite_of(self.suite_name)

    @property
    def utility_keys(self) -> KeptUtilityKeys:
        """Keys that need no factor."""
        return KeptUtilityKeys(self.utility_key)

    @property
    def server_keys(self) -> PublicKeys:
        """The server's public keys."""
        return PublicKeys(ecdsa=self.server_ecdsa, mldsa=self.server_mldsa or None)

    @property
    def device_keys(self) -> PublicKeys:
        """The phone's public keys."""
        return PublicKeys(ecdsa=self.device_ecdsa, mldsa=self.device_mldsa or None)


AnyEnrolment = Enrolment3 | Enrolment4


def enrolment_to_json(enrolment: AnyEnrolment) -> dict[str, Any]:
    """Return the members with the generation, ready for JSON."""
    return {"generation": enrolment.generation, **enrolment.to_json()}


def enrolment_of(members: object, generation: int) -> AnyEnrolment:
    """Read what `enrolment_to_json` wrote, or a file of before protocol 4, which has no generation.

    Raises:
        DamagedState: of another generation, or a member is absent or malformed.
    """
    told = members.get("generation", Enrolment3.generation) if isinstance(members, Mapping) else 0
    if told != generation:
        raise DamagedState("an activation of another protocol")
    of_3 = generation == Enrolment3.generation
    return Enrolment3.from_json(members) if of_3 else enrolment_4_of(members)


def enrolment_4_of(members: object) -> Enrolment4:
    """Read an activation of protocol 4.0.

    Raises:
        DamagedState: a member is absent or malformed, or not of its suite.
    """
    enrolment = Enrolment4.from_json(members)
    try:
        enrolment.server_keys.checked(enrolment.suite)
    except ProtocolError:
        raise DamagedState("the suite is unknown here, or its keys are others") from None
    return enrolment
