"""What the states of a Wazzup24 channel mean, and what a person has to do about them.

https://wazzup24.com/help/api-en/channels/; lists and webhooks spell some of them differently.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIVE = "active"
# Not heard of yet: a message has just come through it.
UNHEARD = ""
SCAN = _("WhatsApp has logged out. Open Wazzup24, show the QR code and scan it with the phone.")
PHONE = _("The phone is not on the net. Switch it on, check its internet and open WhatsApp.")
MONEY = _("Wazzup24 has run out of money. Top up the balance in its account.")
ELSEWHERE = _("The number is open in another place. Close it there, then connect it in Wazzup24.")
BLOCKED = _("The messenger has blocked the number. Write to the support of Wazzup24.")
OFF = _("The channel is switched off in Wazzup24. Open its account and switch it on.")
PASSWORD = _("The messenger asks for a password. Open Wazzup24 and log in to the channel again.")
FOREIGN = _("Another phone was scanned. Open Wazzup24 and scan with the number of this channel.")
CHECKING = _("The messenger is still checking the number. Wait, or ask the support of Wazzup24.")
GONE = _("Wazzup24 no longer has this channel. Add it again there, or switch it off here.")
STRANGE = _("Something is wrong with the channel (%(state)s). Look into the account of Wazzup24.")

ADVICE: dict[str, str | Promise] = {
    "init": CHECKING,
    "disabled": OFF,
    "phoneunavailable": PHONE,
    "qr": SCAN,
    "qridle": SCAN,
    "openelsewhere": ELSEWHERE,
    "notenoughmoney": MONEY,
    "foreignphone": FOREIGN,
    "unauthorized": SCAN,
    "waitforpassword": PASSWORD,
    "blocked": BLOCKED,
    "onmoderation": CHECKING,
    "rejected": BLOCKED,
    "gone": GONE,
}


def advice_for(state: str) -> str:
    """One sentence, or nothing where the channel works."""
    if state in (ACTIVE, UNHEARD):
        return ""
    return str(ADVICE[state]) if state in ADVICE else str(STRANGE) % {"state": state[:30]}
