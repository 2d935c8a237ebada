from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether a note followed a meeting is told from the index alone."""

    dependencies = [("touches", "0008_indexes_with_outcomes")]
    operations = [
        migrations.RemoveIndex("touch", "touch_history"),
        migrations.AddIndex(
            "touch",
            models.Index(fields=["opportunity", "at", "id", "outcome", "channel"], name="touch_history"),
        ),
    ]
