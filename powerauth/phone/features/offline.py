"""Operations that reach the phone by a QR code, and leave it as digits that the user types."""

from powerauth.phone.errors import BadQrCode, BiometryForbidden
from powerauth.phone.generations.values import OfflinePayload
from powerauth.phone.requests.signing import SigningPhone
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.offline_text import (
    OFFLINE_SECRET,
    OfflineText,
    offline_base,
    offline_body,
)
from powerauth.protocol.signed_request import SignatureType, signature_data
from powerauth.protocol.versions import SignatureFormat

BIOMETRY_FLAG = "B"
GROUP = 4  # digits that people read at once


class OfflinePhone(SigningPhone):
    """A phone whose user approves without a network."""

    def scan(self, text: str) -> OfflinePayload:
        """Read the text of a QR code, and check who signed it.

        Raises:
            NotActivated: no activation.
            BadQrCode: no text of an operation, or the bank did not sign it for this phone.

        Source: protocol.md 11.1, 11.2, protocol-4.md 31.
        """
        try:
            payload = self.generation.offline.scan(self, text)
        except ProtocolError as error:
            raise BadQrCode("this is not the text of a QR code with an operation") from error
        if payload is None:
            raise BadQrCode("the bank did not sign this QR code for this phone")
        return payload

    def offline_code(
        self, operation: OfflineText, *, pin: str | None = None, biometry: bool = False
    ) -> str:
        """Compute the code that approves a scanned operation, and move the counter.

        Args:
            operation: as `scan` gave it.
            pin: needed without biometry; a wrong one makes a wrong code.
            biometry: the second factor in place of the PIN.

        Returns: 16 digits in groups of four.

        Raises:
            NotActivated: no activation.
            PinMissing: neither a PIN nor biometry.
            BiometryForbidden: the operation does not allow biometry.

        Source: protocol.md 11.3, protocol-4.md 31.
        """
        if biometry and BIOMETRY_FLAG not in operation.flags:
            raise BiometryForbidden("biometry is not allowed for this operation: use the PIN")
        kind = SignatureType.POSSESSION_BIOMETRY if biometry else SignatureType.POSSESSION_KNOWLEDGE
        body = offline_body(operation.operation_id, operation.operation_data, operation.totp)
        text = self.generation.codes.compute(
            signature_data(offline_base(operation.nonce_b64, body), OFFLINE_SECRET),
            keys=self.factor_keys(kind, pin),
            kind=kind,
            ctr=self.enrolment.ctr_data,
            fmt=SignatureFormat.DECIMAL,
        )
        self.advance()
        return _grouped(text.replace("-", ""))


def _grouped(digits: str) -> str:
    return "-".join(digits[start : start + GROUP] for start in range(0, len(digits), GROUP))
