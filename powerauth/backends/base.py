"""What the API layers need of a PowerAuth Server, embedded or remote.

Every method takes the present time, raises EngineRefusal where the server refuses, and decides
races in the server: of two identical requests at most one succeeds. Of a server elsewhere it
raises RemoteFailure where there is no answer; none is asked twice.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from powerauth.protocol.headers import TokenHeader
from powerauth.protocol.signed_request import SignatureType
from powerauth.values import (
    ACTIVE_ONLY,
    ActivationDetail,
    ActivationFacts,
    EncryptedCall,
    OpenedRequest,
    PreparedActivation,
    SealedResponse,
    SignatureVerdict,
    SignedRequest,
    StatusAnswer,
    TokenVerdict,
    UnlockedVault,
)


class Authenticator(Protocol):
    """Who sent this request, and what does it say?"""

    def verify_signature(
        self,
        signed: SignedRequest,
        *,
        admitted: Collection[str] = ACTIVE_ONLY,
        at: datetime,
    ) -> SignatureVerdict:
        """Verify a signature; the attempt is counted whatever the verdict is.

        Args:
            admitted: names of states in which it is compared; a server elsewhere may admit fewer.
        """
        ...

    def verify_token(self, header: TokenHeader, *, at: datetime) -> TokenVerdict:
        """Verify a token digest; nothing is counted."""
        ...

    def open_request(self, call: EncryptedCall, *, at: datetime) -> OpenedRequest:
        """Decrypt a request."""
        ...


class ActivationKeeper(Protocol):
    """What a phone asks for its activation: spec standard-rest-api.md 7."""

    def create_temporary_key(self, jwt: str, *, generation: int = 3, at: datetime) -> str:
        """Answer a signed request for a temporary key.

        Args:
            generation: of the protocol, that the request is written in.
        """
        ...

    def prepare(
        self,
        *,
        code: str,
        call: EncryptedCall,
        custom_attributes: Mapping[str, Any],
        at: datetime,
    ) -> PreparedActivation:
        """Exchange keys with the phone that holds an activation code."""
        ...

    def create_activation(
        self,
        *,
        user_id: str,
        call: EncryptedCall,
        custom_attributes: Mapping[str, Any],
        expires_at: datetime | None = None,
        max_failed_attempts: int | None = None,
        at: datetime,
    ) -> PreparedActivation:
        """Exchange keys with the phone of a known user; the activation waits for its commit."""
        ...

    def commit(self, activation_id: str, *, at: datetime) -> ActivationFacts:
        """Make an activation active that waits for its commit."""
        ...

    def add_flags(
        self, activation_id: str, added: Iterable[str], *, at: datetime
    ) -> ActivationFacts:
        """Add those flags that are missing."""
        ...

    def configuration(self, application_id: str, key: str) -> list[Any]:
        """Give the values that an application has under a key, none if it has none."""
        ...

    def status(self, activation_id: str, challenge: bytes | None, *, at: datetime) -> StatusAnswer:
        """Give the encrypted status."""
        ...

    def detail(self, activation_id: str, *, at: datetime) -> ActivationDetail:
        """Give what the phone may read."""
        ...

    def rename(
        self, activation_id: str, *, name: str, user_id: str, at: datetime
    ) -> ActivationDetail:
        """Rename an activation, as its user asks for it."""
        ...

    def remove(self, activation_id: str, *, at: datetime) -> None:
        """Remove an activation for good."""
        ...

    def create_token(
        self, call: EncryptedCall, signature_type: SignatureType, *, at: datetime
    ) -> SealedResponse:
        """Make a token for the activation of an encrypted request, which alone can read it."""
        ...

    def remove_token(self, token_id: str, *, activation_id: str, at: datetime) -> bool:
        """Delete a token of this activation."""
        ...

    def unlock_vault(
        self, call: EncryptedCall, signed: SignedRequest, *, at: datetime
    ) -> UnlockedVault:
        """Verify the signature and answer with the vault key."""
        ...

    def exchanged_status(self, call: EncryptedCall, *, at: datetime) -> SealedResponse:
        """Give the status to the phone that encrypts for it, in any state after the exchange."""
        ...

    def allowed_suites(self, application_key: str | None) -> Sequence[str]:
        """Name the suites of protocol 4.0 that an application, or the server, allows."""
        ...

    def confirm(self, activation_id: str, *, enable_biometry: bool, at: datetime) -> None:
        """Take over what the user wants, once a code of the phone was verified."""
        ...

    def change_password(self, call: EncryptedCall, *, at: datetime) -> SealedResponse:
        """Agree on another key of knowledge, once a code over the request was verified."""
        ...

    def add_biometry(self, call: EncryptedCall, *, at: datetime) -> SealedResponse:
        """Agree on a key of biometry, once a code over the request was verified."""
        ...

    def remove_biometry(self, activation_id: str, *, at: datetime) -> None:
        """Turn biometry off, once a code of the phone was verified."""
        ...

    def start_upgrade(
        self, activation_id: str, call: EncryptedCall, *, at: datetime
    ) -> SealedResponse:
        """Agree on keys of protocol 4 with the phone of an activation of protocol 3.

        Args:
            activation_id: whose signature over the request was verified.
        """
        ...

    def confirm_upgrade(self, activation_id: str, application_key: str, *, at: datetime) -> None:
        """Complete an upgrade whose confirming code was verified; once more, nothing changes."""
        ...


class PowerAuthBackend(Authenticator, ActivationKeeper, Protocol):
    """A PowerAuth Server."""
