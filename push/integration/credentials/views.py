"""Credentials of applications, set by back ends: push-and-inbox.md 9."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth import known_applications
from powerauth.integration.changes import Changes
from powerauth.integration.push_server import PushServerView, require
from powerauth.integration.push_server_errors import (
    NO_APPLICATION,
    ApplicationNotFound,
    DataIntegrity,
)
from push.audited import CREDENTIALS
from push.credentials import services
from push.integration.credentials import answers, inputs
from push.integration.credentials.common import OF_APP, TAG, found
from push.models import PushAppCredentials

_APP = {"appId": "mobile-app"}
_CHANGES = Changes(kind=CREDENTIALS, given=("app_id",))
_EXAMPLE = answers.PushApplication(appId="mobile-app", apns=True, fcm=True, hms=False)


class ListView(PushServerView):
    """`push/admin/app/list`: the applications that have credentials."""

    endpoint = Endpoint(
        tag=TAG,
        summary="List applications with credentials",
        result_example=answers.PushApplications(applicationList=[_EXAMPLE]),
    )
    http_method_names = ["get"]

    def call(self, body: Mapping[str, Any], *, at: datetime) -> answers.PushApplications:
        rows = PushAppCredentials.objects.order_by("application_id")
        return {"applicationList": [answers.present(row) for row in rows]}


class UnconfiguredListView(PushServerView):
    """`push/admin/app/unconfigured/list`: the applications that have none."""

    endpoint = Endpoint(
        tag=TAG,
        summary="List applications without credentials",
        result_example=answers.PushApplications(
            applicationList=[answers.present_unconfigured("mobile-app")]
        ),
    )
    http_method_names = ["get"]

    def call(self, body: Mapping[str, Any], *, at: datetime) -> answers.PushApplications:
        known = set(PushAppCredentials.objects.values_list("application_id", flat=True))
        names = sorted(set(known_applications.every()) - known)
        return {"applicationList": [answers.present_unconfigured(name) for name in names]}


class DetailView(PushServerView):
    """`push/admin/app/detail`: what providers know an application by."""

    endpoint = Endpoint(
        tag=TAG,
        summary="Show what providers know an application by",
        description="Secrets are never shown.",
        example={**_APP, "includeApns": True, "includeFcm": False, "includeHms": False},
        result_example=answers.PushApplicationDetail(
            application=_EXAMPLE,
            apnsBundle="com.bank.mobile",
            apnsKeyId="KEY1234567",
            apnsTeamId="TEAM123456",
            apnsEnvironment=None,
            fcmProjectId=None,
            hmsProjectId=None,
            hmsClientId=None,
        ),
        refusals=OF_APP,
    )
    input_class = inputs.DetailInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> answers.PushApplicationDetail:
        return answers.present_detail(
            found(body),
            apns=bool(body["include_apns"]),
            fcm=bool(body["include_fcm"]),
            hms=bool(body["include_hms"]),
        )


class CreateView(PushServerView):
    """`push/admin/app/create`: let an application have credentials, which are empty yet."""

    endpoint = Endpoint(
        tag=TAG,
        summary="Let an application have credentials",
        description="They are empty; what each provider knows it by is set after that.",
        example=_APP,
        result_example=answers.NewPushApplication(appId="mobile-app"),
        refusals=(*OF_APP, DataIntegrity),
    )
    input_class = inputs.ApplicationInput
    changes = _CHANGES

    def prepare(self, body: Mapping[str, Any], *, at: datetime) -> None:
        require(body, {"app_id": NO_APPLICATION})
        if not known_applications.existing([body["app_id"]]):
            raise ApplicationNotFound

    def call(self, body: Mapping[str, Any], *, at: datetime) -> answers.NewPushApplication:
        application_id = body["app_id"]
        try:
            with transaction.atomic():
                services.create(application_id, at=at)
        except IntegrityError as error:
            raise DataIntegrity from error
        return {"appId": application_id}
