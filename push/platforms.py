"""The names of platforms: push-and-inbox.md 3.1, mobile-token-api.md 8."""

from push.models import Platform

# Apps and back ends of different ages name the platforms differently.
PLATFORMS = {
    "ios": Platform.APNS,
    "android": Platform.FCM,
    "huawei": Platform.HMS,
    "apns": Platform.APNS,
    "fcm": Platform.FCM,
    "hms": Platform.HMS,
}
