def count(text: str) -> int:
    return len(text)


def weigh(topic: str, scale: float) -> int:
    return round(len(topic) * scale)
