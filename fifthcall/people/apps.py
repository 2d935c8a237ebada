from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "fifthcall.people"
    label = "people"
