"""The analyses and rewrites of the IR; import the public names from here."""

from compiler.passes.analysis import Analysis
from compiler.passes.estimate import Estimate, estimate
from compiler.passes.gain import Gain, estimate_gain
from compiler.passes.optimize import OPTIMIZERS, optimize
from compiler.passes.pipeline import PASSES, Pass, run_passes
from compiler.passes.report import Report
from compiler.passes.steps import step_bound

__all__ = [
    "OPTIMIZERS",
    "PASSES",
    "Analysis",
    "Estimate",
    "Gain",
    "Pass",
    "Report",
    "estimate",
    "estimate_gain",
    "optimize",
    "run_passes",
    "step_bound",
]
