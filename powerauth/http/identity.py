"""Who sent a request, once it is known."""

from dataclasses import dataclass

from rest_framework.request import Request

from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.versions import TRAITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The authenticated context of a request: mobile-token-api.md 2.2.

    `signature_type` is the type of the signature, or the one that the token was created with.
    """

    user_id: str
    application_id: str
    activation_id: str
    flags: tuple[str, ...]
    roles: tuple[str, ...]
    signature_type: SignatureType
    version: str

    @property
    def generation(self) -> int:
        """Give the generation of the protocol that the request was made in."""
        return TRAITS[self.version].generation


def identity(request: Request) -> Identity:
    """Give who sent an authenticated request.

    Raises:
        TypeError: the view authenticates nobody; a defect.
    """
    me = request.user
    if not isinstance(me, Identity):
        raise TypeError("the view has no authentication")
    return me
