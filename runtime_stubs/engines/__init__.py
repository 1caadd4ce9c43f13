# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs that wait in a queue for workers on many hosts."""
