"""Rows of a compiled query as instances of their models, without the ORM's cost for each row."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable

Make = Callable[[Sequence[Any]], Any]


def maker_of(rows: models.QuerySet[Any, Any], compiler: Any) -> Make:
    """Give the function that makes what a queryset would give of a row.

    Args:
        compiler: of the query of `rows`, which it has compiled.

    Returns: an instance of the model with its annotations; a tuple for `values_list`.
    """
    convert = _converter(compiler)
    if not issubclass(rows._iterable_class, ModelIterable):
        return lambda row: tuple(convert(row))
    build = _builder(compiler.klass_info, compiler.select)
    annotations = tuple(compiler.annotation_col_map.items())

    def make(row: Sequence[Any]) -> Any:
        values = convert(row)
        instance = build(values)
        for name, column in annotations:
            instance.__dict__[name] = values[column]
        return instance

    return make


def _converter(compiler: Any) -> Callable[[Sequence[Any]], Sequence[Any]]:
    converters = [
        (position, functions, expression)
        for position, (functions, expression) in compiler.get_converters(
            [column[0] for column in compiler.select]
        ).items()
    ]
    if not converters:
        return lambda row: row

    def convert(row: Sequence[Any]) -> Sequence[Any]:
        values, database = list(row), connections[DEFAULT_DB_ALIAS]
        for position, functions, expression in converters:
            for function in functions:
                values[position] = function(values[position], expression, database)
        return values

    return convert


def _builder(info: Any, select: Sequence[Any]) -> Make:
    model, columns = info["model"], info["select_fields"]
    names = tuple(select[column][0].target.attname for column in columns)
    start, end = columns[0], columns[-1] + 1
    key = columns[names.index(model._meta.pk.attname)]
    related = [
        (_builder(inner, select), inner["local_setter"])
        for inner in info.get("related_klass_infos", ())
    ]

    def build(row: Sequence[Any]) -> Any:
        if row[key] is None:
            return None
        instance = model.__new__(model)
        values = instance.__dict__
        values.update(zip(names, row[start:end], strict=True))
        values["_state"] = _state_of_a_row()
        for make, attach in related:
            attach(instance, make(row))
        return instance

    return build


def _state_of_a_row() -> models.base.ModelState:
    state = ModelState()
    state.db, state.adding = DEFAULT_DB_ALIAS, False
    return state
