"""What the audit log tells of devices, credentials and campaigns: push-and-inbox.md 10.1.

Tokens and secrets stay in the database.
"""

from powerauth.engine.audit.audited import Kind, Lock, register
from powerauth.engine.identifiers import parse_id
from push.models import PushAppCredentials, PushCampaign, PushDevice

DEVICE = "device"
CREDENTIALS = "push_credentials"
CAMPAIGN = "push_campaign"


def register_kinds() -> None:
    """Make devices, credentials and campaigns known to the audit log."""
    register(
        Kind(
            name=DEVICE,
            model=PushDevice,
            columns=(
                *("activation_id", "user_id", "application_id"),
                *("platform", "environment", "language", "is_active"),
            ),
            hidden=("push_token",),
            key=("activation_id",),
            parse=lambda value: str(parse_id(str(value))),
            # Whoever changes a device locks its activation first.
            lock=Lock.NONE,
        ),
        Kind(
            name=CREDENTIALS,
            model=PushAppCredentials,
            columns=(
                *("application_id", "apns_key_id", "apns_team_id", "apns_bundle"),
                *("apns_environment", "fcm_project_id", "hms_project_id", "hms_client_id"),
            ),
            hidden=("apns_private_key", "fcm_service_account", "hms_client_secret"),
            key=("application_id",),
        ),
        Kind(
            name=CAMPAIGN,
            model=PushCampaign,
            columns=("application_id", "content", "sent_at"),
            computed={"users": lambda campaign: campaign.users.count()},
        ),
    )
