"""Functions of the workflow same_names."""


def shout(text: str) -> str:
    """Write in capitals."""
    return text.upper()
