"""What a part of a generation that sends requests of its own needs of a phone."""

from collections.abc import Callable
from typing import Protocol

from powerauth.phone.enrolments import AnyEnrolment, Enrolment3, Enrolment4
from powerauth.phone.generations.values import Status
from powerauth.phone.pin import PinKeys
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.signed_request import SignatureType


class Channel(Protocol):
    """What a part that sends requests of its own needs of a phone; see `PhoneCore`."""

    pin_keys: PinKeys
    checkpoint: Callable[[], object]

    @property
    def version(self) -> str: ...

    @property
    def enrolment_3(self) -> Enrolment3: ...

    @property
    def enrolment_4(self) -> Enrolment4: ...

    def keep(self, enrolment: AnyEnrolment) -> None: ...

    def plain_post(self, path: str, payload: object) -> Answer:
        """Send a request without any authentication."""
        ...

    def signed_post(
        self,
        path: str,
        payload: object,
        *,
        resource_id: str,
        factors: SignatureType | str = ...,
        pin: str | None = None,
        own: AnyEnrolment | None = None,
    ) -> Answer:
        """Send a signed request."""
        ...

    def encrypted_post(
        self,
        path: str,
        plaintext: object,
        *,
        encryptor: Encryptor,
        sign: tuple[str, SignatureType | str, str | None] | None = None,
        sign_encrypted: bool = False,
    ) -> tuple[Answer, bytes | None]:
        """Send an encrypted request, and decrypt the answer."""
        ...


class OwnersChannel(Channel, Protocol):
    """What a change of factors needs of a phone besides."""

    def status(self) -> Status:
        """Ask for the status, and repair the counter."""
        ...

    def unlock_vault(self, pin: str | None, reason: str | None) -> bytes:
        """Fetch the key of the vault that protects private keys."""
        ...
