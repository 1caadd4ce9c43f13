"""The `Dockerfile` as a view, and the files that a build of the image reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator

from compiler.assets import asset_folder
from compiler.ir.python_names import STANDARD_MODULES
from compiler.ir.workflow import McpTool, Workflow
from compiler.plan.files import PlannedFile
from compiler.plan.state import given_fields
from compiler.plan.text import Plain, word
from compiler.record import dataclass

PYTHON = "3.11"
"""The oldest version that generated packages run on, and the one of their images."""

_PROGRAM_TOOLS = frozenset({"tools.process", "tools.shell"})
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_]*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ImageView:
    """One of the images that the Dockerfile can build."""

    name: Plain
    is_distroless: bool


@dataclass(frozen=True, slots=True)
class DockerfileView:
    """`Dockerfile`, `.dockerignore`.

    Args:
        options: what `docker/layers.py` is told about the workflow.
        images: the last one is what is built unless a target is named.
        has_workers: runs wait in a queue; a container that stands alone brings a worker along.
        runs_alone: a run needs no inputs.
    """

    package: Plain
    python: Plain
    options: tuple[Plain, ...]
    images: tuple[ImageView, ...]
    default: Plain
    other: Plain
    is_server: bool
    has_workers: bool
    runs_alone: bool


def dockerfile_view(
    workflow: Workflow, vendored: Collection[str], own: Iterable[str], *, has_server: bool
) -> DockerfileView:
    """Return the view of the Dockerfile.

    Args:
        vendored: the modules of the runtime library in the package.
        own: the texts of the user's Python files in it.
    """
    imported = _imported(own)
    runs_programs = (
        any(isinstance(tool, McpTool) and tool.command for tool in _tools(workflow))
        or not _PROGRAM_TOOLS.isdisjoint(vendored)
        or imported is None
        or "subprocess" in imported
    )
    slim, distroless = ImageView(word("slim"), False), ImageView(word("distroless"), True)
    images = (distroless, slim) if runs_programs else (slim, distroless)
    return DockerfileView(
        word(workflow.package),
        word(PYTHON),
        tuple(_options(workflow, imported)),
        images,
        images[1].name,
        images[0].name,
        has_server,
        workflow.config.execution.engine != "inprocess",
        not any(field.required for field in given_fields(workflow)),
    )


def image_files(view: DockerfileView, requirements: Iterable[str]) -> Iterator[PlannedFile]:
    """Plan what a build of the image reads; `docker/` holds what is installed, and what lays out the layers."""
    for name, template in (("Dockerfile", "Dockerfile.j2"), (".dockerignore", "dockerignore.j2")):
        yield PlannedFile(name, "render", "the image", f"project/{template}", "plain", view)
    text = "".join(f"{each}\n" for each in requirements)
    yield PlannedFile("docker/requirements.txt", "render", "the image", text=text)
    # What Compose gives to a build as a secret where there is none: it knows no optional ones.
    yield PlannedFile("docker/none", "render", "the image", text="")
    for file in sorted(asset_folder("templates").joinpath("project", "docker").glob("*.py")):
        path = f"docker/{file.name}"
        yield PlannedFile(path, "vendor", "the image", text=file.read_text(encoding="utf-8"))


def _options(workflow: Workflow, imported: frozenset[str] | None) -> Iterator[Plain]:
    providers = sorted(set(_providers(workflow)))
    if providers:
        yield from (Plain("--providers"), *map(word, providers))
    if imported is None:
        yield Plain("--keep-all")
        return
    foreign = sorted(imported - STANDARD_MODULES)
    if foreign:
        yield from (Plain("--own-imports"), *map(word, foreign))


def _providers(workflow: Workflow) -> Iterator[str]:
    """LiteLLM's names of the providers of all models that a file names, `other` for what is no name."""
    models = [model.model for model in workflow.models]
    if workflow.config.embedding_model is not None:
        models.append(workflow.config.embedding_model)
    for model in models:
        provider, slash, _ = model.partition("/")
        yield provider if slash and _PLAIN.match(provider) else "other"
    for child in workflow.children:
        yield from _providers(child.workflow)


def _tools(workflow: Workflow) -> Iterator[object]:
    yield from workflow.tools
    for child in workflow.children:
        yield from _tools(child.workflow)


def _imported(texts: Iterable[str]) -> frozenset[str] | None:
    """The top names of all modules that Python texts import; None: nobody can tell before they run."""
    found: set[str] = set()
    for text in texts:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                found.update(each.name.split(".")[0] for each in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.split(".")[0])
            elif isinstance(node, ast.Name) and node.id in ("__import__", "eval", "exec"):
                return None
    if "importlib" in found or not all(_PLAIN.match(name) or name[0] == "_" for name in found):
        return None
    return frozenset(found - {"__future__"})
