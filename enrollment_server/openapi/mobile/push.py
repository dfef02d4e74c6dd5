"""Registration for messages: mobile-token-api.md 8."""

from enrollment_server.api.mobile import InvalidActivation
from enrollment_server.openapi.endpoints import Catalogue, Endpoint
from enrollment_server.openapi.envelopes import OK_EXAMPLE, asked
from enrollment_server.openapi.inputs import schema_of
from enrollment_server.openapi.shapes import ref
from push.errors import PushRegistrationFailed
from push.mobile.serializers import RegisterInput


def _endpoint(summary: str) -> Endpoint:
    return Endpoint(
        tag="Push registration",
        summary=summary,
        description="Apps repeat it at every start. Application and activation are the caller's.",
        body=asked(
            schema_of(
                RegisterInput,
                platform="`ios` and `apns`, `android` and `fcm`, `huawei` and `hms` are the same.",
                token="The provider's address of the app on this device.",  # noqa: S106
                environment="Of Apple's service; without meaning for the others.",
            )
        ),
        example={
            "requestObject": {"platform": "ios", "token": "10de0b9c-791f-4e9f-93c4-e2203951c307"}
        },
        result=ref("Success"),
        result_example=OK_EXAMPLE,
        refusals=(InvalidActivation, PushRegistrationFailed),
    )


CATALOGUE = Catalogue(
    endpoints={
        "/api/push/device/register": _endpoint("Register a device"),
        "/api/push/device/register/token": _endpoint("Register a device with a token"),
    }
)
