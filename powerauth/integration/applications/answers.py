"""What the methods tell about an application and its versions: integration-api.md 5.2."""

from collections.abc import Mapping
from typing import Annotated, TypedDict

from enrollment_server.api.contract.shapes import Base64, Shape
from powerauth import models
from powerauth.engine.applications import sdk_config


class ApplicationId(TypedDict):
    """Which application."""

    applicationId: str


class Application(ApplicationId):
    """An application."""

    applicationRoles: list[str]


class ApplicationList(TypedDict):
    """All applications."""

    applications: list[Application]


class VersionCredentials(TypedDict):
    """What the apps of a version prove their kind with."""

    applicationVersionId: Annotated[str, Shape("Name of the version.")]
    applicationKey: Base64
    applicationSecret: Base64
    supported: bool


class ApplicationVersion(VersionCredentials):
    """A version of an application."""

    mobileSdkConfig: Annotated[
        str, Shape("What a build of the app is configured with: credentials, all master keys.")
    ]


class NewApplicationVersion(VersionCredentials):
    """A version that was added."""

    applicationVersionName: Annotated[str | None, Shape("Always null.")]


class ApplicationDetail(Application):
    """An application with all that a build of the app needs."""

    masterPublicKey: Annotated[Base64, Shape("P-256, uncompressed.")]
    versions: list[ApplicationVersion]


class ApplicationDetailV4(Application):
    """An application with all that a build of the app needs, as `/rest/v4` has it."""

    versions: list[ApplicationVersion]
    supportedAlgorithms: Annotated[
        list[str],
        Shape("What new activations may begin with; `EC_P256` stands for those of protocol 3."),
    ]


class VersionSupport(TypedDict):
    """Whether apps of a version may be used."""

    applicationVersionId: str
    supported: bool


def application_answer(application: models.Application) -> Application:
    """Give an application as lists show it."""
    return {
        "applicationId": application.id,
        "applicationRoles": sorted(application.roles),
    }


def version_answer(
    version: models.ApplicationVersion, master_public_keys: Mapping[str, bytes]
) -> ApplicationVersion:
    """Give a version with the configuration of its builds; `master_keys.public_keys` has keys."""
    return {
        "applicationVersionId": version.name,
        "applicationKey": version.application_key,
        "applicationSecret": version.application_secret,
        "mobileSdkConfig": sdk_config.text_of(version, master_public_keys),
        "supported": version.supported,
    }


def new_version(version: models.ApplicationVersion) -> NewApplicationVersion:
    """Give a version that was added."""
    return {
        "applicationVersionId": version.name,
        "applicationVersionName": None,
        "applicationKey": version.application_key,
        "applicationSecret": version.application_secret,
        "supported": version.supported,
    }
