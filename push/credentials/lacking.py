"""Platforms whose devices hear nothing, since the application has no credentials for them."""

from collections import defaultdict
from collections.abc import Mapping

from push.models import PushChannel, PushDevice

LOOKED_AT = 5_000  # devices, the newest ones: there may be millions


def lacking() -> Mapping[str, set[str]]:
    """Give platforms by application that have devices and no credentials; two statements."""
    newest = PushDevice.objects.order_by("-pk").values_list("application_id", "platform")
    ways = PushChannel.objects.filter(enabled=True).values_list("application_id", "platform")
    missing: dict[str, set[str]] = defaultdict(set)
    for application_id, platform in set(newest[:LOOKED_AT]) - set(ways):
        missing[application_id].add(platform)
    return missing
