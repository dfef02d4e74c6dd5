"""`/pa/v3/signature/validate`: is this signature valid? Source: standard-rest-api.md 7.8."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.errors import ApiError
from powerauth.http.access import PB, PK, PKB, Access, P
from powerauth.standard.errors import AuthenticationRefused
from powerauth.standard.views import CREDENTIALS, SignedView


class ValidateView(SignedView):
    """The method is signed as well as the body, which is never read."""

    endpoint = Endpoint(
        tag=CREDENTIALS,
        summary="Validate a signature",
        description="The method is part of what is signed; a body is signed, and never read.",
    )
    access = Access(signed_with=frozenset({P, PK, PB, PKB}), resource_id="/pa/signature/validate")
    refused: ClassVar[type[ApiError]] = AuthenticationRefused
    http_method_names = ["get", "post", "put", "delete"]

    def get(self, request: Request) -> Response:
        return Response()

    def post(self, request: Request) -> Response:
        return Response()

    def put(self, request: Request) -> Response:
        return Response()

    def delete(self, request: Request) -> Response:
        return Response()
