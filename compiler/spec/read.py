"""Reads a tree into the models: reports every mistake of shape, and goes on with what is left."""

from __future__ import annotations

from compiler.diagnostics.sink import Sink
from compiler.spec.checks import check_keys
from compiler.spec.draft import Draft
from compiler.spec.fit import Misfit, fit
from compiler.spec.place import set_places, walk
from compiler.spec.prepare import prepare
from compiler.spec.workflow import WorkflowSpec
from compiler.syntax import Mapping, Tree


def read(tree: Tree, sink: Sink) -> WorkflowSpec | None:
    """Return the workflow that was written, without the parts that cannot be used.

    Every mistake is reported (AC2xx). None comes back only when the file is not a mapping.
    """
    if not isinstance(tree, Mapping):
        sink.report("AC104", tree.span, "a workflow file must be one mapping")
        return None
    draft = Draft(tree)
    prepare(draft, sink)
    # Each round takes at least one part out of the data or renames an unknown key, so this ends.
    while True:
        try:
            spec = fit(WorkflowSpec, draft.data)
        except Misfit:
            # Only files with mistakes pay for the loading of their words.
            from compiler.spec.explain import take_errors
            from compiler.spec.validation import errors_of

            take_errors(draft, errors_of(WorkflowSpec, draft.data), sink)
            continue
        places = walk(spec, draft)
        if not check_keys(draft, places, sink):
            set_places(spec, places, draft)
            return spec
