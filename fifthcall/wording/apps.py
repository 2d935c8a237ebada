from django.apps import AppConfig


class WordingConfig(AppConfig):
    name = "fifthcall.wording"
