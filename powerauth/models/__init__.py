"""The rows of the embedded engine: integration-api.md 4."""

from powerauth.models.activation import (
    Activation,
    ActivationHistory,
    ActivationState,
    CommitPhase,
    OtpValidation,
)
from powerauth.models.application import (
    Application,
    ApplicationConfig,
    ApplicationVersion,
    MasterKeyPair,
)
from powerauth.models.audit import SignatureAudit
from powerauth.models.credentials import TemporaryKey, Token, UniqueValue
from powerauth.models.integration import Integration

__all__ = [
    "Activation",
    "ActivationHistory",
    "ActivationState",
    "Application",
    "ApplicationConfig",
    "ApplicationVersion",
    "CommitPhase",
    "Integration",
    "MasterKeyPair",
    "OtpValidation",
    "SignatureAudit",
    "TemporaryKey",
    "Token",
    "UniqueValue",
]
