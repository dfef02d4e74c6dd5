"""Moving an activation of protocol 3 up to protocol 4.0."""

from copy import copy
from dataclasses import replace

from powerauth.phone.enrolments import Enrolment3, Enrolment4
from powerauth.phone.errors import (
    PhoneFailure,
    UntrustworthyAnswer,
    UpgradeNotOffered,
    distrusting,
)
from powerauth.phone.features.status import StatusPhone
from powerauth.phone.generations import four
from powerauth.phone.generations.four import key_exchange
from powerauth.phone.requests.answers import decrypted_object, require_ok
from powerauth.phone.requests.bodies import to_json_bytes
from powerauth.phone.requests.transport import Answer
from powerauth.phone.state import NEWEST_OF_3
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.headers import ENCRYPTION_HEADER, SIGNATURE_HEADER, EncryptionHeader
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.activation_messages import KeyExchangeResponse

START, CONFIRM = "/upgrade/start", "/upgrade/confirm"
VERSION = "4.0"


class UpgradingPhone(StatusPhone):
    """A phone that learns a newer protocol."""

    def upgrade(self, pin: str, *, enable_biometry: bool = True) -> None:
        """Move the activation up to protocol 4.0, in the suite of the phone.

        Until the server has confirmed it, the phone goes on with protocol 3. After a failure at any
        step, also a lost answer, it is to be repeated.

        Args:
            pin: the PIN, which stays.
            enable_biometry: whether the server shall take codes by biometry.

        Raises:
            NotActivated: no activation.
            UpgradeNotOffered: the server does not want it, or it has been done; nothing changed.
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.

        Source: protocol-4.md 30.
        """
        if not isinstance(self.enrolment, Enrolment3):
            raise UpgradeNotOffered("the activation is of protocol 4.0 already")
        # An app that knows protocol 4.0 knows the newest version of 3.
        self.version = NEWEST_OF_3
        if self.state.upgraded is None or not self._finish():
            if not self.status().upgrade_offered:
                raise UpgradeNotOffered("the server offers no newer protocol to this activation")
            self._start(pin, enable_biometry=enable_biometry)
            require_ok(self._confirm())

    def _finish(self) -> bool:
        """Confirm what was cut off; tell whether the server agreed.

        Raises:
            PhoneFailure: it refused, and does not know the activation by protocol 3 any more.
        """
        answer = self._confirm()
        if not answer.ok:
            try:
                self.status()
            except UntrustworthyAnswer:
                raise PhoneFailure(answer) from None
        return answer.ok

    def _start(self, pin: str, *, enable_biometry: bool) -> None:
        """Exchange keys beside those of protocol 3. Source: protocol-4.md 30; trap 21 of 37."""
        exchange = key_exchange.begin(self)
        key = self.fetch_key(Scope.APPLICATION, four.GENERATION)
        plaintext = to_json_bytes({**exchange.members, "enableBiometry": enable_biometry})
        request, envelope = four.GENERATION.envelopes.seal(
            self, plaintext, Encryptor.UPGRADE_START, key
        )
        body = to_json_bytes(request.to_json())
        encryption = EncryptionHeader(
            application_key=self.application_key, activation_id=None, version=VERSION
        )
        headers = {
            SIGNATURE_HEADER: self.sign("POST", f"/pa{START}", body, pin=pin),
            ENCRYPTION_HEADER: encryption.format(),
        }
        answer = self.server.post(f"{four.GENERATION.base_path}{START}", body, headers)
        plain = self.open_answer(answer.json, envelope) if answer.success else None
        with distrusting("upgrade"):
            response = KeyExchangeResponse.parse(decrypted_object(answer, plain))
        upgraded = exchange.enrol(self, response, self.activation_id, pin)
        upgraded = replace(upgraded, unconfirmed=False)
        self._keep_beside(upgraded if enable_biometry else upgraded.without_biometry())

    def _confirm(self) -> Answer:
        """Prove the new keys; as soon as the server agrees, there are no others."""
        moved = copy(self)
        moved.state = replace(
            self.state, version=VERSION, enrolment=self.state.upgraded, upgraded=None, token=None
        )
        header = moved.sign("POST", f"/pa{CONFIRM}", b"", factors=SignatureType.POSSESSION)
        # The counter is kept before it is used: nothing repairs it until there is an agreement.
        self._keep_beside(moved.enrolment_4)
        path = f"{four.GENERATION.base_path}{CONFIRM}"
        answer = self.server.post(path, b"", {SIGNATURE_HEADER: header})
        if answer.ok:
            self.state = moved.state
            self.temporary_keys.clear()
            self.checkpoint()
        return answer

    def _keep_beside(self, upgraded: Enrolment4) -> None:
        self.state = replace(self.state, upgraded=upgraded)
        self.checkpoint()
