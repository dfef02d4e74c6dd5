"""The names of members in `/rest/v4`, and how types with them follow from those of `/rest/v3`.

Names in requests mean the same everywhere. Those in answers do not, so each answer says beside its
member what that is called here, see `names.InV4`. Source: protocol-4.md 34.3.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType, new_class
from typing import (
    Annotated,
    Any,
    TypedDict,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from powerauth.errors import EngineRefusal
from powerauth.integration.inputs.base import Input, wire_name
from powerauth.integration.names import InV4

# By our names; None is not read here.
REQUESTS: Mapping[str, str | None] = {
    "signature": "authentication_code",
    "signature_type": "authentication_code_type",
    "signature_version": "authentication_version",
    "signed_data": "request_data",
    "forced_signature_version": None,
    "challenge": None,
    "ephemeral_public_key": None,
    "mac": None,
    "generate_recovery_codes": None,
}
_ON_THE_WIRE = {wire_name(name): wire_name(here or name) for name, here in REQUESTS.items()}
_NAMED = re.compile(f"`({'|'.join(_ON_THE_WIRE)})`")
_VERSIONS = {"protocolVersion", "authenticationVersion"}
_NONCE = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3"  # of an encrypted request, 24 bytes
_typed_dict: Any = TypedDict  # whose names no checker can know

T = TypeVar("T")
Translate = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A type of `/rest/v4`, and how a value of the one in `/rest/v3` becomes one of it.

    Args:
        translate: None where both are the same.
    """

    kind: Any
    translate: Translate | None = None

    def of(self, value: Any) -> Any:
        """Translate a value."""
        return value if self.translate is None else self.translate(value)


class _InputHere(Input):
    """A request in the words of `/rest/v4`; what is not read here is None."""

    def get_fields(self) -> dict[str, Any]:
        fields = {}
        for name, field in super().get_fields().items():
            here = _ON_THE_WIRE.get(name, name)
            if field.source is None and here != name:
                field.source = name
            fields[here] = field
        return {name: field for name, field in fields.items() if not _is_left_out(name, field)}

    def to_internal_value(self, data: Any) -> Any:
        return {**dict.fromkeys(self._declared_fields), **super().to_internal_value(data)}


def _is_left_out(name: str, field: Any) -> bool:
    return REQUESTS.get(field.source or name, name) is None


@cache
def asked(kind: type[Input]) -> type[Input]:
    """Give what reads the requests of a method here."""
    if not set(kind._declared_fields) & set(REQUESTS):
        return kind
    return derived(kind, _InputHere)


def derived(kind: type[T], *before: type, **attributes: Any) -> type[T]:
    """Give a class that is another one with further bases and attributes."""
    named = {"__doc__": kind.__doc__, "__module__": kind.__module__, **attributes}
    made: type[T] = new_class(kind.__name__, (*before, kind), exec_body=lambda it: it.update(named))
    return made


def example(members: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Give the example of a request here."""
    if members is None:
        return None
    left_out = {wire_name(name) for name, here in REQUESTS.items() if here is None}
    here = {
        _ON_THE_WIRE.get(name, name): value
        for name, value in members.items()
        if name not in left_out
    }
    if "encryptedData" in here:
        here["nonce"] = _NONCE
    return {name: "4.0" if name in _VERSIONS else value for name, value in here.items()}


def description(text: str) -> str:
    """Give a text for readers with the names of members as they are here."""
    return _NAMED.sub(lambda found: f"`{_ON_THE_WIRE[found[1]]}`", text)


def refusal(refused: EngineRefusal) -> EngineRefusal:
    """Give a refusal that names the member by its name here."""
    here = _ON_THE_WIRE.get(refused.member, refused.member)
    if here == refused.member:
        return refused
    message = refused.message.replace(refused.member, here, 1)
    return EngineRefusal(refused.code, message, member=here)


@cache
def answered(hint: Any) -> Answer:
    """Give what a method answers here.

    Args:
        hint: the type of its answer in `/rest/v3`.
    """
    if is_typeddict(hint):
        return _of_object(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        inner = answered(arguments[0])
        return Answer(kind=Annotated[inner.kind, *arguments[1:]], translate=inner.translate)
    if origin is list:
        return _of_list(hint, answered(arguments[0]))
    if origin in {Union, UnionType} and len(arguments) == 2 and NoneType in arguments:
        return _of_optional(hint, answered(next(one for one in arguments if one is not NoneType)))
    return Answer(kind=hint)


def _of_list(hint: Any, element: Answer) -> Answer:
    translate = element.translate
    if translate is None:
        return Answer(kind=hint)
    kind: Any = element.kind
    return Answer(kind=list[kind], translate=lambda values: [*map(translate, values)])


def _of_optional(hint: Any, inner: Answer) -> Answer:
    translate = inner.translate
    if translate is None:
        return Answer(kind=hint)
    return Answer(
        kind=inner.kind | None,
        translate=lambda value: None if value is None else translate(value),
    )


def _of_object(hint: Any) -> Answer:
    hints = get_type_hints(hint, include_extras=True)
    names = {name: _name_here(name, kind) for name, kind in hints.items()}
    inner = {name: answered(kind) for name, kind in hints.items()}
    translations = {name: one.translate for name, one in inner.items() if one.translate is not None}
    if not translations and all(name == here for name, here in names.items()):
        return Answer(kind=hint)
    kind = _typed_dict(
        f"{hint.__name__}4", {here: inner[name].kind for name, here in names.items() if here}
    )
    kind.__doc__ = hint.__doc__

    def translate(members: Mapping[str, Any]) -> dict[str, Any]:
        return {
            here: translations[name](value) if name in translations else value
            for name, value in members.items()
            if (here := names[name]) is not None
        }

    return Answer(kind=kind, translate=translate)


def _name_here(name: str, kind: Any) -> str | None:
    notes = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    return next((note.name for note in notes if isinstance(note, InV4)), name)
