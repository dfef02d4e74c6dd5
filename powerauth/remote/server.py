"""Which PowerAuth Server is called, as configured: standard-rest-api.md 11."""

from django.conf import settings

from enrollment_server.remote.values import RemoteServer


def is_remote() -> bool:
    """Tell whether the engine, and with it the operations, live on another server."""
    return bool(settings.POWERAUTH_SERVICE_URL)


def server() -> RemoteServer:
    """Give the configured server; its URL is without a slash at its end."""
    return RemoteServer(
        url=settings.POWERAUTH_SERVICE_URL.rstrip("/"),
        username=settings.POWERAUTH_SERVICE_USERNAME,
        password=settings.POWERAUTH_SERVICE_PASSWORD,
        connect_s=settings.POWERAUTH_SERVICE_CONNECT_TIMEOUT_S,
        response_s=settings.POWERAUTH_SERVICE_RESPONSE_TIMEOUT_S,
        connections=settings.POWERAUTH_SERVICE_CONNECTIONS,
        idle_s=settings.POWERAUTH_SERVICE_IDLE_S,
        ca_file=settings.POWERAUTH_SERVICE_CA_FILE,
        certificate_file=settings.POWERAUTH_SERVICE_CLIENT_CERTIFICATE_FILE,
        key_file=settings.POWERAUTH_SERVICE_CLIENT_KEY_FILE,
        proxy=settings.POWERAUTH_SERVICE_PROXY,
    )
