"""Operations: what waits for the user's decision, and the decision."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from powerauth.phone.features.tokens import TokenPhone
from powerauth.phone.requests.answers import as_list, as_object, plain_payload, require_echo
from powerauth.phone.requests.signing import TWO_FACTORS, Factors
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.signed_request import SignatureType

BASE_PATH = "/api/auth/token/app/operation"

Operation = dict[str, Any]
"""An operation as the server describes it. Source: mobile-token-api.md 4.1."""


class OperationPhone(TokenPhone):
    """A phone whose user decides about operations."""

    def operations(self, *, language: str = "en") -> list[Operation]:
        """List the operations that wait for a decision.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer has another form.

        Source: mobile-token-api.md 4.2.
        """
        answer = self.token_post(f"{BASE_PATH}/list", {}, headers={"Accept-Language": language})
        return as_list(plain_payload(answer))

    def operation(self, operation_id: str, *, language: str = "en") -> Operation:
        """Fetch one operation.

        Raises: see `operations`; UntrustworthyAnswer also if it is another operation.

        Source: mobile-token-api.md 4.3.
        """
        return self._one("detail", operation_id, language)

    def claim(self, operation_id: str, *, language: str = "en") -> Operation:
        """Take over an operation that belongs to nobody yet.

        Raises: see `operation`.

        Source: mobile-token-api.md 4.3.
        """
        return self._one("detail/claim", operation_id, language)

    def history(
        self,
        pin: str | None,
        *,
        factors: Factors = TWO_FACTORS,
        language: str = "en",
    ) -> list[Operation]:
        """List the operations of all states.

        Raises: see `operations`.

        Source: mobile-token-api.md 4.4.
        """
        answer = self.signed_post(
            f"{BASE_PATH}/history",
            {},
            resource_id="/operation/history",
            factors=factors,
            pin=pin,
            headers={"Accept-Language": language},
        )
        return as_list(plain_payload(answer))

    def approve(
        self,
        operation: Mapping[str, Any] | str,
        data: str | None = None,
        *,
        pin: str | None = None,
        factors: Factors = TWO_FACTORS,
        proximity_otp: str | None = None,
        proximity_type: str = "QR_CODE",
        mobile_token_data: object = None,
    ) -> Answer:
        """Approve an operation; does not raise when the server refuses.

        Args:
            operation: as the server described it, or its id.
            data: the data to approve; by default those of the described operation. None with an
                id leaves the member out.
            pin: needed for the knowledge factor.
            factors: signature type.
            proximity_otp: the code that the user scanned.
            proximity_type: where the code came from, ``QR_CODE`` or ``DEEPLINK``.
            mobile_token_data: free data.

        Raises:
            NotActivated: no activation.
            PinMissing: the knowledge factor without a PIN.

        Source: mobile-token-api.md 4.6.
        """
        if not isinstance(operation, str):
            data = operation["data"] if data is None else data
            operation = operation["id"]
        proximity = (
            None if proximity_otp is None else self._proximity(proximity_otp, proximity_type)
        )
        members = {
            "id": operation,
            "data": data,
            "proximityCheck": proximity,
            "mobileTokenData": mobile_token_data,
        }
        return self.signed_post(
            f"{BASE_PATH}/authorize",
            {name: value for name, value in members.items() if value is not None},
            resource_id="/operation/authorize",
            factors=factors,
            pin=pin,
        )

    def reject(
        self,
        operation: Mapping[str, Any] | str,
        reason: str | None = None,
        *,
        pin: str | None = None,
        factors: Factors = SignatureType.POSSESSION,
    ) -> Answer:
        """Reject an operation; does not raise when the server refuses.

        Args:
            operation: as the server described it, or its id.
            reason: such as ``INCORRECT_DATA``.
            pin: needed for the knowledge factor.
            factors: signature type.

        Source: mobile-token-api.md 4.7.
        """
        operation_id = operation if isinstance(operation, str) else operation["id"]
        payload = {"id": operation_id}
        if reason is not None:
            payload["reason"] = reason
        return self.signed_post(
            f"{BASE_PATH}/cancel",
            payload,
            resource_id="/operation/cancel",
            factors=factors,
            pin=pin,
        )

    def _proximity(self, otp: str, kind: str) -> dict[str, str]:
        now = datetime.fromtimestamp(self.time_ms() // 1000, UTC)
        moment = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"otp": otp, "type": kind, "timestampReceived": moment, "timestampSent": moment}

    def _one(self, action: str, operation_id: str, language: str) -> Operation:
        answer = self.token_post(
            f"{BASE_PATH}/{action}", {"id": operation_id}, headers={"Accept-Language": language}
        )
        payload = as_object(plain_payload(answer))
        require_echo(payload, "id", operation_id)
        return payload
