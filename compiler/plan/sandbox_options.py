"""How the settings of a sandbox look in generated code."""

from __future__ import annotations

from compiler.ir.nodes import Sandbox
from compiler.plan.text import Code, literal


def sandbox_module(sandbox: Sandbox) -> str:
    """Return the module of the runtime library that runs the code."""
    if not sandbox.enabled:
        return "sandbox.unconfined"
    return f"sandbox.{sandbox.mode}"


def sandbox_options(sandbox: Sandbox) -> list[Code]:
    """Return the keyword arguments of a sandboxed call; what is usual is left out."""
    found: list[Code] = []
    if not sandbox.enabled:
        return (
            [] if sandbox.timeout is None else [Code(f"timeout={literal(float(sandbox.timeout))}")]
        )
    if sandbox.preset != "medium":
        found.append(Code(f"preset={literal(sandbox.preset)}"))
    if sandbox.memory is not None:
        found.append(Code(f"memory={literal(sandbox.memory)}"))
    if sandbox.timeout is not None:
        found.append(Code(f"timeout={literal(float(sandbox.timeout))}"))
    if sandbox.mode == "docker" and sandbox.cpu is not None:
        found.append(Code(f"cpu={literal(float(sandbox.cpu))}"))
    if sandbox.mode == "docker" and sandbox.network:
        found.append(Code("network=True"))
    return found
