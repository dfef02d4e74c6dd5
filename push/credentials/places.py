"""Where the secrets of push belong: their records open in the row of their application only."""

from powerauth.engine.storage.record_places import named
from powerauth.engine.storage.rotation import SealedColumn
from push.models import PushAppCredentials

APNS_KEY = named("push.apns")
FCM_ACCOUNT = named("push.fcm")
HMS_SECRET = named("push.hms")

SEALED_COLUMNS = tuple(
    SealedColumn(
        model=PushAppCredentials,
        column=column,
        place=place,
        identified_by=("application_id",),
    )
    for column, place in (
        ("apns_private_key", APNS_KEY),
        ("fcm_service_account", FCM_ACCOUNT),
        ("hms_client_secret", HMS_SECRET),
    )
)
