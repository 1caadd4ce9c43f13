"""agentc, the compiler for LLM-agent workflows: pure stages between a YAML file and a Python project."""

__version__ = "0.1.0"
