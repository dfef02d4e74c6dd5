"""Which page of a long list a caller asks for: integration-api.md 1.3 and 16."""

from collections.abc import Mapping
from typing import Any

from powerauth.engine.paging import Page
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import Number


class PageInput(Input):
    """Which page, and how many rows it has; both have defaults."""

    page_number = Number()
    page_size = Number()

    @staticmethod
    def page(body: Mapping[str, Any]) -> Page:
        """Give the page.

        Raises:
            EngineRefusal: INVALID_REQUEST for a negative number, a size below 1, or huge ones.
        """
        return Page.of(body["page_number"], body["page_size"])
