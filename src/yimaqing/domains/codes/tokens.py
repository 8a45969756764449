"""Tokens and printed numbers. Tokens are made by the database (codes_new_token)."""

from __future__ import annotations

#: Without 0 o, 1 i l. Fifteen random characters carry 74 bits; the sixteenth checks them.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 16
NUMBER_DIGITS = 9
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


def is_well_formed(token: str) -> bool:
    """Whether the text can be a token at all; needs no database."""
    if len(token) != LENGTH or not _VALUE.keys() >= set(token):
        return False
    total = sum(place * _VALUE[character] for place, character in enumerate(token[:-1], start=1))
    return total % len(ALPHABET) == _VALUE[token[-1]]


def printed_number(code_id: int) -> str:
    """What stands below the symbol: 12 → ``000-000-012-8`` (ISO 7064, MOD 11,10)."""
    digits = f"{code_id:0{NUMBER_DIGITS}d}"
    full = digits + _check_digit(digits)
    return "-".join((full[:-7], full[-7:-4], full[-4:-1], full[-1]))


def read_number(text: str) -> int | None:
    """The code's id from a number as printed or typed; None when its check digit is wrong."""
    digits = "".join(character for character in text if character.isascii() and character.isdigit())
    if len(digits) <= NUMBER_DIGITS or _check_digit(digits[:-1]) != digits[-1]:
        return None
    return int(digits[:-1])


def _check_digit(digits: str) -> str:
    """Notices each wrong digit and each swap of neighbours."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)
