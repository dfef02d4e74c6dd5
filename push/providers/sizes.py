"""For which providers a message is too long, before any of them is asked: push-and-inbox.md 5.4."""

from datetime import datetime

from push.messages.values import PushMessage
from push.providers.apns import payload as apns
from push.providers.fcm import body as fcm
from push.providers.hms import body as hms


def too_long_for(message: PushMessage, *, at: datetime, fcm_data_only: bool) -> tuple[str, ...]:
    """Name the platforms, `apns`, `fcm` and `hms`, that would not take the message."""
    sizes = {
        "apns": (len(apns.encoded(message)), apns.MAX_PAYLOAD),
        "fcm": (fcm.size(message, data_only=fcm_data_only), fcm.MAX_PAYLOAD),
        "hms": (hms.size(message, at=at), hms.MAX_PAYLOAD),
    }
    return tuple(name for name, (size, most) in sizes.items() if size > most)
