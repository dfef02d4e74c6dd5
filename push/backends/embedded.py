"""Devices in our own database."""

import logging
from datetime import datetime

from django.db import IntegrityError, OperationalError

from push import services
from push.errors import PushRegistrationFailed
from push.values import Registration

logger = logging.getLogger(__name__)


class EmbeddedBackend:
    """Implements `base.PushBackend`."""

    def register(self, registration: Registration, *, at: datetime) -> None:
        try:
            services.register(registration, at=at)
        except (IntegrityError, OperationalError) as error:
            logger.exception("push registration failed: activation=%s", registration.activation_id)
            raise PushRegistrationFailed from error
