from collections import Counter

from django.db import migrations, models


def number_receipts(apps, schema_editor):
    """Give the submissions that are there their numbers, in the order in which they came."""
    counted: Counter[int] = Counter()
    submissions = apps.get_model("reports", "Submission").objects.select_related("report__cycle__plan")
    for submission in submissions.order_by("submitted_at", "pk"):
        cycle = submission.report.cycle
        counted[cycle.pk] += 1
        plan = cycle.plan.number.replace("/", "-")
        submission.receipt_number = f"{counted[cycle.pk]:02}/PTN-{plan}/{cycle.year}"
        submission.save(update_fields=["receipt_number"])


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_writing_a_report")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="receipt_number",
            field=models.CharField(default="", max_length=60, verbose_name="số phiếu tiếp nhận"),
            preserve_default=False,
        ),
        migrations.RunPython(number_receipts, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="submission",
            name="receipt_number",
            field=models.CharField(max_length=60, unique=True, verbose_name="số phiếu tiếp nhận"),
        ),
    ]
