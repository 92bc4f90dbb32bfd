"""What the keys send back: short, with a version, and never with a right in it.

`1|<dialogue version>|<action>|<value>`. Whose press it is says the chat it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass

FORMAT = "1"
LIMIT_BYTES = 64


@dataclass(frozen=True)
class Press:
    version: int
    action: str
    value: str = ""

    def encode(self) -> str:
        """Raises ValueError if Telegram would refuse it."""
        data = "|".join((FORMAT, str(self.version), self.action, self.value))
        if len(data.encode()) > LIMIT_BYTES:
            raise ValueError(f"{self.action}: too long for a key")
        return data


def decode(data: str) -> Press | None:
    """Read what a key has sent; None for anything that no key of ours has."""
    parts = data.split("|", 3)
    if len(parts) != 4 or parts[0] != FORMAT or not parts[2]:
        return None
    if not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) <= 9):
        return None
    return Press(int(parts[1]), parts[2], parts[3])
