from django.db import migrations, models


def confirm_addresses_of_who_signed_in(apps, schema_editor):
    """Take the address of whoever has signed in as confirmed: the password was set by a link mailed there."""
    User = apps.get_model("assignments", "User")
    User.objects.exclude(last_login=None).update(
        confirmed_address=models.F("email"), confirmed_at=models.F("last_login")
    )


class Migration(migrations.Migration):

    dependencies = [
        ('assignments', '0005_plan_recipient_agencies'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='confirmed_address',
            field=models.EmailField(blank=True, max_length=254, verbose_name='địa chỉ đã xác nhận'),
        ),
        migrations.AddField(
            model_name='user',
            name='confirmed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='xác nhận địa chỉ lúc'),
        ),
        migrations.AddField(
            model_name='user',
            name='refusal',
            field=models.TextField(blank=True, verbose_name='trả lời của máy chủ thư'),
        ),
        migrations.AddField(
            model_name='user',
            name='refused_address',
            field=models.EmailField(blank=True, max_length=254, verbose_name='địa chỉ bị từ chối'),
        ),
        migrations.AddField(
            model_name='user',
            name='refused_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='địa chỉ bị từ chối lúc'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_address', ''), ('confirmed_at', None)), models.Q(models.Q(('confirmed_address', ''), _negated=True), ('confirmed_at__isnull', False)), _connector='OR'), name='address_confirmed_and_when'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('refusal', ''), ('refused_address', ''), ('refused_at', None)), models.Q(models.Q(('refused_address', ''), _negated=True), ('refused_at__isnull', False), models.Q(('refusal', ''), _negated=True)), _connector='OR'), name='address_refused_when_and_why'),
        ),
        migrations.RunPython(confirm_addresses_of_who_signed_in, migrations.RunPython.noop),
    ]
