# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Traces of runs: what every step took, cost and said, kept on disk and delivered to MLflow.

In the run: `mlflow` (the settings), `tracer` (spans in memory). When it ends: `outbox` hands them
to `recorder`, which makes a `record` of `plain` data, and writes that to the `spool` (`lock`).

Delivery: `courier` (a thread) or `child` (a process) carries the spool to the `destinations`, each
one way of `delivery` to a `destination`: `mlflow_server` (`http`), `mlflow_store` (no server) or
`collector`. Spans go as `otlp`; `experiments` and `experiment_runs` make MLflow's runs of them.

For people: `tree`.
"""
