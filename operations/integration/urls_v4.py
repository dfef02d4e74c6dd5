"""Paths of the integration API below `rest/v4/operation/`: protocol-4.md 34.2."""

from operations.integration.urls import METHODS
from powerauth.integration.v4 import tree

urlpatterns = [tree.method(route, view) for route, view in METHODS.items()]
