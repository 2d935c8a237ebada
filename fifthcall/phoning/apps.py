from django.apps import AppConfig


class PhoningConfig(AppConfig):
    name = "fifthcall.phoning"
