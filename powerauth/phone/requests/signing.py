"""Requests that carry a signature, and the header that a token makes."""

import secrets
from collections.abc import Mapping
from dataclasses import replace

from powerauth.phone.core import PhoneCore
from powerauth.phone.enrolments import AnyEnrolment
from powerauth.phone.errors import BiometryMissing, PinMissing
from powerauth.phone.generations import choice
from powerauth.phone.generations.base import Generation
from powerauth.phone.pin import unlock_key
from powerauth.phone.requests.bodies import to_body
from powerauth.phone.requests.transport import Answer
from powerauth.phone.state import Token, known_traits
from powerauth.protocol.encoding import b64
from powerauth.protocol.headers import (
    NONCE_SIZE,
    SIGNATURE_HEADER,
    SignatureHeader,
    TokenHeader,
)
from powerauth.protocol.keys import FactorKeys
from powerauth.protocol.signed_request import (
    SignatureType,
    canonical_query,
    normalize_request,
    signature_data,
)

Factors = SignatureType | str
TWO_FACTORS = SignatureType.POSSESSION_KNOWLEDGE


class SigningPhone(PhoneCore):
    """A phone that signs what it is told to sign."""

    @property
    def generation(self) -> Generation:
        """What the version of the phone decides."""
        return choice.of_version(self.version)

    def path_of(self, name: str) -> str:
        """Give the path of an endpoint of the protocol, such as ``token/create``."""
        return f"{self.generation.base_path}/{name}"

    def factor_keys(
        self, kind: SignatureType, pin: str | None, own: AnyEnrolment | None = None
    ) -> FactorKeys:
        """Unlock the keys of the factors; the others are zero.

        Args:
            kind: names the factors.
            pin: needed for the knowledge factor.
            own: the activation; that of the phone by default.

        Raises:
            NotActivated: no activation.
            PinMissing: the knowledge factor without a PIN.
            BiometryMissing: the biometry factor of an activation without biometry.
        """
        own = self.enrolment if own is None else own
        knowledge = biometry = bytes(choice.GENERATIONS[own.generation].codes.KEY_SIZE)
        if "knowledge" in kind.factors:
            if pin is None:
                raise PinMissing("the knowledge factor needs the PIN")
            knowledge = unlock_key(self.pin_keys.key_of(pin, own.pin_salt), own.knowledge_locked)
        if "biometry" in kind.factors:
            if not own.biometry_locked:
                raise BiometryMissing("the phone has no biometry")
            biometry = unlock_key(own.biometry_lock, own.biometry_locked)
        return FactorKeys(possession=own.possession_key, knowledge=knowledge, biometry=biometry)

    def signature_header(
        self,
        method: str,
        resource_id: str,
        body: bytes,
        *,
        factors: Factors = TWO_FACTORS,
        pin: str | None = None,
        advance: bool = True,
        nonce: bytes | None = None,
        own: AnyEnrolment | None = None,
    ) -> SignatureHeader:
        """Sign a request.

        Args:
            method: HTTP method.
            resource_id: identifier agreed for the endpoint, such as ``/operation/cancel``.
            body: the signed bytes; for GET the canonical query.
            factors: signature type.
            pin: needed for the knowledge factor; a wrong one makes a wrong signature.
            advance: move the counter, as an app does even if the request is never sent.
            nonce: 16 bytes; random by default.
            own: gives the keys of the factors in the place of the phone's activation, of which it
                is a later state; the counter is that of the phone.

        Raises:
            NotActivated: no activation.
            PinMissing: the knowledge factor without a PIN.
            BiometryMissing: the biometry factor of an activation without biometry.

        Source: protocol.md 7.1, 7.3, 7.5, protocol-4.md 24.
        """
        kind = SignatureType.parse(factors)
        nonce_b64 = b64(secrets.token_bytes(NONCE_SIZE) if nonce is None else nonce)
        base = normalize_request(method, resource_id, nonce_b64, body)
        signature = self.generation.codes.compute(
            signature_data(base, self.application_secret),
            keys=self.factor_keys(kind, pin, own),
            kind=kind,
            ctr=self.enrolment.ctr_data,
            fmt=known_traits(self.version).signature_format,
        )
        if advance:
            self.advance()
        return SignatureHeader(
            activation_id=self.activation_id,
            application_key=self.application_key,
            nonce=nonce_b64,
            signature_type=kind,
            signature=signature,
            version=self.version,
        )

    def sign(
        self,
        method: str,
        resource_id: str,
        body: bytes,
        *,
        factors: Factors = TWO_FACTORS,
        pin: str | None = None,
        advance: bool = True,
        own: AnyEnrolment | None = None,
    ) -> str:
        """Return the value of ``X-PowerAuth-Authorization``; see `signature_header`."""
        return self.signature_header(
            method, resource_id, body, factors=factors, pin=pin, advance=advance, own=own
        ).format()

    def signed_post(
        self,
        path: str,
        payload: object,
        *,
        resource_id: str,
        factors: Factors = TWO_FACTORS,
        pin: str | None = None,
        method: str = "POST",
        query: str = "",
        headers: Mapping[str, str] | None = None,
        own: AnyEnrolment | None = None,
    ) -> Answer:
        """Sign a request and send it.

        Args:
            path: below the base address.
            payload: bytes are sent as they are, anything else as ``{"requestObject": payload}``.
            resource_id: see `signature_header`, as `factors` and `pin`.
            method: HTTP method; for GET the query is signed, for others the body.
            query: the query of the address, without the ``?``.
            headers: further headers; they win over the phone's own.
            own: see `signature_header`.
        """
        body = to_body(payload)
        signed = canonical_query(query) if method == "GET" else body
        value = self.sign(method, resource_id, signed, factors=factors, pin=pin, own=own)
        address = f"{path}?{query}" if query else path
        answer = self.server.request(
            method, address, body, {SIGNATURE_HEADER: value, **(headers or {})}
        )
        if answer.success:
            self.learn_proof(factors, own)
        return answer

    def learn_proof(self, factors: Factors, own: AnyEnrolment | None = None) -> None:
        """Remember that the server agreed to a code of this phone.

        Args:
            factors: those of the code.
            own: what gave the keys, see `signature_header`.
        """
        counter, ctr_data = self.enrolment.counter, self.enrolment.ctr_data
        proven = self.enrolment if own is None else own
        proven = proven.proven(SignatureType.parse(factors).factors)
        self.keep(replace(proven, counter=counter, ctr_data=ctr_data))

    def token_header(
        self,
        token: Token,
        *,
        timestamp: int | None = None,
        nonce: bytes | None = None,
        version: str | None = None,
    ) -> str:
        """Return the value of ``X-PowerAuth-Token``.

        Args:
            token: the token.
            timestamp: milliseconds since 1970; the time of the server by default.
            nonce: 16 bytes; random by default.
            version: the phone's version by default.

        Source: protocol.md 8.2, protocol-4.md 26.
        """
        timestamp = self.time_ms() if timestamp is None else timestamp
        nonce = secrets.token_bytes(NONCE_SIZE) if nonce is None else nonce
        version = self.version if version is None else version
        codes = choice.of_version(version).codes
        digest = codes.token_digest(token, nonce=nonce, timestamp=timestamp, version=version)
        return TokenHeader(
            token_id=token.token_id,
            digest=digest,
            nonce=nonce,
            timestamp=timestamp,
            version=version,
        ).format()
