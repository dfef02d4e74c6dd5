"""Columns that no page may show, filter, search, order or export: one rule for all models.

A column is secret if its model says so, if it is binary, or if its name speaks of a secret. The
last two are there for models that nobody thought of, such as those of other libraries; whatever
only sounds like a secret is declared as open, beside its model.
"""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BinaryField, Field, Model
from django.db.models.constants import LOOKUP_SEP

_WORDS = frozenset(
    {
        *("code", "digest", "hash", "key", "keys", "nonce", "otp", "passphrase", "password"),
        *("pin", "private", "salt", "secret", "seed", "token"),
    }
)

_SECRET: dict[type[Model], frozenset[str]] = {}
_OPEN: dict[type[Model], frozenset[str]] = {}


def keep_secret(model: type[Model], *columns: str) -> None:
    """Declare columns of a model as secret.

    Raises:
        FieldDoesNotExist: the model has no such column.
    """
    _SECRET[model] = _SECRET.get(model, frozenset()) | _known(model, columns)


def leave_open(model: type[Model], *columns: str) -> None:
    """Declare that columns of a model only sound like secrets.

    Raises:
        FieldDoesNotExist: the model has no such column.
    """
    _OPEN[model] = _OPEN.get(model, frozenset()) | _known(model, columns)


def _known(model: type[Model], columns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(model._meta.get_field(name).name for name in columns)


def is_secret(field: "Field[Any, Any]") -> bool:
    """Tell whether a column is secret."""
    model = field.model
    if field.name in _SECRET.get(model, frozenset()):
        return True
    if field.name in _OPEN.get(model, frozenset()):
        return False
    return isinstance(field, BinaryField) or not _WORDS.isdisjoint(field.name.lower().split("_"))


def secret_columns(model: type[Model]) -> list[str]:
    """List the names of the secret columns of a model."""
    return [field.name for field in model._meta.concrete_fields if is_secret(field)]


def leads_to_secret(model: type[Model], path: str) -> bool:
    """Tell whether a path such as `-callback__authentication__regex` touches a secret column."""
    current: Any = model
    for part in path.lstrip("-+^=@?").split(LOOKUP_SEP):
        try:
            field = current._meta.get_field(part)
        except FieldDoesNotExist:
            # The primary key by its short name, or a lookup or transform of what came before.
            return False
        if isinstance(field, Field) and is_secret(field):
            return True
        if not field.is_relation:
            return False
        current = field.related_model
    return False
