"""The base of what a method reads: names on the wire, and ours."""

from typing import Any

from rest_framework.serializers import Serializer

from powerauth.integration.inputs.fields import OptionalField, refuse


def wire_name(name: str) -> str:
    """Give the name on the wire of a member, `userId` for `user_id`."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


class Input(Serializer[Any]):
    """The members of a request.

    They are declared by our names (`user_id`), read by the names on the wire (`userId`) and given
    to `call` by ours again, all of them, with None for an absent one. Others are ignored.
    """

    def get_fields(self) -> dict[str, Any]:
        fields = {}
        for name, field in super().get_fields().items():
            shown = wire_name(name)
            if shown != name:
                field.source = name
            fields[shown] = field
        return fields


class ObjectOf(OptionalField):
    """A JSON object with the members of an `Input`, such as an element of a list."""

    def __init__(self, kind: type[Input], *, needed: bool = False) -> None:
        self.kind = kind
        super().__init__(needed=needed)

    def to_internal_value(self, data: object) -> Any:
        if not isinstance(data, dict):
            refuse("must be an object")
        return self.kind().run_validation(data)
