"""The kinds of names a workflow has; a reference is never a bare `str`."""

from __future__ import annotations

from typing import Final, NewType

NodeId = NewType("NodeId", str)
FieldName = NewType("FieldName", str)
ModelName = NewType("ModelName", str)
ToolName = NewType("ToolName", str)
TypeName = NewType("TypeName", str)

START: Final = NodeId("START")
END: Final = NodeId("END")
ERROR_FIELD: Final = FieldName("error")
"""The pseudo field that handlers of `on_error` read: a record of `kind`, `message` and `node`."""
