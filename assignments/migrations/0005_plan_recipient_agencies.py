from django.db import migrations, models


def keep_the_leaders_there_are(apps, schema_editor):
    """Count the bodies that have leaders among those that every plan goes to: until now nobody asked."""
    Agency = apps.get_model("assignments", "Agency")
    bodies = Agency.objects.filter(memberships__role="leader").distinct()
    for plan in apps.get_model("assignments", "Plan").objects.all():
        plan.recipient_agencies.add(*bodies)


class Migration(migrations.Migration):

    dependencies = [
        ('assignments', '0004_stand_in_refused_in_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='plan',
            name='recipient_agencies',
            field=models.ManyToManyField(blank=True, related_name='received_plans', to='assignments.agency', verbose_name='cơ quan ở nơi nhận'),
        ),
        migrations.RunPython(keep_the_leaders_there_are, migrations.RunPython.noop),
    ]
