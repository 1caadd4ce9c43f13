"""Builds and runs what was generated: containers, and what is said about them."""
