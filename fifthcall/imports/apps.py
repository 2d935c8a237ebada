from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "fifthcall.imports"
    label = "imports"
