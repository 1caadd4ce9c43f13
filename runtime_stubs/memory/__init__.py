# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What a workflow remembers from one run to the next."""
