from django.db import migrations

from reports.models.consolidated import publication_code

AROUND_THE_AREAS = ("so-lieu", "kinh-phi", "danh-gia", "phuong-huong", "kien-nghi")


def begin(apps, schema_editor):
    """Give every year that was opened its merged report to write, and every published version its code."""
    Consolidation = apps.get_model("reports", "Consolidation")
    ConsolidationPart = apps.get_model("reports", "ConsolidationPart")
    ContentArea = apps.get_model("assignments", "ContentArea")
    for cycle in apps.get_model("reports", "ReportingCycle").objects.exclude(opened_at=None).select_related("plan"):
        recipients = [name for name in cycle.plan.recipients if not name.startswith("Lưu:")]
        consolidation = Consolidation.objects.create(cycle=cycle, recipients=recipients)
        rows = [ConsolidationPart(key="chi-dao", kind="common")]
        for area in ContentArea.objects.filter(plan=cycle.plan).order_by("number"):
            rows.append(ConsolidationPart(key=f"noi-dung-{area.number}", kind="area", area=area))
        for key in AROUND_THE_AREAS:
            rows.append(ConsolidationPart(key=key, kind="figures" if key == "so-lieu" else "common"))
        for position, part in enumerate(rows, start=1):
            part.consolidation, part.position = consolidation, position
        ConsolidationPart.objects.bulk_create(rows)
    ConsolidatedReport = apps.get_model("reports", "ConsolidatedReport")
    for published in ConsolidatedReport.objects.all():
        published.code = publication_code(published.sha256, published.number, published.issued_on)
        published.save(update_fields=["code"])


def end(apps, schema_editor):
    """Take the drafts away again; what was published stays."""
    apps.get_model("reports", "ParagraphSource").objects.all().delete()
    apps.get_model("reports", "Consolidation").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_review_and_merged_report")]

    operations = [migrations.RunPython(begin, end)]
