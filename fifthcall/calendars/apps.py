from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "fifthcall.calendars"
    label = "calendars"
