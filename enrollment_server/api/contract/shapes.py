"""What a type hint cannot say of a value in JSON, and names for the usual kinds.

The answer of an endpoint is a `TypedDict`, whose name is the name of its schema. Its members are
`str`, `int`, `bool`, `Literal`, `list`, `dict` with free names, unions, and other such types; None
in a union says that null is written, `NotRequired` that the member can be left out. Whatever else
there is to say of a member stands beside its type:

    class Message(TypedDict):
        id: Uuid
        body: Annotated[str, Shape("Text or HTML, as `type` says.")]
        readBy: NotRequired[list[str]]
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any


@dataclass(frozen=True, slots=True)
class Shape:
    """What to say of a value beside its type.

    Args:
        description: for people.
        name: a schema of its own for a type that has no name, such as a union.
        keywords: of JSON schema, such as `format`, `enum`, `minimum`, `pattern` and `example`.
    """

    description: str = ""
    name: str = ""
    keywords: Mapping[str, Any] = field(default_factory=dict)

    # A mapping has no hash, and type hints with equal descriptions are the same hint.
    def __hash__(self) -> int:
        return hash((self.description, self.name, *self.keywords))


def one_of(*values: str, description: str = "") -> Shape:
    """Say of a text that it is one of a few, where no `Literal` says it."""
    return Shape(description, keywords={"enum": [str(value) for value in values]})


Uuid = Annotated[str, Shape(keywords={"format": "uuid"})]
Base64 = Annotated[str, Shape(keywords={"format": "byte"})]
Milliseconds = Annotated[int, Shape("Milliseconds since 1970.")]
Count = Annotated[int, Shape(keywords={"minimum": 0})]
