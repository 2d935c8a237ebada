from django.db import migrations, models


class Migration(migrations.Migration):
    """Meetings, and whether a note followed, are told from the indexes alone."""

    dependencies = [("touches", "0008_indexes_with_outcomes")]
    operations = [
        migrations.RemoveIndex("touch", "touch_history"),
        migrations.RemoveIndex("touch", "touch_by_outcome"),
        migrations.AddIndex(
            "touch",
            models.Index(fields=["opportunity", "at", "id", "outcome", "channel"], name="touch_history"),
        ),
        migrations.AddIndex(
            "touch",
            models.Index(fields=["workspace", "outcome", "at", "member", "opportunity", "id"], name="touch_by_outcome"),
        ),
    ]
