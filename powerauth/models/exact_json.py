"""A column of free-form JSON that gives every number back as it came."""

import json
from typing import Any

from django.db import models

from enrollment_server.api.payloads.exact_numbers import exact, whole
from enrollment_server.api.payloads.json import dump_json


class _Encoder(json.JSONEncoder):
    def encode(self, o: Any) -> str:
        return dump_json(o).decode()


class _Decoder(json.JSONDecoder):
    def __init__(self) -> None:
        super().__init__(parse_float=exact, parse_int=whole)


class ExactJSONField(models.JSONField):
    """JSON whose numbers are read as `load_exact` reads them, and never rounded.

    PostgreSQL keeps the value of a number and the zeros at its end, but no exponent. To migrations
    it is a plain JSON column, which it is to the database.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(encoder=_Encoder, decoder=_Decoder)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        del kwargs["encoder"], kwargs["decoder"]
        return name, "django.db.models.JSONField", args, kwargs
