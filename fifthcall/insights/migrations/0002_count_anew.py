from django.db import migrations, models


def count_anew(apps, schema_editor):
    """What is kept of a touch is more than it was: the worker adds everything again, readers count by themselves."""
    for name in ("Kept", "Counted", "Pieces"):
        apps.get_model("insights", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("channels", "0008_words_of_mails"), ("insights", "0001_kept_sums")]
    operations = [
        migrations.AddField("counted", "contacts", models.IntegerField(default=0)),
        migrations.AddField("counted", "signs", models.IntegerField(default=0)),
        migrations.RunPython(count_anew, migrations.RunPython.noop),
    ]
