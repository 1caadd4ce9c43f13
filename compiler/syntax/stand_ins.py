"""Characters the YAML library would misread, replaced one for one so that no offset moves.

libyaml follows YAML 1.1, where U+0085, U+2028 and U+2029 end a line; in 1.2 they are ordinary. It also
refuses `\\ud83d\\ude00`, which is how JSON writes characters above U+FFFF.
"""

from __future__ import annotations

import re
from dataclasses import field

from compiler.record import dataclass
from compiler.syntax.tree import Style

_FORMER_BREAKS = "\x85\u2028\u2029"
_SURROGATE_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_PAIR_LENGTH = 12
_PRIVATE = range(0xE000, 0xF8FF)


@dataclass(slots=True)
class StandIns:
    """What was replaced in a text, and the way back for the values read from it."""

    text: str
    _breaks: dict[int, str] = field(default_factory=dict)
    _filler: str = ""
    _spelling: dict[str, str] = field(default_factory=dict)

    @property
    def is_used(self) -> bool:
        """Whether values need `restore`."""
        return bool(self._breaks or self._filler)

    def replace_surrogate_pairs(self) -> bool:
        """Put the character for each escaped surrogate pair, padded; tell whether there was one."""
        if self._filler:
            return False
        free = _unused(self.text, 1)
        if not free:
            return False
        filler = free[0]

        def put(match: re.Match[str]) -> str:
            pair = match.group()
            high, low = int(pair[2:6], 16), int(pair[8:12], 16)
            character = chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
            self._spelling.setdefault(character, pair)
            return character + filler * (_PAIR_LENGTH - 1)

        self.text, count = _SURROGATE_PAIR.subn(put, self.text)
        self._filler = filler if count else ""
        return bool(count)

    def restore(self, value: str, style: Style) -> str:
        """Return a scalar's content as the source means it."""
        value = value.translate(self._breaks) if self._breaks else value
        if not self._filler or self._filler not in value:
            return value
        padding = self._filler * (_PAIR_LENGTH - 1)
        if style == "double":
            return value.replace(padding, "")
        # Outside of double quotes a backslash is an ordinary character: the text is as it was written.
        for character, pair in self._spelling.items():
            value = value.replace(character + padding, pair)
        return value


def stand_in(text: str) -> StandIns:
    """Replace the characters that only YAML 1.1 takes for line breaks."""
    if not any(character in text for character in _FORMER_BREAKS):
        return StandIns(text)
    others = _unused(text, len(_FORMER_BREAKS))
    if len(others) < len(_FORMER_BREAKS):
        return StandIns(text)
    there = dict(zip(map(ord, _FORMER_BREAKS), others, strict=True))
    back = dict(zip(map(ord, others), _FORMER_BREAKS, strict=True))
    return StandIns(text.translate(there), back)


def _unused(text: str, count: int) -> list[str]:
    """Return up to `count` private-use characters that the text does not hold."""
    held = set(text)
    free = [character for character in map(chr, _PRIVATE) if character not in held]
    return free[:count]
