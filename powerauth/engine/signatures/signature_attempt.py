"""One comparison of a signature with an activation's keys, online or offline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from powerauth.protocol.signed_request import SignatureType, signature_data
from powerauth.protocol.versions import TRAITS, SignatureFormat
from powerauth.values import SignedRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came as a signature, and what it may have signed.

    Args:
        signature: the received text.
        candidates: data to compare with, with the secret, and the type of each.
        digits: digits of a factor in the decimal form.
        version: protocol version, empty for an offline signature.
        signed: base strings without the secret.
        additional_info: goes to the audit record.
    """

    signature: str
    candidates: Sequence[tuple[bytes, SignatureType]]
    fmt: SignatureFormat
    digits: int = 8
    version: str = ""
    application_key: str = ""
    signed: Sequence[bytes] = ()
    additional_info: dict[str, str] = field(default_factory=dict)

    @property
    def counted_type(self) -> SignatureType:
        """Which type a failure counts as: the first candidate's."""
        return self.candidates[0][1]

    @property
    def is_guessable(self) -> bool:
        """Tell whether eight digits are all that it takes: protocol.md 7.5."""
        return self.fmt is SignatureFormat.DECIMAL and self.counted_type.size == 1


def online(request: SignedRequest, secret: str, additional_info: Mapping[str, str]) -> Attempt:
    """Describe the signature of a request.

    Args:
        secret: of the version of the application.
        additional_info: goes to the audit record.
    """
    kind = request.signature_type
    return Attempt(
        signature=request.signature,
        candidates=[(signature_data(base, secret), kind) for base in request.bases],
        fmt=TRAITS[request.version].signature_format,
        version=request.version,
        application_key=request.application_key,
        signed=request.bases,
        additional_info=dict(additional_info),
    )
