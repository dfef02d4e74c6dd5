"""A phone that moves up over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from powerauth.phone.requests.transport import Answer
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.headers import SIGNATURE_HEADER
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.activation import DeviceExchange
from powerauth.protocol.v4.activation_messages import KeyExchangeResponse
from powerauth.protocol.v4.suites import Suite
from tests.api.standard.v4.phone import WirePhone, opened, to_bytes, wire_phone
from tests.bank import PIN, Bank
from tests.engine.generations_four.phone import Sealed
from tests.engine.upgrades.moving import POSSESSION, Moving

PK = SignatureType.POSSESSION_KNOWLEDGE
START, CONFIRM = "/upgrade/start", "/upgrade/confirm"
START_ID, CONFIRM_ID = "/pa/upgrade/start", "/pa/upgrade/confirm"


@dataclass(slots=True, kw_only=True)
class WireMoving(Moving):
    """Both halves of a phone, which send what they compute."""

    new: WirePhone

    @classmethod
    def of(cls, bank: Bank, suite: Suite, **values: Any) -> Self:
        """Give a phone of a bank with an ACTIVE activation of protocol 3."""
        old = bank.phone("alice", **values)
        new = wire_phone(bank.application, suite)
        new.server = old.server
        new.activation_id = old.activation_id
        return cls(old=old, new=new)

    def sealed(self, **changes: Any) -> Sealed:
        """Encrypt what the phone asks with."""
        return self.new.seal(self.asked(**changes), Encryptor.UPGRADE_START)

    def headers(
        self,
        body: bytes,
        *,
        factors: SignatureType = PK,
        resource: str = START_ID,
        pin: str = PIN,
    ) -> dict[str, str]:
        """Give the headers of both generations."""
        signature = self.old.sign("POST", resource, body, factors=factors, pin=pin)
        return {SIGNATURE_HEADER: signature, **self.new.encryption_header(Scope.APPLICATION)}

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a request to begin."""
        return self.new.post(START, body, headers)

    def begin(self, sealed: Sealed | None = None, **signing: Any) -> Answer:
        """Ask to begin; see `headers` for what may be signed in another way."""
        body = to_bytes((sealed or self.sealed()).call.request.to_json())
        return self.post(body, self.headers(body, **signing))

    def ask(self, **changes: Any) -> KeyExchangeResponse:
        sealed = self.sealed(**changes)
        return KeyExchangeResponse.parse(opened(sealed.envelope, self.begin(sealed)))

    def start(self, *, biometry: bool = True) -> None:
        self.new.device = DeviceExchange.generate(self.new.suite)
        response = self.ask(enableBiometry=biometry)
        self.new.secret, self.new.server_keys = self.new.device.accept(response)
        self.new.ctr, self.new.biometry = response.ctr_data, biometry

    def finish(
        self, kind: SignatureType = POSSESSION, body: object = b"", resource: str = CONFIRM_ID
    ) -> Answer:
        """Send the code that confirms, or one that looks like it."""
        return self.new.post_signed(CONFIRM, resource, body, kind)

    def works_as_new(self) -> bool:
        return self.new.validate().ok
