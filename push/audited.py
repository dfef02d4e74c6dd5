"""What the audit log tells of devices: push-and-inbox.md 10.1. Tokens stay in the database."""

from powerauth.engine.audit.audited import Kind, Lock, register
from powerauth.engine.identifiers import parse_id
from push.models import PushDevice

DEVICE = "device"


def register_kinds() -> None:
    """Make devices known to the audit log."""
    register(
        Kind(
            name=DEVICE,
            model=PushDevice,
            columns=(
                *("activation_id", "user_id", "application_id"),
                *("platform", "environment", "is_active"),
            ),
            hidden=("push_token",),
            key=("activation_id",),
            parse=lambda value: str(parse_id(str(value))),
            # Whoever changes a device locks its activation first.
            lock=Lock.NONE,
        )
    )
