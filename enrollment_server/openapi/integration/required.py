"""Which members a method of the bank's side cannot do without.

Serializers do not know it: every member may be absent there, and the engine decides. Members that
depend on others, such as what only one version of the protocol has, are none of these.
"""

from collections.abc import Mapping

_DEVICE = ("appId", "token", "platform")
_READER = ("userId", "appId")

_OTHERS: Mapping[str, tuple[str, ...]] = {
    "/push/device/create": (*_DEVICE, "activationId"),
    "/push/device/create/multi": (*_DEVICE, "activationIds"),
    "/push/device/delete": ("appId", "token"),
    "/push/device/status/update": ("activationId",),
    "/inbox/messages": ("userId", "type", "subject", "summary", "body", "applications"),
    "/inbox/messages/read": ("inboxId",),
    "/inbox/messages/read-all": _READER,
    "/inbox/messages/count": _READER,
    "/inbox/messages/detail": ("id",),
    "/inbox/messages/list": ("userId", "applications"),
}

REQUIRED: Mapping[str, tuple[str, ...]] = {
    **_OTHERS,
}
"""Names of members by the path of their method; methods without a row need none."""
