"""Generated packages beside the hand-written programs: wall time, overhead, throughput, start, memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import calls, dags, examples, graphs, starting
from bench.report import Section
from bench.stage import Stage
from tests.support.fake_llm.remote import FakeLLMProcess

log = logging.getLogger(__name__)
Measure = Callable[..., Section]

PARTS: tuple[Measure, ...] = (
    examples.section,
    calls.overhead,
    calls.items,
    calls.together,
    graphs.section,
)


def sections(folder: Path, *, quick: bool) -> Iterator[Section]:
    """Measure everything that runs, one section after the other; one that fails says so, the others go on."""
    with FakeLLMProcess() as fake:
        stage = Stage(folder, fake)
        for part in (_start, *PARTS):
            try:
                yield part(stage, quick=quick)
            except Exception as error:  # whatever it is, it is this section's alone
                name = f"{part.__module__}.{part.__name__}"
                log.exception("%s was not measured", name)
                about = f"Not measured: {type(error).__name__}."
                yield Section(name, about, (), ())


def _start(stage: Stage, *, quick: bool) -> Section:
    project = stage.generate("starting", dags.workflow_text(dags.chain("starting", 3, 0.0)))
    return starting.section(stage.folder, project, stage.python, quick=quick)
