"""Applications and their versions: integration-api.md 5.2."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from powerauth.engine.applications import applications
from powerauth.engine.audit.audited_kinds import APPLICATION, APPLICATION_VERSION
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.fields import Text
from powerauth.models import Application, ApplicationVersion
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig


class ApplicationInput(Input):
    """Which application."""

    application_id = Text()


class VersionInput(Input):
    """Which version of which application."""

    application_id = Text()
    application_version_id = Text()


class KeyInput(Input):
    """The key of a version."""

    application_key = Text()


def application_answer(application: Application) -> dict[str, Any]:
    """Give an application as lists show it."""
    return {
        "applicationId": application.id,
        "applicationRoles": sorted(application.roles),
    }


def _version(version: ApplicationVersion, master_public_key: bytes) -> dict[str, Any]:
    config = MobileSdkConfig(
        application_key=b64d(version.application_key),
        application_secret=b64d(version.application_secret),
        master_public_key=master_public_key,
    )
    return {
        "applicationVersionId": version.name,
        "applicationKey": version.application_key,
        "applicationSecret": version.application_secret,
        "mobileSdkConfig": config.to_text(),
        "supported": version.supported,
    }


class ListView(IntegrationView):
    """`application/list`."""

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return {"applications": [application_answer(one) for one in applications.every()]}


class DetailView(IntegrationView):
    """`application/detail`, with all that a build of the app needs."""

    input_class = ApplicationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        application = applications.get(body["application_id"])
        master_public_key = applications.master_public_key(application.id)
        versions = applications.versions(application)
        return {
            **application_answer(application),
            "masterPublicKey": b64(master_public_key),
            "versions": [_version(version, master_public_key) for version in versions],
        }


class DetailOfVersionView(IntegrationView):
    """`application/detail/version`: whose the key of a version is."""

    input_class = KeyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return {"applicationId": applications.of_version(body["application_key"]).id}


class CreateView(IntegrationView):
    """`application/create`."""

    input_class = ApplicationInput
    changes = Changes(kind=APPLICATION, given=("application_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return application_answer(applications.create(body["application_id"]))


class CreateVersionView(IntegrationView):
    """`application/version/create`."""

    input_class = VersionInput
    changes = Changes(kind=APPLICATION_VERSION, given=("application_id", "application_version_id"))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        version = applications.create_version(
            body["application_id"], body["application_version_id"]
        )
        return {
            "applicationVersionId": version.name,
            "applicationVersionName": None,
            "applicationKey": version.application_key,
            "applicationSecret": version.application_secret,
            "supported": version.supported,
        }


class SupportVersionView(IntegrationView):
    """`application/version/support`."""

    input_class = VersionInput
    changes = Changes(kind=APPLICATION_VERSION, given=("application_id", "application_version_id"))
    supported: ClassVar[bool] = True

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        version = applications.set_supported(
            body["application_id"], body["application_version_id"], supported=self.supported
        )
        return {"applicationVersionId": version.name, "supported": version.supported}


class UnsupportVersionView(SupportVersionView):
    """`application/version/unsupport`."""

    supported = False
