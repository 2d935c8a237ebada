from django.db import migrations, models

from fifthcall.journal.triggers import RefuseChanges


class Migration(migrations.Migration):
    dependencies = [("people", "0007_people_around"), ("touches", "0004_words")]
    operations = [
        migrations.AddField(
            "touch",
            "answered_by",
            models.ForeignKey("people.person", models.PROTECT, null=True, related_name="answered"),
        ),
        RefuseChanges("touches_touch"),  # SQLite makes the table anew, and drops its triggers with the old one
    ]
