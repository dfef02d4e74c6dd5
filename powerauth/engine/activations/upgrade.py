"""Migration from protocol 2, which no activation here needs: integration-api.md 9.4.

Every activation is of version 3, so each call ends, at the latest, with its wrong state.
"""

from datetime import datetime
from typing import NoReturn

from powerauth.engine.activations import activations
from powerauth.engine.encryption import encryption
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.values import EncryptedCall


@commits_refusals
def start(call: EncryptedCall, *, at: datetime) -> NoReturn:
    """Refuse to begin a migration.

    Raises:
        EngineRefusal: INVALID_REQUEST for a request that was used before or whose time is out of
            range, ACTIVATION_NOT_FOUND, ACTIVATION_STATE.
    """
    encryption.use_once(call, at=at)
    _refuse(call.activation_id or "")


def commit(activation_id: str | None, application_key: str | None) -> NoReturn:
    """Refuse to end a migration.

    Raises:
        EngineRefusal: DECRYPTION_FAILED for a missing argument, ACTIVATION_NOT_FOUND,
            ACTIVATION_STATE.
    """
    if activation_id is None or application_key is None:
        raise EngineRefusal(ErrorCode.DECRYPTION_FAILED)
    _refuse(activation_id)


def _refuse(activation_id: str) -> NoReturn:
    if activations.find(activation_id) is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
