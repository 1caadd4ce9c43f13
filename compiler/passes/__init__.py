"""The analyses of the IR; import the public names from here.

The rewrites are in `compiler.passes.optimize`, which is loaded for builds only.
"""

from compiler.passes.analysis import Analysis
from compiler.passes.estimate import Estimate, estimate
from compiler.passes.pipeline import PASSES, Pass, run_passes

__all__ = [
    "PASSES",
    "Analysis",
    "Estimate",
    "Pass",
    "estimate",
    "run_passes",
]
