from django.db import migrations, models
from django.utils import timezone

from fifthcall.journal.triggers import RefuseChanges

#: As it is known now: what was known then is not.
_KNOWN = """UPDATE touches_touch SET prospect_zone = COALESCE(
    NULLIF((SELECT zone FROM people_person WHERE id = touches_touch.person_id), ''),
    NULLIF((SELECT place.zone FROM pipeline_opportunity its JOIN people_organization place ON place.id = its.organization_id
            WHERE its.id = touches_touch.opportunity_id), ''),
    (SELECT zone FROM teams_workspace WHERE id = touches_touch.workspace_id))"""


def fill(apps, schema_editor):
    """Through the one audited door."""
    door = apps.get_model("journal", "Door").objects.create(opened_at=timezone.now(), why="zones of touches")
    schema_editor.execute(_KNOWN)
    door.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0001_initial"),
        ("people", "0010_address_came_back"),
        ("pipeline", "0007_goals"),
        ("teams", "0007_weekly_digest"),
        ("touches", "0005_people_around"),
    ]
    operations = [
        migrations.AddField("touch", "prospect_zone", models.CharField(blank=True, default="", max_length=64), False),
        RefuseChanges("touches_touch"),  # SQLite makes the table anew, and drops its triggers with the old one
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
