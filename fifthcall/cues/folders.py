"""Which of a mailbox's folders are read: wherever an answer can lie, and each mail once."""

from __future__ import annotations

from collections.abc import Iterable

from fifthcall.channels.email.imap import Listed

INBOX = "INBOX"
#: Servers that don't say what a folder is for: what it is usually called (lower case, its last part).
_SENT = {"sent", "sent items", "sent mail", "sent messages", "gesendet", "gesendete elemente", "gesendete objekte",
         "envoyés", "éléments envoyés", "messages envoyés", "enviados", "elementos enviados", "inviati",
         "posta inviata", "verzonden", "verzonden items", "wysłane", "skickat", "sendt"}  # fmt: skip
_DRAFTS = {"drafts", "draft", "entwürfe", "brouillons", "borradores", "bozze", "concepten", "outbox", "postausgang"}
#: Not read: what is not yet a mail, and views of what lies elsewhere.
_UNREAD = {"\\noselect", "\\nonexistent", "\\drafts", "\\flagged", "\\important"}
MOST = 300


def worth_reading(folders: Iterable[Listed]) -> list[str]:
    """Names in the order to read them: the inbox, what was sent, then the rest, since rules and people move answers
    about. Where one folder shows all mail (Gmail), it stands for every other but what was sent, junk and the bin.
    """
    kept = [folder for folder in folders if not folder.flags & _UNREAD and not _called(folder, _DRAFTS)]
    if any("\\all" in folder.flags for folder in kept) and any(_is_gmail(folder) for folder in kept):
        kept = [folder for folder in kept if folder.flags & {"\\all", "\\sent", "\\junk", "\\trash"}]
    else:
        kept = [folder for folder in kept if "\\all" not in folder.flags]
    sent = sent_folder(kept)
    names = [INBOX if folder.name.upper() == INBOX else folder.name for folder in kept]
    return sorted(names, key=lambda name: (name != INBOX, name != sent))[:MOST]


def sent_folder(folders: Iterable[Listed]) -> str | None:
    """Where copies of sent mail are kept."""
    known = list(folders)
    for folder in known:
        if "\\sent" in folder.flags:
            return folder.name
    return next((folder.name for folder in known if _called(folder, _SENT)), None)


def _called(folder: Listed, names: set[str]) -> bool:
    return folder.name.replace(".", "/").rpartition("/")[2].lower() in names


def _is_gmail(folder: Listed) -> bool:
    return folder.name.startswith(("[Gmail]", "[Google Mail]"))
