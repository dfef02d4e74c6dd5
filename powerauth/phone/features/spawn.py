"""Spawning: an active phone fetches a code for another application of the same user."""

from dataclasses import dataclass, field

from powerauth.phone.errors import distrusting
from powerauth.phone.requests.answers import (
    decrypted_object,
    plain_payload,
    text_member,
    unwrap,
)
from powerauth.phone.requests.encrypting import EncryptingPhone, Signing
from powerauth.phone.requests.signing import TWO_FACTORS, Factors
from powerauth.protocol.activation_code import activation_qr_text, parse_activation_qr
from powerauth.protocol.encryptors import Encryptor

PATH = RESOURCE_ID = "/api/activation/code"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpawnedActivation:
    """An activation that waits for its phone."""

    activation_id: str
    code: str = field(repr=False)
    signature: str = field(repr=False)
    """By the master key of the other application, which only that application can verify."""

    @property
    def qr_text(self) -> str:
        """Text of the QR code that the other application scans."""
        return activation_qr_text(self.code, self.signature)


class SpawningPhone(EncryptingPhone):
    """A phone whose user may activate further applications."""

    def spawn(
        self,
        application_id: str,
        otp: str,
        *,
        pin: str | None = None,
        factors: Factors = TWO_FACTORS,
        encrypted: bool = True,
    ) -> SpawnedActivation:
        """Fetch an activation code for another application.

        Args:
            application_id: the application as the server's rules name it.
            otp: one-time password that the other application will have to show.
            pin: needed for the knowledge factor.
            factors: signature type.
            encrypted: end to end; otherwise the code is as safe as TLS.

        Raises:
            NotActivated: no activation.
            PinMissing: the knowledge factor without a PIN.
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.

        Source: mobile-token-api.md 9.1.
        """
        members = {"applicationId": application_id, "otp": otp}
        fetch = self._fetch_encrypted if encrypted else self._fetch_plain
        payload = fetch(members, Signing(RESOURCE_ID, factors, pin))
        spawned = SpawnedActivation(
            activation_id=text_member(payload, "activationId"),
            code=text_member(payload, "activationCode"),
            signature=text_member(payload, "activationSignature"),
        )
        with distrusting("activation code"):
            parse_activation_qr(spawned.qr_text)
        return spawned

    def _fetch_encrypted(self, members: dict[str, str], signing: Signing) -> object:
        answered = self.encrypted_post(
            PATH,
            {"requestObject": members},
            encryptor=Encryptor.ACTIVATION_GENERIC,
            sign=signing,
        )
        return unwrap(decrypted_object(*answered))

    def _fetch_plain(self, members: dict[str, str], signing: Signing) -> object:
        answer = self.signed_post(
            PATH,
            members,
            resource_id=signing.resource_id,
            factors=signing.factors,
            pin=signing.pin,
        )
        return plain_payload(answer)
