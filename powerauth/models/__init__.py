"""The rows of the embedded engine: integration-api.md 4."""

from powerauth.models.activation import (
    Activation,
    ActivationHistory,
    ActivationState,
    CommitPhase,
    OtpValidation,
    TransferType,
)
from powerauth.models.activation_key import ActivationKey, KeySide
from powerauth.models.application import (
    Application,
    ApplicationConfig,
    ApplicationVersion,
    MasterKeyPair,
)
from powerauth.models.audit import SignatureAudit
from powerauth.models.audit_log import ActorKind, AuditHead, AuditRecord, AuditTie
from powerauth.models.callback import (
    Callback,
    CallbackEvent,
    CallbackEventState,
    CallbackType,
)
from powerauth.models.credentials import TemporaryKey, Token, UniqueValue
from powerauth.models.imported_row import ImportedRow
from powerauth.models.integration import Integration

__all__ = [
    "Activation",
    "ActivationHistory",
    "ActivationKey",
    "ActivationState",
    "ActorKind",
    "Application",
    "ApplicationConfig",
    "ApplicationVersion",
    "AuditHead",
    "AuditRecord",
    "AuditTie",
    "Callback",
    "CallbackEvent",
    "CallbackEventState",
    "CallbackType",
    "CommitPhase",
    "ImportedRow",
    "Integration",
    "KeySide",
    "MasterKeyPair",
    "OtpValidation",
    "SignatureAudit",
    "TemporaryKey",
    "Token",
    "TransferType",
    "UniqueValue",
]
