"""Status of the activation, repair of the counter, and the time of the server."""

import secrets
from http import HTTPStatus
from typing import Any

from powerauth.phone.errors import CounterDeadlock, PhoneFailure, UntrustworthyAnswer, distrusting
from powerauth.phone.requests.answers import as_object, plain_payload, require_echo, text_member
from powerauth.phone.requests.encrypting import EncryptingPhone
from powerauth.phone.requests.signing import TWO_FACTORS, Factors
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.v3.signature import SignatureType
from powerauth.protocol.v3.status_blob import (
    CHALLENGE_SIZE,
    StatusBlob,
    counter_distance,
    open_status,
)
from powerauth.protocol.versions import traits_of

ACTIVE = 3
"""State byte of a usable activation."""


class StatusPhone(EncryptingPhone):
    """A phone that knows how it stands with the server."""

    def status(self) -> StatusBlob:
        """Ask for the status of the activation, and repair the counter if it is out of step.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.
            CounterDeadlock: the counters are too far apart.

        Source: protocol.md 9.
        """
        has_challenge = traits_of(self.version).status_challenge
        challenge = secrets.token_bytes(CHALLENGE_SIZE) if has_challenge else None
        asked = {"activationId": self.activation_id}
        if challenge is not None:
            asked["challenge"] = b64(challenge)
        payload = plain_payload(self.plain_post("/pa/v3/activation/status", asked))
        blob = self._open_status(payload, challenge)
        if challenge is not None and blob.state == ACTIVE:
            self._repair_counter(blob)
        return blob

    def server_status(self) -> dict[str, Any]:
        """Ask for the time of the server, and set the clock by it. Source: standard 7.14."""
        asked_at_ms = self.own_time_ms()
        payload = as_object(plain_payload(self.plain_post("/pa/v3/status", {})))
        server_ms = payload.get("serverTime")
        if not isinstance(server_ms, int):
            raise UntrustworthyAnswer("serverTime is absent or no number")
        self.synchronise(server_ms, asked_at_ms=asked_at_ms)
        return payload

    def validate_signature(
        self,
        method: str = "POST",
        body: bytes = b"",
        query: str = "",
        factors: Factors = TWO_FACTORS,
        pin: str | None = None,
    ) -> Answer:
        """Let the server check a signature over anything; does not raise when it refuses.

        Source: standard-rest-api.md 7.8.
        """
        return self.signed_post(
            "/pa/v3/signature/validate",
            body,
            resource_id="/pa/signature/validate",
            factors=factors,
            pin=pin,
            method=method,
            query=query,
        )

    def _open_status(self, payload: object, challenge: bytes | None) -> StatusBlob:
        require_echo(payload, "activationId", self.activation_id)
        encrypted_b64 = text_member(payload, "encryptedStatusBlob")
        nonce_b64 = None if challenge is None else text_member(payload, "nonce")
        with distrusting("status"):
            return open_status(
                b64d(encrypted_b64),
                transport_key=self.enrolment.transport_key,
                challenge=challenge,
                nonce=None if nonce_b64 is None else b64d(nonce_b64, size=CHALLENGE_SIZE),
            )

    def _repair_counter(self, blob: StatusBlob) -> None:
        own = self.enrolment
        server_ahead = counter_distance(
            blob,
            transport_key=own.transport_key,
            ctr_data=own.ctr_data,
            look_ahead=blob.look_ahead,
        )
        if server_ahead is not None:
            self.advance(server_ahead)
            return
        phone_ahead = (own.counter - blob.ctr_byte) & 0xFF
        if not 0 < phone_ahead < blob.look_ahead:
            raise CounterDeadlock("phone and server are too far apart")
        if phone_ahead >= blob.look_ahead // 2:
            answer = self.validate_signature(factors=SignatureType.POSSESSION)
            if answer.status != HTTPStatus.OK:
                raise PhoneFailure(answer)
