"""Tokens: create, use and remove them."""

from collections.abc import Mapping

from powerauth.phone.errors import distrusting
from powerauth.phone.requests.answers import (
    decrypted_object,
    plain_payload,
    require_echo,
    text_member,
)
from powerauth.phone.requests.bodies import to_body
from powerauth.phone.requests.encrypting import EncryptingPhone, Signing
from powerauth.phone.requests.signing import Factors
from powerauth.phone.requests.transport import Answer
from powerauth.phone.state import Token
from powerauth.protocol.encoding import b64d
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.headers import TOKEN_HEADER
from powerauth.protocol.signed_request import SignatureType


class TokenPhone(EncryptingPhone):
    """A phone that authenticates by tokens."""

    def create_token(
        self, factors: Factors = SignatureType.POSSESSION, pin: str | None = None
    ) -> Token:
        """Create a token and make it the phone's usual one.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.

        Source: protocol.md 8.1, protocol-4.md 26.
        """
        answered = self.encrypted_post(
            self.path_of("token/create"),
            {},
            encryptor=Encryptor.CREATE_TOKEN,
            sign=Signing("/pa/token/create", factors, pin),
            sign_encrypted=True,
        )
        members = decrypted_object(*answered)
        with distrusting("token"):
            size = self.generation.codes.TOKEN_SECRET_SIZE
            secret = b64d(text_member(members, "tokenSecret"), size=size)
        kind = SignatureType.parse(factors)
        self.token = Token(
            token_id=text_member(members, "tokenId"), secret=secret, factors=kind.value
        )
        return self.token

    def usual_token(self) -> Token:
        """Return the phone's usual token; create one of possession on first use."""
        return self.create_token() if self.token is None else self.token

    def token_post(
        self,
        path: str,
        payload: object,
        *,
        token: Token | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request with a token.

        Args:
            path: below the base address.
            payload: bytes are sent as they are, anything else as ``{"requestObject": payload}``.
            token: the phone's usual token by default.
            headers: further headers; they win over the phone's own.

        Raises:
            PhoneFailure: the server refused to create the usual token.
        """
        own = {TOKEN_HEADER: self.token_header(token or self.usual_token())}
        return self.server.post(path, to_body(payload), {**own, **(headers or {})})

    def remove_token(
        self,
        token: Token,
        *,
        factors: Factors = SignatureType.POSSESSION,
        pin: str | None = None,
    ) -> None:
        """Remove a token on the server, and forget it.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer names another token.

        Source: protocol.md 8.4.
        """
        answer = self.signed_post(
            self.path_of("token/remove"),
            {"tokenId": token.token_id},
            resource_id="/pa/token/remove",
            factors=factors,
            pin=pin,
        )
        require_echo(plain_payload(answer), "tokenId", token.token_id)
        if self.token == token:
            self.token = None
