"""`/pa/v4/auth/validate`: is this authentication code valid? Source: protocol-4.md 29."""

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth.http.access import PB, PK, Access, P
from powerauth.standard import signature
from powerauth.standard.v4.errors import CodeRefused
from powerauth.standard.v4.views import GROUP, View4


class ValidateView(View4, signature.ValidateView):
    """The method is authenticated as well as the body, whose reason is never interpreted."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Validate an authentication code",
        description=(
            "The method is part of what the code covers. So is a body, which may name a reason "
            "and is never read. A new PIN is confirmed by a code that is made with it."
        ),
    )
    access = Access(signed_with=frozenset({P, PK, PB}), resource_id="/pa/auth/validate")
    refused = CodeRefused
