"""Which keys stand where: questions about the models that only mistakes ask."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin

from compiler.spec.base import Spec, keys_of
from compiler.spec.edges import ChainSpec
from compiler.spec.kinds import KIND_MODELS
from compiler.spec.workflow import WorkflowSpec
from compiler.syntax import Path


def model_at(path: Path, kind: str) -> type[Spec] | None:
    """Return the model of the mapping at a path of the draft; `kind` is that of the node on the way."""
    return next((model for each in _at(path, kind) if (model := _as_model(each))), None)


def takes_list_of_text(path: Path, kind: str) -> bool:
    """Whether a list of texts may stand at a path of the draft."""
    lists = [each for each in _at(path, kind) if get_origin(each) is list]
    return any(str in _alternatives(get_args(each)[0]) for each in lists)


def _at(path: Path, kind: str) -> list[object]:
    """Return the annotations of what may stand at a path."""
    annotations: list[object] = [WorkflowSpec]
    if len(path) > 1 and path[0] == "nodes":
        annotations, path = [KIND_MODELS[kind]], path[2:]
    for part in path:
        annotations = [found for each in annotations for found in _below(each, part)]
    return annotations


def sections_of(model: type[Spec]) -> dict[str, type[Spec]]:
    """Return the keys of a section that hold a section themselves, with its model."""
    return {
        key: section
        for key, field in keys_of(model).items()
        for each in _alternatives(field.annotation)
        if (section := _as_model(each))
    }


def _as_model(annotation: object) -> type[Spec] | None:
    if not isinstance(annotation, type) or not issubclass(annotation, Spec):
        return None
    return None if annotation is ChainSpec else annotation


def _below(annotation: object, part: str | int) -> list[object]:
    """Return the annotations of what stands under a key or index."""
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        field = keys_of(annotation).get(str(part))
        return [] if field is None else _alternatives(field.annotation)
    inside = get_args(annotation)
    if get_origin(annotation) is dict and isinstance(part, str):
        return _alternatives(inside[1])
    if get_origin(annotation) is list and isinstance(part, int):
        return _alternatives(inside[0])
    return []


def _alternatives(annotation: object) -> list[object]:
    """Return what a union offers, without `None` and without annotations."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _alternatives(get_args(annotation)[0])
    if origin is Union or origin is UnionType:
        return [found for each in get_args(annotation) for found in _alternatives(each)]
    return [] if annotation is NoneType else [annotation]
