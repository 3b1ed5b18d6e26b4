"""How much an agent may ask in a day."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a default: added without rewriting the table."""

    dependencies = [
        ("leads", "0006_name_keys_filled"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="enquiries_a_day",
            field=models.PositiveSmallIntegerField(
                default=60,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="每人每日查詢上限",
            ),
        ),
    ]
