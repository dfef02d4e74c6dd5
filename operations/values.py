"""What the mobile layer and its backends tell each other about operations. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from operations.screen.form_data import TemplateTexts
from powerauth.protocol.v3.signature import SignatureType


class Result(StrEnum):
    """The outcome of a decision: integration-api.md 13.6 and 13.10."""

    APPROVED = "APPROVED"
    APPROVAL_FAILED = "APPROVAL_FAILED"
    OPERATION_FAILED = "OPERATION_FAILED"
    REJECTED = "REJECTED"
    REJECT_FAILED = "REJECT_FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: the user of an activation, as an authenticated request names them."""

    user_id: str
    application_id: str
    activation_id: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFacts:
    """An operation as of one moment, seen by one caller.

    Args:
        user_id: whose it is; empty while nobody has claimed it.
        activation_id: the only activation that may decide; empty for any.
        activation_flag: flag that the deciding activation needs; empty for none.
        status: wire name; a pending operation past its time is `EXPIRED` here.
        signature_types: names of the allowed signature types, in upper case.
        in_application: whether the caller's application may decide about it.
        proximity_available: whether the app is asked for a proximity OTP.
        form: texts of its type in the best language; None if the type has none.
    """

    id: str
    user_id: str
    activation_id: str
    activation_flag: str
    operation_type: str
    data: str
    parameters: Mapping[str, str | None]
    status: str
    status_reason: str
    signature_types: tuple[str, ...]
    risk_flags: str
    created_at: datetime
    expires_at: datetime
    in_application: bool = True
    proximity_available: bool = False
    form: TemplateTexts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A request to approve whose signature was verified.

    Args:
        data: operation data that the user saw and signed.
        signature_type: factors of the verified signature.
        additional_data: what to store with the operation.
    """

    operation_id: str
    caller: Caller
    data: str
    signature_type: SignatureType
    additional_data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A request to reject whose signature was verified."""

    operation_id: str
    caller: Caller
    additional_data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedApproval:
    """A request to approve whose signature was refused, with the activation that it names."""

    operation_id: str
    activation_id: str
    additional_data: Mapping[str, Any] = field(default_factory=dict)
