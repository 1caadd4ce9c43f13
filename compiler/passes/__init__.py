"""The analyses and rewrites of the IR; import the public names from here."""

from compiler.passes.analysis import Analysis
from compiler.passes.pipeline import PASSES, Pass, run_passes

__all__ = ["PASSES", "Analysis", "Pass", "run_passes"]
