# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Where code that nobody has vouched for runs."""
