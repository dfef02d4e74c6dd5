"""One-time codes of an app (TOTP, RFC 6238) as second factor, and codes that replace the app once.

The secret is stored as an encrypted record. A code is accepted once, under a lock of its row:
neither it nor an older one can be used again.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote, urlencode

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django_otp.oath import TOTP

from enrollment_server.staff.models import RecoveryCode, SecondFactor
from powerauth.engine.storage import records
from powerauth.engine.storage.record_places import named

PLACE = named("enrollment_server.staff.second_factor.codes")
DRAFT_PLACE = named("enrollment_server.staff.second_factor.codes.draft")
ISSUER = "Enrollment Server"
SECRET_LENGTH = 20  # bytes, as RFC 4226 recommends
STEP_S = 30
TOLERANCE = 1  # steps that the clock of a phone may be off
DIGITS = 6
RECOVERY_CODES = 10
_RECOVERY_LENGTH = 10  # bytes, 16 characters of Base32


class Proof(StrEnum):
    """What somebody has proven to have besides the password."""

    APP = "app"
    RECOVERY_CODE = "recovery code"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A secret that is shown to somebody and not theirs before they have typed a code of it."""

    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "Draft":
        """Make a random secret."""
        return cls(secret=secrets.token_bytes(SECRET_LENGTH))

    @property
    def text(self) -> str:
        """Give the secret as it is typed, in groups of four characters."""
        text = base64.b32encode(self.secret).decode()
        return " ".join(text[start : start + 4] for start in range(0, len(text), 4))

    def address(self, user_name: str) -> str:
        """Give the address that apps read from a QR code."""
        query = {"secret": self.text.replace(" ", ""), "issuer": ISSUER, "period": STEP_S}
        label = quote(f"{ISSUER}:{user_name}")
        return f"otpauth://totp/{label}?{urlencode(query, quote_via=quote)}"

    def sealed(self, user: AbstractBaseUser) -> str:
        """Give the secret for keeping it in a session of the user."""
        record = records.seal(self.secret, DRAFT_PLACE(user.pk))
        return base64.b64encode(record).decode()

    @classmethod
    def unsealed(cls, text: str, user: AbstractBaseUser) -> "Draft | None":
        """Read what `sealed` gave; None if it cannot be read any more."""
        try:
            record = base64.b64decode(text)
            return cls(secret=records.unseal(record, DRAFT_PLACE(user.pk)))
        except (binascii.Error, records.SecretUnreadable):
            return None


def of(user: AbstractBaseUser) -> SecondFactor | None:
    """Give what somebody has set up."""
    return SecondFactor.objects.filter(user_id=user.pk).first()


@transaction.atomic
def set_up(user: AbstractBaseUser, draft: Draft, code: str, *, at: datetime) -> list[str] | None:
    """Make a secret the one of a user who has none, if the code is of it.

    Returns: the new recovery codes, which are shown this once; None if the code is wrong, or if the
    user has got one meanwhile.
    """
    step = _matching_step(draft.secret, code, after=-1, at=at)
    if step is None:
        return None
    record = records.seal(draft.secret, PLACE(user.pk))
    factor, is_new = SecondFactor.objects.get_or_create(
        user_id=user.pk,
        defaults={"secret": record, "last_step": step, "created_at": at, "last_used_at": at},
    )
    return renew_recovery_codes(factor) if is_new else None


@transaction.atomic
def verify(user: AbstractBaseUser, code: str, *, at: datetime) -> Proof | None:
    """Tell what a code proves, and use it up; None for a wrong or used one.

    Raises:
        SecretUnreadable: the stored secret does not open.
    """
    factor = SecondFactor.objects.select_for_update().filter(user_id=user.pk).first()
    if factor is None:
        return None
    secret = records.unseal(factor.secret, PLACE(user.pk))
    step = _matching_step(secret, code, after=factor.last_step, at=at)
    if step is not None:
        SecondFactor.objects.filter(pk=factor.pk).update(last_step=step, last_used_at=at)
        return Proof.APP
    if _use_recovery_code(factor, code):
        SecondFactor.objects.filter(pk=factor.pk).update(last_used_at=at)
        return Proof.RECOVERY_CODE
    return None


def renew_recovery_codes(factor: SecondFactor) -> list[str]:
    """Replace the recovery codes; give the new ones, which are shown this once."""
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        RecoveryCode.objects.filter(factor=factor).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(factor=factor, digest=_digest(code)) for code in codes
        )
    return codes


def _matching_step(secret: bytes, code: str, *, after: int, at: datetime) -> int | None:
    """Give the time step that a code belongs to, if it is after the last one used."""
    digits = "".join(code.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    totp = TOTP(secret, step=STEP_S, digits=DIGITS)
    totp.time = at.timestamp()
    if not totp.verify(int(digits), tolerance=TOLERANCE, min_t=after + 1):
        return None
    return int(totp.t())


def _new_recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(_RECOVERY_LENGTH)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _use_recovery_code(factor: SecondFactor, code: str) -> bool:
    used, _ = RecoveryCode.objects.filter(factor=factor, digest=_digest(code)).delete()
    return used > 0


def _digest(code: str) -> str:
    # 80 random bits need no slow hash.
    plain = "".join(code.lower().split()).replace("-", "")
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
