from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "fifthcall.journal"
    label = "journal"
