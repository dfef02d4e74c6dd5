"""Paths of the integration API below `rest/v4/`: protocol-4.md 34.2."""

from powerauth.integration.urls import IN_BOTH_TREES
from powerauth.integration.v4 import tree

urlpatterns = [tree.method(route, view) for route, view in IN_BOTH_TREES.items()]
