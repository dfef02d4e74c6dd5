"""Applications and their versions: integration-api.md 5.2."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from powerauth.engine.applications import applications, master_keys
from powerauth.engine.audit.audited_kinds import APPLICATION, APPLICATION_VERSION
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.applications import examples
from powerauth.integration.applications.answers import (
    Application,
    ApplicationDetail,
    ApplicationId,
    ApplicationList,
    NewApplicationVersion,
    VersionSupport,
    application_answer,
    new_version,
    version_answer,
)
from powerauth.integration.changes import Changes
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import Text
from powerauth.integration.words import method
from powerauth.protocol.encoding import b64
from powerauth.protocol.v4.primitives.signing import ECDSA_P256

_method = partial(method, "Applications")


class ApplicationInput(Input):
    """Which application."""

    application_id = Text(needed=True)


class VersionInput(ApplicationInput):
    """Which version of which application."""

    application_version_id = Text(needed=True)


class KeyInput(Input):
    """The key of a version."""

    application_key = Text(needed=True)


class ListView(IntegrationView):
    """`application/list`."""

    endpoint = _method(
        "List the applications", example=ApplicationList(applications=[examples.APPLICATION])
    )

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ApplicationList:
        return {"applications": [application_answer(one) for one in applications.every()]}


class DetailView(IntegrationView):
    """`application/detail`, with all that a build of the app needs."""

    endpoint = _method(
        "Show an application with all that a build of the app needs",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        ErrorCode.NO_MASTER_KEY_PAIR,
        request=examples.BY_ID,
        example=examples.DETAIL,
    )
    input_class = ApplicationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ApplicationDetail:
        application = applications.get(body["application_id"])
        public_keys = master_keys.public_keys(application.id)
        versions = applications.versions(application)
        return {
            **application_answer(application),
            "masterPublicKey": b64(public_keys[ECDSA_P256.name]),
            "versions": [version_answer(version, public_keys) for version in versions],
        }


class DetailOfVersionView(IntegrationView):
    """`application/detail/version`: whose the key of a version is."""

    endpoint = _method(
        "Find the application of an application key",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        description="Versions that are not supported any more are found, too.",
        request={"applicationKey": examples.CREDENTIALS["applicationKey"]},
        example=examples.BY_ID,
    )
    input_class = KeyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ApplicationId:
        return {"applicationId": applications.of_version(body["application_key"]).id}


class CreateView(IntegrationView):
    """`application/create`."""

    endpoint = _method(
        "Create an application",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.DUPLICATE_APPLICATION,
        description="It gets master key pairs, and a supported version named `default`.",
        request=examples.BY_ID,
        example={**examples.BY_ID, "applicationRoles": []},
    )
    input_class = ApplicationInput
    changes = Changes(kind=APPLICATION, given=("application_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Application:
        return application_answer(applications.create(body["application_id"]))


class VersionChangeView(IntegrationView):
    """A method that changes one version of an application."""

    input_class = VersionInput
    changes = Changes(kind=APPLICATION_VERSION, given=("application_id", "application_version_id"))


class CreateVersionView(VersionChangeView):
    """`application/version/create`."""

    endpoint = _method(
        "Add a version to an application",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        ErrorCode.DUPLICATE_APPLICATION,
        request=examples.BY_VERSION,
        example=examples.NEW_VERSION,
    )

    def call(self, body: Mapping[str, Any], *, at: datetime) -> NewApplicationVersion:
        return new_version(
            applications.create_version(body["application_id"], body["application_version_id"])
        )


class SupportVersionView(VersionChangeView):
    """`application/version/support`."""

    endpoint = _method(
        "Support a version",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        request=examples.BY_VERSION,
        example=VersionSupport(applicationVersionId="default", supported=True),
    )
    supported: ClassVar[bool] = True

    def call(self, body: Mapping[str, Any], *, at: datetime) -> VersionSupport:
        version = applications.set_supported(
            body["application_id"], body["application_version_id"], supported=self.supported
        )
        return {"applicationVersionId": version.name, "supported": version.supported}


class UnsupportVersionView(SupportVersionView):
    """`application/version/unsupport`."""

    endpoint = _method(
        "Support a version no longer",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        description="Its apps cannot activate, sign or encrypt any more.",
        request=examples.BY_VERSION,
        example=VersionSupport(applicationVersionId="default", supported=False),
    )
    supported = False
