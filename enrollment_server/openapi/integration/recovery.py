"""Recovery codes, which are switched off: integration-api.md 7.4 and 10."""

from collections.abc import Mapping
from typing import Any

from enrollment_server.openapi.endpoints import Catalogue, Endpoint
from enrollment_server.openapi.integration.activation_shapes import ID
from enrollment_server.openapi.integration.methods import method
from enrollment_server.openapi.shapes import Schema, flag, items, members, nullable, text
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration.errors import CallRefused

_TAG = "Recovery"
_BASE = "/rest/v3/recovery/"
_INVALID = ErrorCode.INVALID_REQUEST
_OFF = "Recovery is switched off on this server"

_ENVELOPE = {
    "applicationKey": "w4+hAeogFLTZjcSjPwbG2g==",
    "temporaryKeyId": "fd12b5a9-3a5c-4ac2-8b4c-5d5ef2b4a9f1",
    "ephemeralPublicKey": "A97NlW0JPLJfpG0AUvaRHRGSHh+quZu+u0c+yxsK7Xji",
    "encryptedData": "qYLONkDWFpXefTKPbaKTA/PWdRYH5pk9uvGjUqSYbeK7Q0aOohK2MknTyviyNuSp",
    "mac": "DNlZdsM1wgH8v2mAROjj3vmQu4DI4ZJnuTBzQMrHsew=",
    "nonce": "v1y015uEP5RuT2g9RS0LIw==",
    "timestamp": 1729754728123,
    "protocolVersion": "3.3",
}
_CONFIGURATION: dict[str, Schema] = {
    "applicationId": text(),
    "activationRecoveryEnabled": flag("Always false."),
    "recoveryPostcardEnabled": flag("Always false."),
    "allowMultipleRecoveryCodes": flag("Always false."),
    "postcardPublicKey": nullable(text("Always null.")),
    "remotePostcardPublicKey": nullable(text("Always null.")),
}
_SWITCHES = {
    "activationRecoveryEnabled": False,
    "recoveryPostcardEnabled": False,
    "allowMultipleRecoveryCodes": False,
}
_BY_ID = {"applicationId": "my-application"}


def _refused(tag: str, summary: str, *codes: ErrorCode, request: Mapping[str, Any]) -> Endpoint:
    """Describe a method that is always refused."""
    return Endpoint(
        tag=tag,
        summary=summary,
        description=f"{_OFF}, so it always refuses.",
        example={"requestObject": request},
        refusals=tuple(CallRefused(EngineRefusal(code)) for code in codes),
    )


CATALOGUE = Catalogue(
    endpoints={
        f"{_BASE}config/detail": method(
            _TAG,
            "Read the configuration of recovery",
            _INVALID,
            description=f"{_OFF}: every switch is false.",
            request=_BY_ID,
            result=members(_CONFIGURATION),
            example={
                **_BY_ID,
                **_SWITCHES,
                "postcardPublicKey": None,
                "remotePostcardPublicKey": None,
            },
        ),
        f"{_BASE}config/update": method(
            _TAG,
            "Configure recovery",
            _INVALID,
            description=(
                f"{_OFF}: to enable anything is refused. A `remotePostcardPublicKey` is accepted "
                "and not kept."
            ),
            request={**_BY_ID, **_SWITCHES},
            result=members({"updated": flag()}),
            example={"updated": True},
        ),
        f"{_BASE}create": _refused(
            _TAG,
            "Create a recovery code for a postcard",
            _INVALID,
            request={**_BY_ID, "userId": "alice", "pukCount": 10},
        ),
        f"{_BASE}confirm": _refused(
            _TAG,
            "Confirm a recovery code",
            _INVALID,
            ErrorCode.ACTIVATION_NOT_FOUND,
            request={"activationId": ID, **_ENVELOPE},
        ),
        f"{_BASE}lookup": method(
            _TAG,
            "Find recovery codes",
            _INVALID,
            description=f"{_OFF}: none are found.",
            request={"userId": "alice", **_BY_ID, "recoveryCodeStatus": "ACTIVE"},
            result=members({"recoveryCodes": items(members(), "Always empty.")}),
            example={"recoveryCodes": []},
        ),
        f"{_BASE}revoke": method(
            _TAG,
            "Revoke recovery codes",
            _INVALID,
            description=f"{_OFF}: there are none to revoke.",
            request={"recoveryCodeIds": [1]},
            result=members({"revoked": flag("Always false.")}),
            example={"revoked": False},
        ),
        "/rest/v3/activation/recovery/create": _refused(
            "Activations",
            "Activate by a recovery code",
            _INVALID,
            request={
                "recoveryCode": "AAAAA-BBBBB-CCCCC-DDDDD",
                "puk": "1234567890",
                **_ENVELOPE,
            },
        ),
    }
)
