"""Every test of these methods runs in both trees: protocol-4.md 34.2 and 34.3."""

import pytest
import requests

from tests import wsgi
from tests.api.integration.trees import TREES, session_v4


@pytest.fixture(params=TREES)
def http(request: pytest.FixtureRequest) -> requests.Session:
    """A back end of either tree."""
    return session_v4() if request.param == "v4" else wsgi.session()
