"""Offline signatures: the text of a QR code and the check of the typed answer.

Source: protocol.md 11, integration-api.md 8.3.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from powerauth.engine import policy
from powerauth.engine.activations import activations
from powerauth.engine.applications import applications
from powerauth.engine.generations import choice
from powerauth.engine.generations.base import Generation
from powerauth.engine.generations.values import OfflineText
from powerauth.engine.signatures.signatures import OfflineAttempt, verify_offline
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import ActivationState
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.totp import totp
from powerauth.protocol.v3.offline import (
    OFFLINE_SECRET,
    parse_offline_signature,
    with_totp,
)
from powerauth.rules import BASE64, invalid
from powerauth.values import SignatureVerdict

NONCE_SIZE = 16  # bytes
MAX_STEP_COUNT = 60  # past proximity codes that a caller may ask for
# People group digits by spaces, and programs turn hyphens into dashes.
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u2212]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProximityCheck:
    """A proximity seed with its step.

    Args:
        seed: Base64 text.
        step_s: seconds that one code is shown.
        past_steps: how many past codes are accepted besides the current one.
    """

    seed: str
    step_s: int
    past_steps: int = 0

    def code(self, at: datetime, *, steps_ago: int = 0) -> str:
        """Compute the code of a moment.

        Raises:
            EngineRefusal: INVALID_REQUEST for a seed or a step that is none.
        """
        if self.step_s <= 0:
            raise invalid("proximityCheck.stepLength", "must be greater than 0")
        if not 0 <= self.past_steps <= MAX_STEP_COUNT:
            raise invalid("proximityCheck.stepCount", f"must be between 0 and {MAX_STEP_COUNT}")
        seconds = int(at.timestamp()) - steps_ago * self.step_s
        try:
            seed = b64d(self.seed)
            return totp(seed, seconds, step=self.step_s, digits=policy.proximity_otp_length())
        except ProtocolError as error:
            raise invalid("proximityCheck.seed", BASE64) from error

    def accepted_codes(self, at: datetime) -> list[str]:
        """Compute the codes that a user may have seen, the present one first; see `code`."""
        present = self.code(at)
        steps = range(1, self.past_steps + 1)
        return [present, *(self.code(at, steps_ago=step) for step in steps)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineData:
    """The complete QR text, and the nonce that verification needs again."""

    offline_data: str
    nonce: str


def personalized(
    activation_id: str,
    data: str,
    *,
    nonce: str | None = None,
    proximity: ProximityCheck | None = None,
    at: datetime,
) -> OfflineData:
    """Make the QR text for one ACTIVE activation.

    Raises:
        EngineRefusal: ACTIVATION_NOT_FOUND, ACTIVATION_STATE, INVALID_REQUEST.
    """
    activation = activations.find(activation_id)
    if activation is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    if activation.state != ActivationState.ACTIVE:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    text = _text(data, nonce, proximity.code(at) if proximity else None)
    offline = choice.of(activation).offline
    return _completed(text, lambda: offline.personal(activation, text))


def non_personalized(
    application_id: str,
    data: str,
    *,
    nonce: str | None = None,
    generation: Generation = choice.THREE,
) -> OfflineData:
    """Make the QR text for every user of an application.

    Args:
        generation: of the phones that it is for.

    Raises:
        EngineRefusal: APPLICATION_NOT_FOUND, NO_MASTER_KEY_PAIR, INVALID_REQUEST.
    """
    application = applications.get(application_id)
    text = _text(data, nonce, None)
    return _completed(text, lambda: generation.offline.common(application.id, text))


def _text(data: str, nonce: str | None, code: str | None) -> OfflineText:
    nonce_b64 = nonce or b64(secrets.token_bytes(NONCE_SIZE))
    return OfflineText(data=data, nonce_b64=nonce_b64, totp=code)


def _completed(text: OfflineText, complete: Callable[[], str]) -> OfflineData:
    try:
        return OfflineData(offline_data=complete(), nonce=text.nonce_b64)
    except ProtocolError as error:
        raise invalid("nonce", f"must be Base64 of {NONCE_SIZE} bytes") from error


def regrouped(code: str, length: int) -> str:
    """Bring typed digits into the two components of an offline signature: protocol.md 11.4.

    Args:
        length: digits of a component.

    Raises:
        EngineRefusal: INVALID_REQUEST for another number of digits, or other characters.
    """
    digits = _SEPARATORS.sub("", code)
    if re.fullmatch(rf"[0-9]{{{2 * length}}}", digits) is None:
        raise invalid("signature", f"must have {2 * length} digits")
    return f"{digits[:length]}-{digits[length:]}"


def verify(
    activation_id: str,
    base: bytes,
    signature: str,
    *,
    component_length: int | None = None,
    allow_biometry: bool = False,
    proximity: ProximityCheck | None = None,
    at: datetime,
) -> SignatureVerdict:
    """Verify a typed signature, and count the attempt once.

    Args:
        base: base string without the secret.
        signature: the digits that the app shows, in any groups.
        component_length: digits of a component, default by setting.

    Raises:
        EngineRefusal: INVALID_REQUEST for parameters that no signature can have.
    """
    length = policy.offline_component_length() if component_length is None else component_length
    if not 4 <= length <= 8:
        raise invalid("componentLength", "must be between 4 and 8")
    try:
        text = parse_offline_signature(regrouped(signature, length), length)
        bases = [base]
        if proximity is not None:
            bases = [with_totp(base, code) for code in proximity.accepted_codes(at)]
    except ProtocolError as error:
        raise invalid("data", "must be a base string") from error
    attempt = OfflineAttempt(
        activation_id=activation_id,
        bases=bases,
        signature=text,
        component_length=length,
        allow_biometry=allow_biometry,
    )
    return verify_offline(attempt, secret=OFFLINE_SECRET, at=at)
