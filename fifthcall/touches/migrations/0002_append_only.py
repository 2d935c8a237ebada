from django.db import migrations

from fifthcall.journal.triggers import RefuseChanges


class Migration(migrations.Migration):
    dependencies = [("touches", "0001_initial"), ("journal", "0002_initial"), ("calendars", "0003_initial")]
    operations = [
        RefuseChanges("touches_touch"),
        RefuseChanges("journal_event"),
        RefuseChanges("calendars_block", ("DELETE",)),
    ]
