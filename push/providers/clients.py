"""The client for the credentials that an application has."""

from push.providers.apns.client import ApnsClient
from push.providers.fcm.client import FcmClient
from push.providers.hms.client import HmsClient
from push.providers.values import ApnsKey, Client, FcmAccount, HmsAccount, Settings

Credentials = ApnsKey | FcmAccount | HmsAccount


def client_of(credentials: Credentials, settings: Settings) -> Client:
    """Give a client for the running event loop; it connects when it has something to send.

    Raises:
        OSError: the file of authorities cannot be used.
    """
    match credentials:
        case ApnsKey():
            return ApnsClient(credentials, settings)
        case FcmAccount():
            return FcmClient(credentials, settings)
        case HmsAccount():
            return HmsClient(credentials, settings)
