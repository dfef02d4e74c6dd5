"""A phone of protocol 4.0, as the tests of its generation have it."""

from tests.engine.generations_four.conftest import each_phone, phone

__all__ = ["each_phone", "phone"]
