from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "fifthcall.web"
    label = "web"
