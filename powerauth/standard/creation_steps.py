"""How an activation comes to be, by the way in which the phone identifies its user.

Source: standard-rest-api.md 7.1, 9 and 10. The phone learns of no cause of a refusal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NotRequired, TypedDict

from enrollment_server.api.contract.shapes import Shape
from powerauth import hook_calls
from powerauth.activation_hook import ActivationKind, Attempt, get_hook
from powerauth.conf import get_backend
from powerauth.hook_calls import HookFailed, ask, tell
from powerauth.oidc import login, providers
from powerauth.oidc.errors import OidcRefused
from powerauth.oidc.login import Login
from powerauth.oidc.providers import Provider
from powerauth.standard.errors import ActivationRefused
from powerauth.user_info import Stage, get_provider
from powerauth.values import ActivationFacts, EncryptedCall, PreparedActivation

_WAITING, _ACTIVE = "PENDING_COMMIT", "ACTIVE"


class ActivationAnswer(TypedDict):
    """What a phone learns of its new activation."""

    activationData: Annotated[dict[str, object], Shape(name="EncryptedResponse")]
    customAttributes: dict[str, Any]
    userInfo: NotRequired[
        Annotated[dict[str, Any], Shape("Claims about the user, if a provider gives any.")]
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An attempt with the inner layer of its request, which only the server opens."""

    attempt: Attempt
    call: EncryptedCall


def activate(order: Order, *, at: datetime) -> ActivationAnswer:
    """Exchange keys with a phone, and give the payload of the answer.

    Raises:
        ActivationRefused: the attempt names no user.
        EngineRefusal: the server refuses.
    """
    # What is misconfigured has to fail before the keys are exchanged.
    get_provider()
    get_hook()
    try:
        if order.attempt.kind is ActivationKind.CODE:
            return _by_code(order, at=at)
        if order.attempt.identity_attributes.get("method") == login.METHOD:
            return _by_oidc(order, at=at)
        return _by_hook(order, at=at)
    except (HookFailed, OidcRefused) as refusal:
        raise ActivationRefused(log={"reason": str(refusal)}) from None


def _by_code(order: Order, *, at: datetime) -> ActivationAnswer:
    code = order.attempt.identity_attributes.get("code", "")
    if not code.strip():
        raise ActivationRefused
    prepared = get_backend().prepare(
        code=code,
        call=order.call,
        custom_attributes=order.attempt.custom_attributes,
        at=at,
    )
    claims = get_provider().claims(prepared.activation, Stage.ACTIVATION_CODE, at=at)
    return _answer(prepared, _as_hook_decides(order.attempt, prepared.activation, at=at), claims)


def _by_hook(order: Order, *, at: datetime) -> ActivationAnswer:
    hook, attempt = get_hook(), order.attempt
    user_id = ask(lambda: hook_calls.user_id(hook.user_id(attempt)))
    if user_id is None:
        raise ActivationRefused
    attempts = ask(lambda: hook_calls.number(hook.max_failed_attempts(attempt, user_id)))
    expires_at = ask(lambda: hook_calls.end(hook.validity(attempt, user_id), at=at))
    prepared = get_backend().create_activation(
        user_id=user_id,
        call=order.call,
        custom_attributes=attempt.custom_attributes,
        expires_at=expires_at,
        max_failed_attempts=attempts,
        at=at,
    )
    claims = get_provider().claims(prepared.activation, Stage.ACTIVATION_CUSTOM, at=at)
    return _answer(prepared, _as_hook_decides(attempt, prepared.activation, at=at), claims)


def _by_oidc(order: Order, *, at: datetime) -> ActivationAnswer:
    backend, hook, attempt = get_backend(), get_hook(), order.attempt
    prepared = backend.create_activation(
        user_id=_subject(attempt, at=at),
        call=order.call,
        custom_attributes=attempt.custom_attributes,
        at=at,
    )
    activation = backend.commit(prepared.activation.activation_id, at=at)
    claims = get_provider().claims(activation, Stage.ACTIVATION_CUSTOM, at=at)
    tell(lambda: hook.committed(attempt, activation))
    return _answer(prepared, attempt.custom_attributes, claims)


def _subject(attempt: Attempt, *, at: datetime) -> str:
    """Give who has logged in at the provider that the attempt names."""
    attempted = Login.of(attempt.identity_attributes)
    entries = get_backend().configuration(attempt.application_id, providers.CONFIGURATION_KEY)
    provider = Provider.of(providers.find(entries, attempted.provider_id))
    return login.subject_of(attempted, provider, at=at)


def _as_hook_decides(
    attempt: Attempt, activation: ActivationFacts, *, at: datetime
) -> Mapping[str, Any]:
    """Let the hook add flags, commit and know; give the custom attributes of the answer."""
    hook, backend = get_hook(), get_backend()
    attributes = ask(lambda: hook_calls.attributes(hook.custom_attributes(attempt, activation)))
    flags = ask(lambda: hook_calls.flags(hook.flags_to_add(attempt, activation)))
    current = activation
    if flags:
        current = backend.add_flags(activation.activation_id, flags, at=at)
    if current.state == _WAITING and ask(
        lambda: hook_calls.decision(hook.commits(attempt, current))
    ):
        current = backend.commit(activation.activation_id, at=at)
    if current.state == _ACTIVE:
        tell(lambda: hook.committed(attempt, current))
    return attributes


def _answer(
    prepared: PreparedActivation,
    attributes: Mapping[str, Any],
    claims: Mapping[str, Any] | None,
) -> ActivationAnswer:
    answer: ActivationAnswer = {
        "activationData": prepared.response.to_json(),
        "customAttributes": dict(attributes),
    }
    if claims is not None:
        answer["userInfo"] = dict(claims)
    return answer
