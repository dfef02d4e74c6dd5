"""Status of the activation, repair of the counter, and the time of the server."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from powerauth.phone.enrolments import Enrolment4
from powerauth.phone.errors import CounterDeadlock, PhoneFailure, UntrustworthyAnswer
from powerauth.phone.generations.values import Status
from powerauth.phone.requests.answers import as_object, plain_payload
from powerauth.phone.requests.encrypting import EncryptingPhone
from powerauth.phone.requests.signing import TWO_FACTORS, Factors
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.signed_request import SignatureType

ACTIVE = 3
"""State byte of a usable activation."""


class StatusPhone(EncryptingPhone):
    """A phone that knows how it stands with the server."""

    def status(self) -> Status:
        """Ask for the status of the activation, and repair the counter if it is out of step.

        Biometry that only one side knows of is removed there.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.
            CounterDeadlock: the counters are too far apart.

        Source: protocol.md 9, protocol-4.md 27.
        """
        status = self.generation.statuses.fetch(self)
        self._learn_confirmation(status)
        if status.state == ACTIVE and status.counter_byte is not None:
            self._repair_counter(status, status.counter_byte)
            self._settle_biometry(status)
        return status

    def server_status(self) -> dict[str, Any]:
        """Ask for the time of the server, and set the clock by it. Source: standard 7.14."""
        asked_at_ms = self.own_time_ms()
        payload = as_object(plain_payload(self.plain_post(self.path_of("status"), {})))
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
        """Let the server check a code over anything; does not raise when it refuses.

        Source: standard-rest-api.md 7.8, protocol-4.md 29.
        """
        name = self.generation.validation
        return self.signed_post(
            self.path_of(name),
            body,
            resource_id=f"/pa/{name}",
            factors=factors,
            pin=pin,
            method=method,
            query=query,
        )

    def _learn_confirmation(self, status: Status) -> None:
        own = self.enrolment
        if isinstance(own, Enrolment4):
            pending = status.confirmation_pending
            self.keep(replace(own, unconfirmed=pending))

    def _settle_biometry(self, status: Status) -> None:
        """Take biometry from the side that has it too much. Source: protocol-4.md 27.2."""
        has, enabled = bool(self.enrolment.biometry_locked), status.biometry_enabled
        if enabled is None or status.confirmation_pending or has is enabled:
            return
        if has:
            self.keep(self.enrolment.without_biometry())
        else:
            self.generation.factors.remove_biometry(self)

    def _repair_counter(self, status: Status, counter_byte: int) -> None:
        if status.server_ahead is not None:
            self.advance(status.server_ahead)
            return
        phone_ahead = (self.enrolment.counter - counter_byte) & 0xFF
        if not 0 < phone_ahead < status.look_ahead:
            raise CounterDeadlock("phone and server are too far apart")
        if phone_ahead >= status.look_ahead // 2:
            answer = self.validate_signature(factors=SignatureType.POSSESSION)
            if answer.status != HTTPStatus.OK:
                raise PhoneFailure(answer)
