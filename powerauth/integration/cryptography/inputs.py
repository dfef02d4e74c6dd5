"""Arguments that methods with encryption and signatures share: integration-api.md 7 and 8."""

from collections.abc import Mapping
from typing import Any, ClassVar

from powerauth.engine.generations import choice
from powerauth.integration.inputs.base import Input, wire_name
from powerauth.integration.inputs.fields import Number, Text
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.versions import traits_of
from powerauth.rules import given, invalid
from powerauth.values import EncryptedCall, SignedRequest


def require(body: Mapping[str, Any], *names: str) -> None:
    """Refuse a request that lacks one of these members.

    Raises:
        EngineRefusal: INVALID_REQUEST.
    """
    for name in names:
        given(wire_name(name), body[name])


def spoken_in(tree: int) -> frozenset[int]:
    """Give the generations of the protocol whose versions a tree names.

    Source: protocol-4.md 34.4, 39.1.
    """
    return frozenset(number for number in choice.SERVED if number <= tree)


def checked_version(text: str, *, tree: int, member: str = "protocolVersion") -> str:
    """Give a protocol version that there is in a tree; the engine says whether it may be spoken.

    Args:
        tree: in which the method is called, see `spoken_in`.
        member: of a request, that it stands in.

    Raises:
        EngineRefusal: INVALID_REQUEST for any other.
    """
    try:
        return traits_of(text, spoken_in(tree)).version
    except ProtocolError as error:
        raise invalid(member, "must be a protocol version that is known here") from error


class CompleteInput(Input):
    """The members of a request that is refused if it lacks a needed one."""

    _needed: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._needed = tuple(
            name for name, field in cls._declared_fields.items() if getattr(field, "needed", False)
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Let whole requests pass.

        Raises:
            EngineRefusal: INVALID_REQUEST for the first needed member that is missing.
        """
        require(attrs, *self._needed)
        return attrs


class EnvelopeInput(Input):
    """A phone's encrypted request with its application; the members are texts as the phone sent.

    What is missing in the envelope is for `encrypted_call` to refuse, by the rules of its version.
    """

    application_key = Text(needed=True)
    temporary_key_id = Text()
    ephemeral_public_key = Text(needed=True)
    encrypted_data = Text(needed=True)
    mac = Text(needed=True)
    nonce = Text()
    timestamp = Number()


def encrypted_call(
    body: Mapping[str, Any],
    encryptor: Encryptor,
    *,
    tree: int,
    version: str | None,
    activation_id: str | None,
) -> EncryptedCall:
    """Read the envelope of a request.

    Args:
        tree: see `checked_version`.

    Raises:
        EngineRefusal: INVALID_REQUEST for members that do not fit the version, or for a version
            that there is not.
    """
    checked = checked_version(version or "", tree=tree)
    members = {
        "temporaryKeyId": body["temporary_key_id"],
        "ephemeralPublicKey": body["ephemeral_public_key"],
        "encryptedData": body["encrypted_data"],
        "mac": body["mac"],
        "nonce": body["nonce"],
        "timestamp": body["timestamp"],
    }
    try:
        request = choice.of_version(checked).envelopes.read(members, checked)
    except ProtocolError as error:
        raise invalid("", "must be an envelope of its protocol version") from error
    return EncryptedCall(
        request=request,
        encryptor=encryptor,
        version=checked,
        application_key=body["application_key"],
        activation_id=activation_id,
    )


def signed_request(body: Mapping[str, Any], data: str, *, tree: int) -> SignedRequest:
    """Read the signature of a request and who made it.

    Args:
        tree: see `checked_version`.
        data: what it covers, together with the application secret.

    Raises:
        EngineRefusal: INVALID_REQUEST for a version that this bank's phones may not speak.
    """
    return SignedRequest(
        activation_id=body["activation_id"],
        application_key=body["application_key"],
        signature=body["signature"],
        signature_type=body["signature_type"],
        version=checked_version(body["signature_version"], tree=tree, member="signatureVersion"),
        bases=[data.encode()],
    )
