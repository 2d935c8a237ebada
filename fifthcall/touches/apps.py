from django.apps import AppConfig


class TouchesConfig(AppConfig):
    name = "fifthcall.touches"
    label = "touches"
