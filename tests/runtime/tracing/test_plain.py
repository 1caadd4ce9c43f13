"""What is blanked out, and what only looks as if it should be."""

import pytest

from runtime_stubs.tracing.plain import is_secret_name, pseudonym, redacted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to ann.b+c@mail.example.org now", "write to [email] now"),
        ("jörg@bücher.example", "[email]"),
        ("call +44 20 7946 0958", "call [phone]"),
        ("call +1-202-555-0143.", "call [phone]."),
        ("(202) 555-0143", "[phone]"),
        ("202-555-0143 or 202.555.0143", "[phone] or [phone]"),
        ("030 1234567", "[phone]"),
        ("0041 44 668 18 00", "[phone]"),
        ("card 4111 1111 1111 1111 please", "card [card] please"),
        ("5500-0000-0000-0004", "[card]"),
        ("378282246310005", "[card]"),
        ("sk-proj-abcdefghijklmnop1234", "[key]"),
        ("AKIAIOSFODNN7EXAMPLE", "[key]"),
        ("ghp_abcdefghijklmnopqrstuvwxyz", "[key]"),
        ("Authorization: Bearer abc.def-ghi123", "Authorization: Bearer [key]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "[key]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----", "[key]"),
    ],
)
def test_blanked_out(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31 12:30:00",
        "2024-01-31T12:30:00.123456+00:00",
        "4111 1111 1111 1112 fails its check digit",
        "it costs 1,234,567.89 USD",
        "0.000123456789",
        "10 20 30 40 50",
        "version 1.2.3-4",
        "9b2ef0c4-1d4f-4bb0-a7c7-0123456789ab",
        "3.14159265358979",
        "sk-short",
        "a @ b",
        "the year 1999 2000 2001",
        "192.168.100.200",
    ],
)
def test_left_alone(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize("name", ["api_key", "OPENAI_APIKEY", "password", "token", "Set-Cookie"])
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["tokens", "max_tokens", "keyword", "author", "topic"])
def test_names_that_are_none(name: str) -> None:
    assert not is_secret_name(name)


def test_ids_of_people_stay_apart_from_each_other() -> None:
    first, again = pseudonym("ann@example.org"), pseudonym("ann@example.org")
    assert first == again != pseudonym("bob@example.org")
    assert pseudonym("user-17") == "user-17"
