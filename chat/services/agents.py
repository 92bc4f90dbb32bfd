"""Changes to what the assistant's workers are told."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from chat.agents import active_text
from chat.ai.agent import PLACEHOLDERS, unknown_placeholders
from chat.models import AiAgent, PromptVersion
from common.errors import InvalidInput


@transaction.atomic
def save_prompt(agent_id: int, text: str, *, user: User, comment: str = "") -> PromptVersion | None:
    """Tell the agent something else from now on; None if that is what it is told already.

    Raises InvalidInput for an empty text and for braces that nothing fills.
    """
    agent = AiAgent.objects.select_for_update(no_key=True).get(pk=agent_id)
    text = text.replace("\r\n", "\n").strip() + "\n"
    refuse_bad_prompt(agent.code, text)
    if text == active_text(agent):
        return None
    last = agent.prompts.first()
    return PromptVersion.objects.create(
        agent=agent,
        number=last.number + 1 if last else 1,
        text=text,
        comment=comment[:200],
        user=user,
    )


def roll_back(version: PromptVersion, *, user: User) -> PromptVersion | None:
    """Make an older text a new version, so that the history stays; None if it holds already."""
    comment = _("As in version %(number)s") % {"number": version.number}
    return save_prompt(version.agent_id, version.text, user=user, comment=comment)


def refuse_bad_prompt(code: str, text: str) -> None:
    if not text.strip():
        raise InvalidInput(_("Write what the agent has to do."), code="empty", field="prompt")
    try:
        unknown = unknown_placeholders(code, text)
    except ValueError:
        message = _("A brace stands alone. Write {{ and }} for braces as such.")
        raise InvalidInput(message, code="braces", field="prompt") from None
    if unknown:
        allowed = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS[code]))
        message = _("Nothing is filled in for {%(name)s}. There are: %(allowed)s.")
        values = {"name": unknown[0], "allowed": allowed}
        raise InvalidInput(message % values, code="placeholder", field="prompt")
