# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs over HTTP: a queue in SQLite, an interface, what starts runs from outside."""
