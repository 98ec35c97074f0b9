"""Give the parts written so far the words without accents that the search looks in."""

from django.db import migrations

from assignments.text import fold


def fill(apps, schema_editor):
    for part in apps.get_model("reports", "ReportPart").objects.prefetch_related("progress", "figures").iterator(500):
        words = [part.text, part.difficulties, *(row.reason for row in part.progress.all())]
        words += [remark for row in part.figures.all() for remark in (row.reason, row.explanation)]
        part.search_text = fold("\n".join(words))
        part.save(update_fields=["search_text"])


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_receipt_number")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
