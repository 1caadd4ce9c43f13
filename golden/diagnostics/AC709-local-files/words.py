def number(text: str) -> int:
    return len(text)
