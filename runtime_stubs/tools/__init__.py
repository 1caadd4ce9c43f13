# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The built-in tools, one module each."""
