"""Which members a method of the bank's side cannot do without.

Serializers do not know it: every member may be absent there, and the engine decides. Members that
depend on others, such as what only one version of the protocol has, are none of these.
"""

from collections.abc import Mapping

_DEVICE = ("appId", "token", "platform")
_READER = ("userId", "appId")

_ACTIVATIONS: Mapping[str, tuple[str, ...]] = {
    "init": ("userId", "applicationId"),
    "create": ("protocolVersion",),
    "commit": ("activationId",),
    "otp/update": ("activationId", "activationOtp"),
    "name/update": ("activationId", "activationName", "externalUserId"),
    "lookup": ("userIds",),
    "status/update": ("activationIds", "activationStatus"),
    "remove": ("activationId",),
    "block": ("activationId",),
    "unblock": ("activationId",),
    "status": ("activationId",),
    "list": ("userId",),
    "history": ("activationId",),
    "flags/list": ("activationId",),
    "flags/create": ("activationId", "activationFlags"),
    "flags/update": ("activationId", "activationFlags"),
    "flags/remove": ("activationId", "activationFlags"),
}
_OTHERS: Mapping[str, tuple[str, ...]] = {
    "/rest/v3/recovery/config/detail": ("applicationId",),
    "/rest/v3/recovery/config/update": ("applicationId",),
    "/rest/v3/recovery/confirm": ("activationId", "applicationKey"),
    "/rest/v3/recovery/lookup": ("userId",),
    "/rest/v3/recovery/revoke": ("recoveryCodeIds",),
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
    **{f"/rest/v3/activation/{name}": members for name, members in _ACTIVATIONS.items()},
    **_OTHERS,
}
"""Names of members by the path of their method; methods without a row need none."""
