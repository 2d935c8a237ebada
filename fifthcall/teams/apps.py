from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "fifthcall.teams"
    label = "teams"
