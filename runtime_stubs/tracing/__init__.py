# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Traces of runs: what every step took, cost and said, kept on disk and delivered to MLflow."""
