"""The same workflows in plain LangGraph, LiteLLM and MLflow, as a careful engineer writes them."""
