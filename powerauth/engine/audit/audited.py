"""What the audit log tells of an object: only named members, and of secrets only that they changed.

Each app says so for its own models by `register`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Model, QuerySet

HIDDEN = "(hidden)"  # stands for every secret

Members = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A secret: it can be compared with another one, and is never shown."""

    value: object = field(repr=False)


class Lock(Enum):
    """How a row is locked before a change, so that its state before is what the change found.

    It has to be the lock that the engine takes first itself: others could wait for each other.
    """

    NONE = "none"
    ROW = "row"
    NO_KEY = "no key"  # rows that refer to this one go on


class Described(Protocol):
    """A type of objects whose changes are recorded."""

    @property
    def name(self) -> str:
        """Give the name of the type in the log."""

    def snapshot(self, values: Sequence[Any], *, lock: bool) -> Members | None:
        """Read an object as it is now by the values that a call names; None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The rows of one model.

    Args:
        columns: what is shown.
        hidden: columns of which only a change is shown.
        computed: further members, by name.
        key: columns that find a row by the values that a call names.
        parse: makes what a column is compared with from such a value.
        rows: gives the rows with what `computed` needs beside the columns.
        find: finds the row of a parsed value, locked or not, at less cost than by `rows`.
    """

    name: str
    model: type[Model]
    columns: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    computed: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    key: tuple[str, ...] = ("pk",)
    parse: Callable[[Any], object] = lambda value: value
    lock: Lock = Lock.ROW
    rows: Callable[[], QuerySet[Any]] | None = None
    find: Callable[[Any, bool], Model | None] | None = None

    def members(self, row: Model) -> Members:
        """Describe a row as it is in memory."""
        shown = {name: getattr(row, name) for name in self.columns}
        secret = {name: Hidden(value=_plain_bytes(getattr(row, name))) for name in self.hidden}
        return {**shown, **secret, **{name: tell(row) for name, tell in self.computed.items()}}

    def object_id(self, row: Model) -> str:
        """Give how the log names a row: as calls name it."""
        return " ".join(str(getattr(row, name)) for name in self.key)

    def snapshot(self, values: Sequence[Any], *, lock: bool) -> Members | None:
        if any(value is None for value in values):
            return None
        parsed = [self.parse(value) for value in values]
        row = self.find(parsed[0], lock) if self.find else self._found(parsed, lock=lock)
        return None if row is None else self.members(row)

    def _found(self, parsed: Sequence[Any], *, lock: bool) -> Model | None:
        every = self.rows() if self.rows else self.model._default_manager.all()
        rows = every.filter(**dict(zip(self.key, parsed, strict=True)))
        if lock and self.lock is not Lock.NONE:
            rows = rows.select_for_update(of=("self",), no_key=self.lock is Lock.NO_KEY)
        return rows.first()

    def is_named(self, row: Model, values: Sequence[Any]) -> bool:
        """Tell whether a row is the one that the values of a call name."""
        named = zip(self.key, values, strict=True)
        return isinstance(row, self.model) and all(
            getattr(row, name) == self.parse(value) for name, value in named
        )

    def of_row(self, row: Model, *, lock: bool = False) -> Members | None:
        """Read a row again as it is in the database now; None if it is gone."""
        same = replace(self, key=("pk",), parse=lambda value: value)
        return same.snapshot([row.pk], lock=lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Rows that are told of together, such as all values of one configuration."""

    name: str
    tell: Callable[..., Members]

    def snapshot(self, values: Sequence[Any], *, lock: bool) -> Members | None:
        return None if any(value is None for value in values) else self.tell(*values)


_BY_NAME: dict[str, Described] = {}
_BY_MODEL: dict[type[Model], Kind] = {}


def register(*kinds: Described) -> None:
    """Make types of objects known; the last one of a name or of a model counts."""
    for kind in kinds:
        _BY_NAME[kind.name] = kind
        if isinstance(kind, Kind):
            _BY_MODEL[kind.model] = kind


def kind_named(name: str) -> Described:
    """Give a type by its name in the log.

    Raises:
        KeyError: no app has registered it.
    """
    return _BY_NAME[name]


def kind_of(model: type[Model]) -> Kind:
    """Give the type of a model's rows; of one that nobody registered nothing is shown."""
    known = _BY_MODEL.get(model._meta.concrete_model or model)
    return known or Kind(name=str(model._meta.model_name), model=model, columns=())


def names() -> list[str]:
    """List the names of all registered types."""
    return sorted(_BY_NAME)


def difference(
    before: Members | None, after: Members | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the members that differ as JSON values, before and after; None for no object."""
    old, new = before or {}, after or {}
    changed = [
        name
        for name in (*old, *(name for name in new if name not in old))
        if name not in old or name not in new or old[name] != new[name]
    ]
    return (
        {name: _json(old[name]) for name in changed if name in old},
        {name: _json(new[name]) for name in changed if name in new},
    )


def _plain_bytes(value: object) -> object:
    # Drivers differ in the type of what they read; only the content is compared.
    return bytes(value) if isinstance(value, memoryview) else value


def _json(value: object) -> Any:
    match value:
        case Hidden():
            return HIDDEN
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case UUID():
            return str(value)
        case Mapping():
            return {str(name): _json(item) for name, item in value.items()}
        case Sequence() | set() | frozenset() if not isinstance(value, bytes):
            return [_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} does not belong into the audit log")
