"""Who may call a view, as security requirements: read from what the view declares."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from rest_framework.authentication import (
    BaseAuthentication,
    BasicAuthentication,
    SessionAuthentication,
)

from enrollment_server.api.views import ApiView
from powerauth.http.access import Access
from powerauth.http.authentication import FormerSignatureAuthentication
from powerauth.http.encryption import EncryptedView, SealedRenderer
from powerauth.integration.api import IntegrationView
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER, SIGNATURE_HEADER, TOKEN_HEADER
from powerauth.protocol.v3.signature import SignatureType

SIGNATURE = "PowerAuthSignature"
TOKEN = "PowerAuthToken"  # noqa: S105 - the name of a scheme is no secret
ENCRYPTION = "PowerAuthEncryption"
INTEGRATION = "IntegrationCredentials"
STAFF = "StaffPassword"
STAFF_SESSION = "StaffSession"

Requirement = dict[str, list[str]]


def _header(name: str, description: str) -> dict[str, str]:
    return {"type": "apiKey", "in": "header", "name": name, "description": description}


SCHEMES: dict[str, dict[str, str]] = {
    SIGNATURE: _header(
        SIGNATURE_HEADER,
        "Signature over the request by the keys of an activation: `PowerAuth "
        'pa_activation_id="...", pa_application_key="...", pa_nonce="...", '
        'pa_signature_type="possession_knowledge", pa_signature="...", pa_version="3.3"`. In '
        "protocol 4.0 it is called an authentication code, and the two parameters are "
        "`pa_auth_code_type` and `pa_auth_code`.",
    ),
    TOKEN: _header(
        TOKEN_HEADER,
        "Digest of a token from `token/create`, which does not cover the body: `PowerAuth "
        'token_id="...", token_digest="...", nonce="...", timestamp="...", version="3.3"`.',
    ),
    ENCRYPTION: _header(
        ENCRYPTION_HEADER,
        'Who encrypted the body: `PowerAuth version="3.3", application_key="..."`, in '
        'activation scope with `activation_id="..."` as well.',
    ),
    INTEGRATION: {
        "type": "http",
        "scheme": "basic",
        "description": "Token and secret of an integration as user name and password.",
    },
    STAFF: {
        "type": "http",
        "scheme": "basic",
        "description": "Name and password of somebody who may log in to the back office.",
    },
    STAFF_SESSION: {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": "The session of the back office.",
    },
}


def is_encrypted(view: ApiView) -> bool:
    """Tell whether the body and the answer of a view are encrypted."""
    sealed = any(issubclass(renderer, SealedRenderer) for renderer in view.renderer_classes)
    return sealed or isinstance(view, EncryptedView)


def admits_plain(view: ApiView) -> bool:
    """Tell whether a view that decrypts bodies takes plain ones as well."""
    return isinstance(view, EncryptedView) and view.admits_plain()


def requirements(view: ApiView) -> list[Requirement]:
    """Give the alternatives to call a view; an empty one admits everybody."""
    if isinstance(view, IntegrationView):
        return (
            [{INTEGRATION: []}] if settings.INTEGRATION_AUTH_REQUIRED else [{}, {INTEGRATION: []}]
        )
    staff: dict[type[BaseAuthentication], str] = {
        BasicAuthentication: STAFF,
        SessionAuthentication: STAFF_SESSION,
    }
    for_staff: list[Requirement] = [
        {scheme: []}
        for given in view.authentication_classes
        for kind, scheme in staff.items()
        if issubclass(given, kind)
    ]
    return for_staff or _of_phones(view)


def _of_phones(view: ApiView) -> list[Requirement]:
    access = _access(view)
    encryption: Requirement = {ENCRYPTION: []} if is_encrypted(view) else {}
    if access is None:
        return [encryption]
    found: list[Requirement] = []
    if access.tokens_of:
        found.append({TOKEN: [], **encryption})
    if _takes_signature(access):
        # The header of the signature says all that the decryption needs to know, if it may.
        needed = encryption if _is_signed_by_former(view) else {}
        found.append({SIGNATURE: [], **needed})
    return found


def explained(view: ApiView) -> str:
    """Say in Markdown which factors and which resource id a call needs; empty if none."""
    access = _access(view)
    if access is None:
        return ""
    lines = []
    if access.tokens_of:
        lines.append(f"* Token created with {_listed(access.tokens_of)}.")
    if _takes_signature(access):
        ids = " or ".join(f"`{resource_id}`" for resource_id in access.resource_ids())
        types = access.signature_types()
        factors = f" with {_listed(types)}" if types else ""
        lines.append(f"* Signature{factors}; resource id {ids}.")
    return "\n".join(lines)


def _is_signed_by_former(view: ApiView) -> bool:
    kinds = view.authentication_classes
    return any(issubclass(kind, FormerSignatureAuthentication) for kind in kinds)


def _access(view: ApiView) -> Access | None:
    access: Any = getattr(view, "access", None)
    return access if isinstance(access, Access) else None


def _takes_signature(access: Access) -> bool:
    # An endpoint that names a resource id only leaves the choice of the factors to the engine.
    return bool(access.signature_types()) or not (access.signed_with or access.tokens_of)


def _listed(types: Iterable[SignatureType]) -> str:
    names = [f"`{kind.value}`" for kind in SignatureType if kind in set(types)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
