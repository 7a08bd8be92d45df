import core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('interactions', '0017_told_and_in_hand'),
    ]

    operations = [
        migrations.CreateModel(
            name='RequestFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=core.ids.new_ref, editable=False, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('kind', models.CharField(max_length=40)),
                ('size', models.IntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('content', models.BinaryField()),
                ('turn', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='interactions.requestturn')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('turn', 'digest', 'name'), name='request_file_once'), models.CheckConstraint(condition=models.Q(('size__range', (1, 5242880))), name='request_file_within_size')],
            },
        ),
    ]
