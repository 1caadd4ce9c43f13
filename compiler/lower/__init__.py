"""From the surface of the language to the typed IR: names resolved, shorthand expanded, defaults set."""

from compiler.lower.context import Children
from compiler.lower.files import Files
from compiler.lower.lower import lower

__all__ = ["Children", "Files", "lower"]
