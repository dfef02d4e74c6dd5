"""The rows of push: devices, credentials for providers, campaigns, and what is sent to whom."""

from push.models.campaign import PushCampaign, PushCampaignUser
from push.models.channel import PushChannel
from push.models.credentials import PushAppCredentials
from push.models.device import (
    ACTIVATION_ID_LENGTH,
    ID_LENGTH,
    LANGUAGE_LENGTH,
    TOKEN_LENGTH,
    Environment,
    Platform,
    PushDevice,
)
from push.models.message import (
    CAUSE_LENGTH,
    REASON_LENGTH,
    DeliveryState,
    MessageSource,
    PushDelivery,
    PushMessage,
    PushRinging,
)

__all__ = [
    "ACTIVATION_ID_LENGTH",
    "CAUSE_LENGTH",
    "ID_LENGTH",
    "LANGUAGE_LENGTH",
    "REASON_LENGTH",
    "TOKEN_LENGTH",
    "DeliveryState",
    "Environment",
    "MessageSource",
    "Platform",
    "PushAppCredentials",
    "PushCampaign",
    "PushCampaignUser",
    "PushChannel",
    "PushDelivery",
    "PushDevice",
    "PushMessage",
    "PushRinging",
]
