"""Functions of the workflow nested_values."""


def measure(parts: list[str], options: dict[str, object]) -> int:
    """Count characters and options."""
    return sum(len(part) for part in parts) + len(options)
