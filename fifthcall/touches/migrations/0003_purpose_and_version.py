from django.db import migrations, models

from fifthcall.journal.triggers import RefuseChanges


class Migration(migrations.Migration):
    dependencies = [("touches", "0002_append_only")]
    operations = [
        migrations.AddField("touch", "purpose", models.CharField(blank=True, max_length=30)),
        migrations.AddField("touch", "version", models.PositiveIntegerField(default=0)),
        RefuseChanges("touches_touch"),  # SQLite makes the table anew, and drops its triggers with the old one
    ]
