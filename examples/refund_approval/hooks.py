"""The payment; replace it with a call of your bank."""


def pay(customer: str, amount: float) -> str:
    """Send the money and return the number of the receipt."""
    return f"R-{abs(int(amount * 100)):07d}-{customer[:2].upper()}"
