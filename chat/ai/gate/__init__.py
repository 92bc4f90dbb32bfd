"""The grounding gate: automatic answers may say only what data says."""

from chat.ai.gate.check import Violation, check
from chat.ai.gate.grounds import Grounds, add_moment, grounds_of
from chat.ai.gate.quoted import add_text

__all__ = ["Grounds", "Violation", "add_moment", "add_text", "check", "grounds_of"]
