"""The grounding gate: automatic answers may say only what data says."""

from chat.ai.gate.check import Violation, check
from chat.ai.gate.grounds import Grounds, add_moment, grounds_of

__all__ = ["Grounds", "Violation", "add_moment", "check", "grounds_of"]
