# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What starts runs from outside, one module per kind."""
