from django.db import migrations, models

from fifthcall.journal.triggers import RefuseChanges


class Migration(migrations.Migration):
    dependencies = [("touches", "0003_purpose_and_version")]
    operations = [
        migrations.AddField("touch", "template", models.CharField(blank=True, max_length=40)),
        migrations.AddField("touch", "template_version", models.PositiveIntegerField(default=0)),
        RefuseChanges("touches_touch"),  # SQLite makes the table anew, and drops its triggers with the old one
    ]
