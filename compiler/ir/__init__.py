"""The frozen, typed form of a workflow that every pass reads and returns."""
