"""One renderer per output format; each turns diagnostics into text and touches nothing else."""

from compiler.diagnostics.render.github import render_github
from compiler.diagnostics.render.json import render_json
from compiler.diagnostics.render.sarif import render_sarif
from compiler.diagnostics.render.text import render_text, summary_line

__all__ = ["render_github", "render_json", "render_sarif", "render_text", "summary_line"]
