import hashlib

from django.db import migrations, models


def fill(apps, schema_editor):
    """Read every made file once; one that is gone is ordered anew, under today's address, when somebody asks."""
    for document in apps.get_model("reports", "Document").objects.exclude(made_at=None):
        try:
            with document.file.open() as file:
                document.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                document.size = document.file.size
        except FileNotFoundError:
            document.delete()
            continue
        document.save()


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0010_sources_in_one_place"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="document", name="made_document_has_file"),
        migrations.AddField(
            model_name="document",
            name="sha256",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="SHA-256 của tệp"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="document",
            name="size",
            field=models.PositiveBigIntegerField(default=0, verbose_name="kích thước (byte)"),
        ),
        migrations.AlterField(
            model_name="consolidationevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("proposed", "Trình lãnh đạo"),
                    ("withdrawn", "Rút lại để sửa"),
                    ("sent_back", "Lãnh đạo chưa duyệt"),
                    ("published", "Ban hành"),
                    ("signed", "Ghi bản ký"),
                    ("downloaded", "Tải trọn bộ hồ sơ năm"),
                ],
                max_length=20,
                verbose_name="việc",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("file", ""), ("made_at", None), ("sha256", ""))
                | models.Q(
                    ("made_at__isnull", False),
                    models.Q(("file", ""), _negated=True),
                    models.Q(("sha256", ""), _negated=True),
                ),
                name="made_document_has_file_and_hash",
            ),
        ),
    ]
