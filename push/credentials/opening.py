"""The credentials of an application as providers need them."""

from powerauth.engine.storage import records
from push.credentials import places
from push.models import Platform, PushAppCredentials
from push.providers.values import ApnsKey, FcmAccount, HmsAccount

Opened = ApnsKey | FcmAccount | HmsAccount


def opened(row: PushAppCredentials, platform: str) -> Opened | None:
    """Give the credentials for a platform; None if the application has none for it.

    Raises:
        SecretUnreadable: the stored record does not open.
    """
    match Platform(platform):
        case Platform.APNS if row.apns_private_key:
            secret = records.unseal(row.apns_private_key, places.APNS_KEY(row.application_id))
            return ApnsKey(
                key_id=row.apns_key_id,
                team_id=row.apns_team_id,
                bundle_id=row.apns_bundle,
                private_key=secret.decode(),
            )
        case Platform.FCM if row.fcm_service_account:
            secret = records.unseal(row.fcm_service_account, places.FCM_ACCOUNT(row.application_id))
            return FcmAccount(project_id=row.fcm_project_id, service_account=secret.decode())
        case Platform.HMS if row.hms_client_secret:
            secret = records.unseal(row.hms_client_secret, places.HMS_SECRET(row.application_id))
            return HmsAccount(
                project_id=row.hms_project_id,
                client_id=row.hms_client_id,
                client_secret=secret.decode(),
            )
    return None
