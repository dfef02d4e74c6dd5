"""What one provider knows an application by: push-and-inbox.md 9."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth.integration.changes import Changes
from powerauth.integration.push_server import PushServerView, require
from powerauth.integration.push_server_errors import NO_APPLICATION, InvalidMembers, Violation
from push.audited import CREDENTIALS
from push.credentials import checks, services
from push.credentials.values import InvalidCredentials
from push.integration.credentials import inputs
from push.integration.credentials.common import OF_APP, TAG, found
from push.models import Platform

_APP = {"appId": "mobile-app"}
_CHANGES = Changes(kind=CREDENTIALS, given=("app_id",))


class _RemoveView(PushServerView):
    """What an application shows to one provider, forgotten."""

    platform: ClassVar[Platform]
    input_class = inputs.ApplicationInput
    changes = _CHANGES

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        services.remove(found(body), self.platform, at=at)


class _PutView(PushServerView):
    """What an application shows to one provider: set by POST and PUT, forgotten by DELETE."""

    removing: ClassVar[type[_RemoveView]]
    input_class: ClassVar[type[inputs.SettingsInput]]
    http_method_names = ["post", "put", "delete"]
    changes = _CHANGES

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "DELETE" and "delete" in self.http_method_names:
            return self.removing.as_view()(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        require(body, {"app_id": NO_APPLICATION})
        settings = self.input_class.settings(body)
        try:
            checks.check(settings)
            services.put(found(body), settings, at=at)
        except InvalidCredentials as error:
            raise inputs.violation(error) from error


def _removal(company: str) -> Endpoint:
    return Endpoint(
        tag=TAG,
        summary=f"Forget what {company} knows an application by",
        description="What waits to be sent by it fails.",
        example=_APP,
        refusals=OF_APP[1:],
    )


def _setting(company: str, example: Mapping[str, Any], member: str, hint: str) -> Endpoint:
    wrong = InvalidMembers([Violation(name=member, hint=hint)])
    return Endpoint(
        tag=TAG,
        summary=f"Set what {company} knows an application by",
        description="It is used at once, and what it refused before is tried again.",
        example={**_APP, **example},
        refusals=(*OF_APP, wrong),
    )


class RemoveApnsView(_RemoveView):
    """`push/admin/app/apns` by DELETE with `?appId=`."""

    endpoint = _removal("Apple")
    http_method_names = ["delete"]
    platform = Platform.APNS


class FormerRemoveApnsView(RemoveApnsView):
    """`push/admin/app/ios/remove`, the name of before."""

    http_method_names = ["post", "delete"]


class ApnsView(_PutView):
    """`push/admin/app/apns`."""

    endpoint = _setting(
        "Apple",
        {
            "bundle": "com.bank.mobile",
            "keyId": "KEY1234567",
            "teamId": "TEAM123456",
            "environment": "production",
            "privateKeyBase64": "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCg==",
        },
        "privateKeyBase64",
        checks.P8,
    )
    input_class = inputs.ApnsInput
    removing = RemoveApnsView


class FormerApnsView(ApnsView):
    """`push/admin/app/ios/update`, the name of before."""

    http_method_names = ["post", "put"]


class RemoveFcmView(_RemoveView):
    """`push/admin/app/fcm` by DELETE with `?appId=`."""

    endpoint = _removal("Google")
    http_method_names = ["delete"]
    platform = Platform.FCM


class FormerRemoveFcmView(RemoveFcmView):
    """`push/admin/app/android/remove`, the name of before."""

    http_method_names = ["post", "delete"]


class FcmView(_PutView):
    """`push/admin/app/fcm`."""

    endpoint = _setting(
        "Google",
        {"projectId": "mobile-app-1", "privateKeyBase64": "eyJ0eXBlIjoic2VydmljZV9hY2NvdW50In0="},
        "privateKeyBase64",
        checks.SERVICE_ACCOUNT,
    )
    input_class = inputs.FcmInput
    removing = RemoveFcmView


class FormerFcmView(FcmView):
    """`push/admin/app/android/update`, the name of before."""

    http_method_names = ["post", "put"]


class RemoveHmsView(_RemoveView):
    """`push/admin/app/hms` by DELETE with `?appId=`."""

    endpoint = _removal("Huawei")
    http_method_names = ["delete"]
    platform = Platform.HMS


class FormerRemoveHmsView(RemoveHmsView):
    """`push/admin/app/huawei/remove`, the name of before."""

    http_method_names = ["post", "delete"]


class HmsView(_PutView):
    """`push/admin/app/hms`."""

    endpoint = _setting(
        "Huawei",
        {"projectId": "999001", "clientId": "105001", "clientSecret": "0123456789abcdef"},
        "clientSecret",
        checks.NOT_BLANK,
    )
    input_class = inputs.HmsInput
    removing = RemoveHmsView


class FormerHmsView(HmsView):
    """`push/admin/app/huawei/update`, the name of before."""

    http_method_names = ["post", "put"]
