"""Every documented error that a view can answer with."""

from enrollment_server.api.contract.endpoint import Refusal
from enrollment_server.api.errors import (
    ApiError,
    BodyTooLarge,
    UnsupportedMediaType,
)
from enrollment_server.api.renderers import enveloped
from enrollment_server.api.views import ApiView
from enrollment_server.openapi.derivation.described import DescribedEndpoint
from enrollment_server.openapi.security import admits_plain, is_encrypted
from powerauth.http.encryption import EncryptedView
from powerauth.integration.api import IntegrationView
from powerauth.integration.errors import CallOfAnotherSite
from powerauth.integration.renderers import BackEndRenderer
from powerauth.standard.views import SealedView, StandardView


def refusals(view: ApiView, endpoint: DescribedEndpoint) -> list[ApiError]:
    """Give the errors of an endpoint, each body once."""
    found: dict[tuple[int, str, str], ApiError] = {}
    for refusal in (*_of_view(view, endpoint), *endpoint.words.refusals):
        error = refusal() if isinstance(refusal, type) else refusal
        found.setdefault((int(error.http_status), error.code, error.message), error)
    return list(found.values())


def body_of(view: ApiView, error: ApiError) -> dict[str, object]:
    """Give the body of an error as the view's API writes it."""
    renderer = view.renderer_classes[0]()
    return renderer.body(error) if isinstance(renderer, BackEndRenderer) else enveloped(error)


def _of_view(view: ApiView, endpoint: DescribedEndpoint) -> list[Refusal]:
    found: list[Refusal] = [view.unexpected_failure, BodyTooLarge]
    integrated = isinstance(view, IntegrationView)
    reads = endpoint.body is not None
    if integrated:
        found.append(CallOfAnotherSite)
    if reads or integrated:
        found.append(view.invalid_request)
    if view.permission_classes:
        found.append(view.unauthenticated)
    if reads and (not is_encrypted(view) or admits_plain(view)):
        found.append(UnsupportedMediaType)
    if isinstance(view, StandardView):
        found.append(view.refused)
    if isinstance(view, SealedView):
        found.append(view.unauthenticated)
    if isinstance(view, EncryptedView):
        found.append(view.decryption_failed)
    return found
