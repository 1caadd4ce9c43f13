"""Prices."""

from typing import TypedDict


class Line(TypedDict):
    """A line of a receipt."""

    text: str
    price: float


def add_up(lines: list[Line], rate: float = 0.2) -> dict[str, float]:
    """Return the sums."""
    net = sum(line["price"] for line in lines)
    return {"net": net, "gross": net * (1 + rate)}


async def receipt(total: float, currency: str = "EUR") -> str:
    """Return the receipt's last line."""
    return f"Total {total:.2f} {currency}"
