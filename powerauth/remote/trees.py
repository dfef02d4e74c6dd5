"""The methods of the other server by generation of the protocol, and which of them its line has.

Phones of protocol 3 are served by `/rest/v3` of every line, those of protocol 4 by `/rest/v4` of
line 2.0 and later: protocol-4.md 34.2, 34.3.
"""

import logging
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings

from enrollment_server.remote.members import Members
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.versions import TRAITS
from powerauth.remote import envelopes_four, envelopes_three
from powerauth.values import EncryptedCall, Envelope, SealedResponse

logger = logging.getLogger(__name__)

LINES: Mapping[str, frozenset[int]] = {
    "1.9": frozenset({3}),
    "1.10": frozenset({3}),
    "2.0": frozenset({3, 4}),
}
"""Generations that a line of PowerAuth Servers serves; each begins with what it names."""


class Envelopes(Protocol):
    """Encrypted requests as the methods of a tree know them; implemented by modules.

    A request of another generation is refused with DECRYPTION_FAILED.
    """

    def parameters(self, call: EncryptedCall) -> dict[str, Any]:
        """Give what the server has to know of a request that is opened here."""
        ...

    def request(self, call: EncryptedCall) -> dict[str, object]:
        """Give the members of a request that the server opens."""
        ...

    def opened(self, call: EncryptedCall, answer: Members) -> tuple[bytes, Envelope]:
        """Decrypt a request with the keys of an answer.

        Raises:
            ProtocolError: the request is not what it should be.
            WrongShape: the answer has no such keys.
        """
        ...

    def response(self, answer: Members, version: str) -> SealedResponse:
        """Read what the server has encrypted for the phone; raises ProtocolError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The methods for one generation, and their words.

    Args:
        number: of the tree, which is that of the generation.
        verify: the method that verifies a code.
        secrets: the method that gives the keys of an encrypted request.
        exchange: members of a key exchange that only this tree has.
    """

    number: int
    envelopes: Envelopes
    verify: str
    secrets: str
    valid: str
    code: str
    kind: str
    version: str
    signed: str
    status: str
    exchange: Mapping[str, object]


THREE = Tree(
    number=3,
    envelopes=envelopes_three,
    verify="signature/verify",
    secrets="ecies/decryptor",
    valid="signatureValid",
    code="signature",
    kind="signatureType",
    version="signatureVersion",
    signed="signedData",
    status="encryptedStatusBlob",
    exchange={"generateRecoveryCodes": False},
)
FOUR = Tree(
    number=4,
    envelopes=envelopes_four,
    verify="auth/verify",
    secrets="encryptor",
    valid="authenticationValid",
    code="authenticationCode",
    kind="authenticationCodeType",
    version="authenticationVersion",
    signed="requestData",
    status="statusBlob",
    exchange={},
)
_TREES = {tree.number: tree for tree in (THREE, FOUR)}


def of_version(version: str) -> Tree:
    """Give the tree for what a phone sent in a version that is known.

    Raises:
        EngineRefusal: VERSION_NOT_SUPPORTED, as the line of the server does not serve it.
    """
    return of_generation(TRAITS[version].generation)


def serves(generations: AbstractSet[int]) -> bool:
    """Tell whether the line of the server serves some generations."""
    return generations <= LINES[settings.POWERAUTH_SERVICE_LINE]


def of_generation(number: int) -> Tree:
    """Give the tree for a generation of the protocol; errors as `of_version`."""
    line = settings.POWERAUTH_SERVICE_LINE
    if number in LINES[line]:
        return _TREES[number]
    logger.warning(
        "refused what a phone sent: protocol %d is not served by a PowerAuth Server of line %s",
        number,
        line,
    )
    raise EngineRefusal(ErrorCode.VERSION_NOT_SUPPORTED)
