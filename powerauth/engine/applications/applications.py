"""Applications and their versions: integration-api.md 5.2."""

import secrets

from django.db import IntegrityError, transaction

from enrollment_server.database.compiled import Compiled
from powerauth.engine.applications import master_keys
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Application, ApplicationVersion
from powerauth.models.application import ID_LENGTH
from powerauth.protocol.encoding import b64
from powerauth.rules import filled, given

DEFAULT_VERSION = "default"
CREDENTIAL_SIZE = 16  # bytes of an application key or secret


def create(application_id: str | None) -> Application:
    """Create an application with its master key pairs and one supported version.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier, DUPLICATE_APPLICATION for a known one.
    """
    name = filled("applicationId", application_id, ID_LENGTH)
    try:
        with transaction.atomic():
            application = Application.objects.create(id=name)
            master_keys.complete(application)
            _create_version(application, DEFAULT_VERSION)
    except IntegrityError as error:
        raise EngineRefusal(ErrorCode.DUPLICATE_APPLICATION) from error
    return application


def get(application_id: str | None) -> Application:
    """Find an application.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier, APPLICATION_NOT_FOUND for an unknown one.
    """
    application = _FIND.first(id=given("applicationId", application_id))
    if application is None:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    return application


_FIND: Compiled[Application] = Compiled(lambda id: Application.objects.filter(id=id), id=str)


def of_version(application_key: str | None) -> Application:
    """Find the application of a version, supported or not, by the version's key.

    Raises:
        EngineRefusal: INVALID_REQUEST for no key, APPLICATION_NOT_FOUND for an unknown one.
    """
    application = Application.objects.filter(
        versions__application_key=given("applicationKey", application_key)
    ).first()
    if application is None:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    return application


def every() -> list[Application]:
    """List all applications by identifier."""
    return list(Application.objects.order_by("id"))


def versions(application: Application) -> list[ApplicationVersion]:
    """List the versions of an application, the oldest first."""
    return list(application.versions.order_by("id"))


def existing(application_ids: list[str]) -> set[str]:
    """Give those of `application_ids` that exist."""
    return set(Application.objects.filter(id__in=application_ids).values_list("id", flat=True))


def _create_version(application: Application, name: str) -> ApplicationVersion:
    return ApplicationVersion.objects.create(
        application=application,
        name=name,
        application_key=b64(secrets.token_bytes(CREDENTIAL_SIZE)),
        application_secret=b64(secrets.token_bytes(CREDENTIAL_SIZE)),
    )


def create_version(application_id: str | None, version_id: str | None) -> ApplicationVersion:
    """Add a supported version with a key and secret of its own.

    Raises:
        EngineRefusal: INVALID_REQUEST, APPLICATION_NOT_FOUND, DUPLICATE_APPLICATION.
    """
    name = filled("applicationVersionId", version_id, ID_LENGTH)
    application = get(application_id)
    try:
        with transaction.atomic():
            return _create_version(application, name)
    except IntegrityError as error:
        raise EngineRefusal(ErrorCode.DUPLICATE_APPLICATION) from error


def set_supported(
    application_id: str | None, version_id: str | None, *, supported: bool
) -> ApplicationVersion:
    """Allow or refuse a version.

    Raises:
        EngineRefusal: INVALID_REQUEST, APPLICATION_NOT_FOUND.
    """
    version = ApplicationVersion.objects.filter(
        application_id=given("applicationId", application_id),
        name=given("applicationVersionId", version_id),
    ).first()
    if version is None:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    version.supported = supported
    version.save(update_fields=["supported"])
    return version


def supported_version(application_key: str) -> ApplicationVersion | None:
    """Find the supported version of an application key."""
    return _SUPPORTED.first(application_key=application_key)


_SUPPORTED: Compiled[ApplicationVersion] = Compiled(
    lambda application_key: ApplicationVersion.objects.filter(
        application_key=application_key, supported=True
    ).order_by(),
    application_key=str,
)
