"""The back office of the PowerAuth engine.

Every action calls the function of the engine that the APIs call; rows of keys, tokens and replay
memory have no page.
"""

from powerauth.admin import (
    activations,
    applications,
    audit_log,
    callback_events,
    callbacks,
    integrations,
    signature_audit,
)

__all__ = [
    "activations",
    "applications",
    "audit_log",
    "callback_events",
    "callbacks",
    "integrations",
    "signature_audit",
]
