from django.db import migrations, models


def count_anew(apps, schema_editor):
    """More is kept of each opportunity than it was: the worker adds everything again, readers count by themselves."""
    for name in ("Kept", "Counted", "Pieces"):
        apps.get_model("insights", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("insights", "0002_count_anew")]
    operations = [
        migrations.AddField("counted", "attempts", models.IntegerField(default=0)),
        migrations.AddField("counted", "last_at", models.DateTimeField(null=True)),
        migrations.RunPython(count_anew, migrations.RunPython.noop),
    ]
