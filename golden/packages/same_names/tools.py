"""Tools of the workflow same_names."""


def count(text: str) -> int:
    """Count words."""
    return len(text.split())
