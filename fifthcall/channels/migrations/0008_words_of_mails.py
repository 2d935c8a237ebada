from django.db import migrations
from django.utils import timezone

_WORDS = """UPDATE touches_touch SET
    template = (SELECT template FROM channels_message WHERE touch_id = touches_touch.id),
    template_version = (SELECT template_version FROM channels_message WHERE touch_id = touches_touch.id)
    WHERE id IN (SELECT touch_id FROM channels_message
                 WHERE touch_id IS NOT NULL AND template <> '' AND template_version IS NOT NULL)"""


def fill(apps, schema_editor):
    """A mail's touch says with what words it went out, as a call's does. Through the one audited door."""
    door = apps.get_model("journal", "Door").objects.create(opened_at=timezone.now(), why="words of mails")
    schema_editor.execute(_WORDS)
    door.delete()


class Migration(migrations.Migration):
    dependencies = [("channels", "0007_digest"), ("journal", "0001_initial"), ("touches", "0006_prospect_zone")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
