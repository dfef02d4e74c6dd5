"""What all methods about credentials have in common."""

from collections.abc import Mapping
from typing import Any

from powerauth.integration.push_server import require
from powerauth.integration.push_server_errors import (
    EMPTY_REQUEST,
    NO_APPLICATION,
    ApplicationNotFound,
    BusinessFailure,
)
from push.credentials import services
from push.models import PushAppCredentials

TAG = "Push: credentials"
OF_APP = (BusinessFailure(EMPTY_REQUEST), BusinessFailure(NO_APPLICATION), ApplicationNotFound)


def found(body: Mapping[str, Any]) -> PushAppCredentials:
    """Give the credentials of the application that a request names.

    Raises:
        BusinessFailure: it names none.
        ApplicationNotFound: there are none.
    """
    require(body, {"app_id": NO_APPLICATION})
    row = services.find(body["app_id"])
    if row is None:
        raise ApplicationNotFound
    return row
