"""What the engine and the backends tell their callers about activations, signatures and tokens."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.signed_request import SignatureType

ACTIVE_ONLY: Collection[str] = frozenset({"ACTIVE"})
"""The states in which a phone may do something, where nothing else is said."""


class SealedRequest(Protocol):
    """The members of an encrypted request, of any generation, as received."""

    @property
    def temporary_key_id(self) -> str | None:
        """Which key it is encrypted for, where it says so."""
        ...

    @property
    def nonce(self) -> bytes | None:
        """What makes it unique."""
        ...

    @property
    def timestamp(self) -> int | None:
        """Milliseconds since 1970."""
        ...

    def to_json(self) -> dict[str, object]:
        """Return the JSON members; absent ones are left out."""
        ...


@runtime_checkable
class SealedResponse(Protocol):
    """The members of an encrypted response, of any generation."""

    def to_json(self) -> dict[str, object]:
        """Return the JSON members; absent ones are left out."""
        ...


class Envelope(Protocol):
    """One exchange, whose request was opened."""

    def seal_response(self, plaintext: bytes, *, timestamp: int) -> SealedResponse:
        """Encrypt the response.

        Args:
            timestamp: milliseconds since 1970.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationFacts:
    """An activation as a caller may know it.

    `state` and `blocked_reason` are wire names, such as `ACTIVE` and `MAX_FAILED_ATTEMPTS`.
    """

    activation_id: str
    state: str
    user_id: str = ""
    application_id: str = ""
    blocked_reason: str = ""
    flags: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureVerdict:
    """The answer to a signature: integration-api.md 8.1.

    `complete` is False where the document gives the short result, or knows no activation. `reason`
    is for logs only.
    """

    valid: bool
    activation: ActivationFacts
    signature_type: SignatureType
    remaining_attempts: int = 0
    complete: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenVerdict:
    """The answer to a token digest: integration-api.md 9.3. No activation: unknown token.

    `reason` is for logs only.
    """

    valid: bool
    activation: ActivationFacts | None = None
    signature_type: SignatureType | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedActivation:
    """The outcome of a key exchange; `response` is encrypted for the client."""

    activation: ActivationFacts
    response: SealedResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusAnswer:
    """What the status endpoint answers: an encrypted blob, and a nonce if there was a challenge."""

    blob: bytes
    nonce: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """An online signature with what it may have signed.

    Args:
        bases: base strings without the secret; more than one where an endpoint accepts several
            resource ids. All of them together are one attempt.
    """

    activation_id: str
    application_key: str
    signature: str
    signature_type: SignatureType
    version: str
    bases: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedCall:
    """An encrypted request with what its header says.

    `application_key` and `activation_id` are texts exactly as received: they are cryptographic
    input. `activation_id` is None in application scope.
    """

    request: SealedRequest
    encryptor: Encryptor
    version: str
    application_key: str
    activation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRequest:
    """The plaintext of an encrypted request, and the envelope that encrypts its answer.

    Args:
        activation_id: as the phone sent it; None in application scope.
        application_id: asks whose application it is.
        activation: asks for the activation, in activation scope only. Either may have to ask
            another server, and raises EngineRefusal where that refuses.
    """

    plaintext: bytes
    envelope: Envelope
    activation_id: str | None
    application_id: Callable[[], str]
    activation: Callable[[], ActivationFacts | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedToken:
    """A new token; only the encrypted response carries its secret."""

    token_id: str
    response: SealedResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockedVault:
    """The outcome of a vault unlock; the response is None where no answer can be encrypted.

    `reason` is for logs only.
    """

    signature_valid: bool
    reason: str = ""
    response: SealedResponse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationDetail:
    """What a phone may read about its activation."""

    activation_id: str
    name: str
