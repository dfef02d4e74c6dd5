"""Devices on a Push Server elsewhere: push-and-inbox.md 3.1."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from enrollment_server.api.mobile import InvalidActivation
from enrollment_server.push_server.calls import PushServerFailure, command, nothing
from push.errors import PushRegistrationFailed
from push.models import Platform
from push.values import Registration

# The words of each version of that server.
VOCABULARIES: Mapping[str, Mapping[str, str]] = {
    "1.9": {Platform.APNS: "ios", Platform.FCM: "android", Platform.HMS: "huawei"},
    "1.10": {Platform.APNS: "apns", Platform.FCM: "fcm", Platform.HMS: "hms"},
}
_WITH_ENVIRONMENTS = frozenset({"1.10"})


class RemoteBackend:
    """Implements `base.PushBackend`; the server finds out by itself whose activation it is."""

    def register(self, registration: Registration, *, at: datetime) -> None:
        if not registration.user_id:
            raise InvalidActivation
        try:
            command("push/device/create", _asked(registration), nothing)
        except PushServerFailure as error:
            # Its reasons cannot be told apart safely: mobile-token-api.md 3.3.
            raise PushRegistrationFailed from error


def _asked(registration: Registration) -> dict[str, str]:
    version = settings.PUSH_SERVICE_VOCABULARY
    asked = {
        "appId": registration.application_id,
        "token": registration.token,
        "platform": VOCABULARIES[version][registration.platform],
        "activationId": registration.activation_id,
    }
    for_apple = registration.platform == Platform.APNS
    if registration.environment and for_apple and version in _WITH_ENVIRONMENTS:
        asked["environment"] = registration.environment
    return asked
