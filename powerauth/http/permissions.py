"""DRF permissions of the phone's APIs."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from powerauth.http.identity import Identity


class Authenticated(BasePermission):
    """Admit a request whose signature or token was verified."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Identity)
