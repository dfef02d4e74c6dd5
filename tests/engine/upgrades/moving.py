"""A phone with an activation of protocol 3, and with what it takes to move up to protocol 4."""

from dataclasses import dataclass
from typing import Any, Self

from django.utils import timezone

from powerauth.engine.signatures import signatures
from powerauth.engine.upgrades import start
from powerauth.engine.upgrades.confirmation import RESOURCE_ID
from powerauth.models import Activation, Application
from powerauth.phone.phone import Phone
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.activation import DeviceExchange
from powerauth.protocol.v4.activation_messages import KeyExchangeResponse
from powerauth.protocol.v4.suites import Suite
from powerauth.values import SignatureVerdict, SignedRequest
from tests.bank import PIN, Bank
from tests.engine.generations_four.phone import Phone4, new_phone

POSSESSION = SignatureType.POSSESSION
OK, REFUSED = 200, 401


@dataclass(slots=True, kw_only=True)
class Moving:
    """Both halves of a phone.

    Args:
        old: what it is now; it talks over HTTP.
        new: what it becomes; it talks to the engine.
    """

    old: Phone
    new: Phone4

    @classmethod
    def of(cls, bank: Bank, suite: Suite, **values: Any) -> Self:
        """Give a phone of a bank with an ACTIVE activation of protocol 3."""
        old = bank.phone("alice", **values)
        new = new_phone(bank.application, suite)
        new.activation_id = old.activation_id
        return cls(old=old, new=new)

    @property
    def application(self) -> Application:
        return self.new.application

    @property
    def row(self) -> Activation:
        """The activation as it is in the database."""
        return self.new.row

    def asked(self, **changes: Any) -> dict[str, object]:
        """Give what the phone asks with, with members that are not as they should be."""
        return {**self.new.device.request.to_json(), "enableBiometry": True, **changes}

    def ask(self, **changes: Any) -> KeyExchangeResponse:
        """Begin an upgrade, and do as if the answer was lost."""
        sealed = self.new.seal(self.asked(**changes), Encryptor.UPGRADE_START)
        response = start.start(self.old.activation_id, sealed.call, at=timezone.now())
        return KeyExchangeResponse.parse(sealed.answer(response))

    def start(self, *, biometry: bool = True) -> None:
        """Begin an upgrade with new keys, and keep those that were agreed on."""
        self.new.device = DeviceExchange.generate(self.new.suite)
        response = self.ask(enableBiometry=biometry)
        self.new.secret, self.new.server_keys = self.new.device.accept(response)
        self.new.ctr, self.new.biometry = response.ctr_data, biometry

    def code(
        self, kind: SignatureType = POSSESSION, *, resource: str = RESOURCE_ID, **keys: bytes
    ) -> SignedRequest:
        """Make the code that confirms, or one that looks like it."""
        return self.new.signed(kind, resource=resource, **keys)

    def confirm(self, kind: SignatureType = POSSESSION, **other: Any) -> SignatureVerdict:
        """Send the code that confirms."""
        return signatures.verify_online(self.code(kind, **other), at=timezone.now())

    def works_as_before(self) -> bool:
        """Tell whether a signature of protocol 3 is accepted."""
        return self.old.validate_signature(pin=PIN).status == OK

    def works_as_new(self) -> bool:
        """Tell whether a code of protocol 4 is accepted."""
        return self.new.sign().valid
