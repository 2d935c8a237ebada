from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "fifthcall.pipeline"
    label = "pipeline"
