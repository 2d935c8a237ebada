"""What the choice to look for opens and clicks says, at set-up and in the settings."""

from __future__ import annotations

TRACKING_LABEL = "See when our mail is opened"
TRACKING_WORDS = (
    "You see that a mail was opened or a link followed, when, and whether by a person or a machine. You don’t see "
    "where they are or what else they do. It stays off for people in countries that ask for their consent, such as "
    "all of Europe’s, until you have noted it, and for anybody you switch it off for. Off, nothing is added to mail "
    "or stored."
)
