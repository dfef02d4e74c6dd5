"""What the audit log tells of the rules of spawning: mobile-token-api.md 9.3."""

from activation.models import SpawnRule
from powerauth.engine.audit.audited import Kind, register


def register_kinds() -> None:
    """Make the rules known to the audit log."""
    register(
        Kind(
            name="spawn_rule",
            model=SpawnRule,
            columns=(
                *("source_application_id", "requested_id", "destination_application_id"),
                *("required_flags", "flags_to_add", "enabled"),
            ),
        )
    )
