"""The three PowerAuth HTTP headers: grammar, validation and formatting.

Texts that enter cryptographic input (ids, nonce, application key) stay as the client sent them. A
reader says which generations of the protocol its caller serves; other versions are refused.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from powerauth.protocol.encoding import b64, b64d, is_uuid
from powerauth.protocol.encryptors import Scope
from powerauth.protocol.errors import MalformedHeader
from powerauth.protocol.primitives import KEY_SIZE
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.versions import (
    GENERATION_3,
    TRAITS,
    SignatureFormat,
    VersionTraits,
    traits_of,
)

SIGNATURE_HEADER = "X-PowerAuth-Authorization"
TOKEN_HEADER = "X-PowerAuth-Token"  # noqa: S105 - the name of a header is no secret
ENCRYPTION_HEADER = "X-PowerAuth-Encryption"

NONCE_SIZE = 16  # bytes
DIGEST_SIZE = 32  # bytes

_SCHEME = re.compile(r"PowerAuth [ \t]*")
_PARAMETER = re.compile(r'([A-Za-z0-9_]+)=(?:"([^"]*)"|([^\s"]\S*))(?:[, \t]+|\Z)')
_DECIMAL = re.compile(r"[0-9]{8}(?:-[0-9]{8}){0,2}")
_TIMESTAMP = re.compile(r"[0-9]{9,15}")


def parse_parameters(value: str) -> dict[str, str]:
    """Split a header value into its parameters.

    Returns: name -> value; the last one of equal names wins. Empty if the scheme or any parameter
    breaks the grammar. An unquoted value reaches to the next white space.

    Source: protocol.md 0.5; checked by http_headers.
    """
    text = value.strip()
    match = _SCHEME.match(text)
    parameters: dict[str, str] = {}
    while match is not None and match.end() < len(text):
        match = _PARAMETER.match(text, match.end())
        if match is None:
            return {}
        name, quoted, bare = match.groups()
        parameters[name] = bare if quoted is None else quoted
    return parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureHeader:
    """X-PowerAuth-Authorization. Source: protocol.md 7.5, protocol-4.md 16.4."""

    activation_id: str
    """As sent, which may be in upper case."""
    application_key: str
    nonce: str
    """Base64 text as sent; it is signed in this form."""
    signature_type: SignatureType
    signature: str
    version: str

    @classmethod
    def parse(cls, value: str, generations: Collection[int] = GENERATION_3) -> Self:
        """Read and validate a header value.

        The version decides which names its type and its signature have; the others are ignored.

        Raises:
            ProtocolError: a parameter is absent or malformed, the version is not one of these
                generations, the form of the signature does not fit the version, or its parts do
                not fit the type.

        Source: protocol.md 7.5, protocol-4.md 16.4.
        """
        parameters = parse_parameters(value)
        traits = traits_of(_required(parameters, "pa_version"), generations)
        header = cls(
            activation_id=_uuid(parameters, "pa_activation_id"),
            application_key=_application_key(parameters, "pa_application_key"),
            nonce=_required(parameters, "pa_nonce"),
            signature_type=SignatureType.parse(_required(parameters, traits.type_parameter)),
            signature=_required(parameters, traits.signature_parameter),
            version=traits.version,
        )
        b64d(header.nonce, size=NONCE_SIZE)
        _check_signature(header.signature, traits, header.signature_type.size)
        return header

    def format(self) -> str:
        """Write the header value."""
        traits = TRAITS[self.version]
        proof = {
            traits.type_parameter: self.signature_type.value,
            traits.signature_parameter: self.signature,
        }
        return _format(
            pa_activation_id=self.activation_id,
            pa_application_key=self.application_key,
            pa_nonce=self.nonce,
            **proof,
            pa_version=self.version,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionHeader:
    """X-PowerAuth-Encryption. Source: protocol.md 5.7."""

    application_key: str
    activation_id: str | None
    """As sent; None in application scope."""
    version: str

    @classmethod
    def parse(cls, value: str, generations: Collection[int] = GENERATION_3) -> Self:
        """Read and validate a header value.

        Raises:
            ProtocolError: a parameter is absent or malformed, or the version is not one of these
                generations.

        Source: protocol.md 5.7.
        """
        parameters = parse_parameters(value)
        has_activation = "activation_id" in parameters
        return cls(
            version=traits_of(_required(parameters, "version"), generations).version,
            application_key=_application_key(parameters, "application_key"),
            activation_id=_uuid(parameters, "activation_id") if has_activation else None,
        )

    def check_scope(self, scope: Scope) -> None:
        """Refuse an activation id in application scope, and its absence in activation scope.

        Raises:
            MalformedHeader: the header does not fit the scope.

        Source: protocol.md 5.7.
        """
        if (self.activation_id is None) is not (scope is Scope.APPLICATION):
            raise MalformedHeader("the header does not fit the scope")

    def agrees_with(self, signature: SignatureHeader) -> bool:
        """Tell whether a request may carry both headers. Source: protocol.md 5.7."""
        return (
            self.version == signature.version
            and self.application_key == signature.application_key
            and self.activation_id in (None, signature.activation_id)
        )

    def format(self) -> str:
        """Write the header value."""
        scope = {} if self.activation_id is None else {"activation_id": self.activation_id}
        return _format(version=self.version, application_key=self.application_key, **scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenHeader:
    """X-PowerAuth-Token. Source: protocol.md 8.2."""

    token_id: str
    """As sent, which may be in upper case."""
    digest: bytes
    nonce: bytes
    timestamp: int
    """Milliseconds since 1970."""
    version: str

    @classmethod
    def parse(cls, value: str, generations: Collection[int] = GENERATION_3) -> Self:
        """Read and validate a header value.

        Raises:
            ProtocolError: a parameter is absent or malformed, or the version is not one of these
                generations.

        Source: protocol.md 8.2.
        """
        parameters = parse_parameters(value)
        timestamp = _required(parameters, "timestamp")
        if _TIMESTAMP.fullmatch(timestamp) is None:
            raise MalformedHeader("timestamp malformed")
        return cls(
            version=traits_of(_required(parameters, "version"), generations).version,
            token_id=_uuid(parameters, "token_id"),
            digest=b64d(_required(parameters, "token_digest"), size=DIGEST_SIZE),
            nonce=b64d(_required(parameters, "nonce"), size=NONCE_SIZE),
            timestamp=int(timestamp),
        )

    def format(self) -> str:
        """Write the header value."""
        return _format(
            token_id=self.token_id,
            token_digest=b64(self.digest),
            nonce=b64(self.nonce),
            timestamp=str(self.timestamp),
            version=self.version,
        )


def _required(parameters: dict[str, str], name: str) -> str:
    try:
        return parameters[name]
    except KeyError:
        raise MalformedHeader(f"{name} is absent") from None


def _uuid(parameters: dict[str, str], name: str) -> str:
    text = _required(parameters, name)
    if not is_uuid(text):
        raise MalformedHeader(f"{name} is not a UUID")
    return text


def _application_key(parameters: dict[str, str], name: str) -> str:
    text = _required(parameters, name)
    b64d(text, size=KEY_SIZE)
    return text


def _check_signature(text: str, traits: VersionTraits, factors: int) -> None:
    if traits.signature_format is SignatureFormat.BASE64:
        if len(text) % 4:
            # Elsewhere padding may be missing; here the text is compared as it stands.
            raise MalformedHeader("the signature has no padding")
        b64d(text, size=traits.signature_part * factors)
    elif _DECIMAL.fullmatch(text) is None or text.count("-") != factors - 1:
        raise MalformedHeader("the signature does not fit its version or type")


def _format(**parameters: str) -> str:
    return "PowerAuth " + ", ".join(f'{name}="{value}"' for name, value in parameters.items())
