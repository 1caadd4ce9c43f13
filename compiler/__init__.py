"""agentc, the compiler for LLM-agent workflows: pure stages between a YAML file and a Python project."""
