"""Keys for a caller that decrypts a phone's request itself.

Source: integration-api.md 9.1, protocol-4.md 34.2.
"""

from collections.abc import Collection
from datetime import datetime

from powerauth.engine.activations import activations
from powerauth.engine.applications import applications
from powerauth.engine.encryption import encryption
from powerauth.engine.generations import choice
from powerauth.engine.generations.values import EnvelopeParameters, EnvelopeSecrets
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, ApplicationVersion
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.versions import traits_of
from powerauth.rules import given
from powerauth.values import EncryptedCall


@commits_refusals
def secrets_of(
    parameters: EnvelopeParameters,
    *,
    at: datetime,
    admitted: Collection[ActivationState] = activations.ONLY_ACTIVE,
) -> EnvelopeSecrets:
    """Give the keys of a request to a generic encryptor, once.

    Args:
        admitted: states of the activation.

    Raises:
        EngineRefusal: INVALID_REQUEST for a missing key, and for a request that was used before or
            whose time is out of range; in application scope APPLICATION_NOT_FOUND before that; in
            activation scope ACTIVATION_NOT_FOUND before, ACTIVATION_STATE and
            APPLICATION_NOT_FOUND after it; then TEMPORARY_KEY_MISSING, NO_MASTER_KEY_PAIR, and
            DECRYPTION_FAILED for parameters that no request has.
    """
    application_key = given("applicationKey", parameters.application_key)
    if parameters.activation_id is None:
        return _of_application(parameters, application_key, at=at)
    activation = activations.find(parameters.activation_id)
    if activation is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    return _of_activation(parameters, application_key, activation, at=at, admitted=admitted)


def _of_application(
    parameters: EnvelopeParameters, application_key: str, *, at: datetime
) -> EnvelopeSecrets:
    version = _version(application_key)
    call = _call(parameters, application_key, Encryptor.APPLICATION_GENERIC)
    encryption.use_once(call, at=at)
    return encryption.secrets_of(call, version, None, at=at)


def _of_activation(
    parameters: EnvelopeParameters,
    application_key: str,
    activation: Activation,
    *,
    at: datetime,
    admitted: Collection[ActivationState],
) -> EnvelopeSecrets:
    call = _call(parameters, application_key, Encryptor.ACTIVATION_GENERIC)
    encryption.use_once(call, at=at)
    if activation.state not in admitted:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    version = _version(application_key)
    if version.application_id != activation.application_id:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    return encryption.secrets_of(call, version, activation, at=at)


def _version(application_key: str) -> ApplicationVersion:
    version = applications.supported_version(application_key)
    if version is None:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    return version


def _call(
    parameters: EnvelopeParameters, application_key: str, encryptor: Encryptor
) -> EncryptedCall:
    try:
        version = traits_of(parameters.version or "", parameters.generations).version
        request = choice.of_version(version).envelopes.unseen(parameters)
    except ProtocolError as error:
        raise EngineRefusal(ErrorCode.DECRYPTION_FAILED) from error
    return EncryptedCall(
        request=request,
        encryptor=encryptor,
        version=version,
        application_key=application_key,
        activation_id=parameters.activation_id,
    )
