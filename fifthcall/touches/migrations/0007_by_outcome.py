from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("touches", "0006_prospect_zone")]
    operations = [
        migrations.AddIndex(
            "touch", models.Index(fields=["workspace", "outcome", "at", "member"], name="touch_by_outcome")
        )
    ]
