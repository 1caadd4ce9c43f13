# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The run-time library of generated packages: of what is named here, a package has what it needs.

To read it, begin with `app`, `node` and `call`: a run, a step, a model call. Nothing in here knows
the workflow; its own modules lie above this folder and call these.

A run: `app` (from inputs to the final state), `run` (what it shares), `inputs`, `defaults`,
`conform`, `events`, `errors`. Saved runs: `durable`, `saved_name`, `journal`, `journal_sql`,
`checkpoint`, `sqlite_saver`, `checkpoint_postgres`, `answers`, `human`, `human_form`; on Redis:
`checkpoint_redis`, `redis_saver`, `redis_connection`, `journal_redis`.

A step: `node`, `attempts`, `retry`, `flow` (parallel ones), `items` (a map), `merge`, `subflow`,
`checked`, `cached`, `threads`.

A model: `llm` (one question), `call` (as the run sees it), `request` (over LiteLLM), `answer`
(read and repaired), `shape`, `json_schema`, `messages`, `model`, `reply`, `prices`, `budget`,
`cache`, `prompt_cache`, `limit`, `rate`, `model_retry`, `failures`, `keys`, `redact`,
`litellm_setup`, `loading`, `text`. Made up: `simulate`, `simulated_call`.

An agent: `agent`, `tool`, `tool_turn`, `subagent`, `spawn`, `handoff`; `tools/` the built-in ones.

The command line: `cli`, `cli_run`, `cli_graph`, `cli_resume`, `cli_memory`, `cli_traces`, `batch`,
`batch_rows`, `console`, `progress`, `readable`, `report`, `shown_command`; settings and YAML:
`environment`, `yaml_text`; tables of databases:
`alembic_steps`, `sqlite_file`.

Parts of their own: `tracing/` (spans to disk and to MLflow), `memory/`, `sandbox/`, `serve/`
(HTTP), `triggers/`, `engines/` (queues and workers).
"""
