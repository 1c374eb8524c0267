import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
        ('core', '__first__'),
        ('deputies', '0001_initial'),
        ('stations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Scheme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='方案')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='版本')),
                ('subject_type', models.CharField(choices=[('deputy', '代表'), ('station', '家站'), ('unit', '承办单位')], max_length=10, verbose_name='对象')),
                ('ranks', models.BooleanField(default=False, help_text='对人的考评一般不排名（防治指尖上的形式主义）。', verbose_name='是否排名')),
                ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                ('description', models.TextField(blank=True, verbose_name='说明')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
            ],
            options={
                'verbose_name': '考评方案',
                'verbose_name_plural': '考评方案',
                'ordering': ['name', '-version'],
                'constraints': [models.UniqueConstraint(fields=('name', 'version'), name='scheme_version_unique', violation_error_message='这个方案已有这一版本。'), models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('name',), name='scheme_one_active_version', violation_error_message='同一方案只能有一个在用的版本。')],
            },
        ),
        migrations.CreateModel(
            name='ScoreSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period_code', models.CharField(max_length=20, verbose_name='周期')),
                ('first_day', models.DateField(verbose_name='起始日期')),
                ('last_day', models.DateField(verbose_name='截止日期')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='版本')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('published', '已发布')], default='draft', max_length=10, verbose_name='状态')),
                ('scheme_data', models.JSONField(default=dict, verbose_name='方案内容')),
                ('computed_at', models.DateTimeField(verbose_name='计算时间')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='发布时间')),
                ('reason', models.CharField(blank=True, max_length=400, verbose_name='更正理由')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='数据摘要')),
                ('computed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='计算人')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='evaluations.scheme', verbose_name='方案')),
            ],
            options={
                'verbose_name': '考评结果',
                'verbose_name_plural': '考评结果',
                'ordering': ['-last_day', 'scheme', '-version'],
                'constraints': [models.UniqueConstraint(fields=('scheme', 'period_code', 'version'), name='score_sheet_version_unique'), models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', False), ('state', 'published')), models.Q(('published_at__isnull', True), ('state', 'draft')), _connector='OR'), name='score_sheet_published_stamped')],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.PositiveIntegerField(verbose_name='次序')),
                ('key', models.CharField(max_length=120, verbose_name='编号')),
                ('label', models.CharField(max_length=120, verbose_name='对象')),
                ('days', models.PositiveIntegerField(help_text='只在任一部分时间的，按天数折算目标；空为全期在任。', null=True, verbose_name='在任天数')),
                ('total', models.DecimalField(decimal_places=2, max_digits=7, null=True, verbose_name='总分')),
                ('formula', models.CharField(blank=True, max_length=200, verbose_name='总分算式')),
                ('rank', models.PositiveIntegerField(null=True, verbose_name='名次')),
                ('deputy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='deputies.deputy', verbose_name='代表')),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.region', verbose_name='所属区划')),
                ('station', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='stations.station', verbose_name='家站')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='core.unit', verbose_name='承办单位')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='evaluations.scoresheet', verbose_name='考评结果')),
            ],
            options={
                'verbose_name': '得分',
                'verbose_name_plural': '得分',
                'ordering': ['sheet', 'rank', 'serial'],
                'constraints': [models.UniqueConstraint(fields=('sheet', 'key'), name='score_subject_once'), models.CheckConstraint(condition=models.Q(models.Q(('deputy__isnull', False), ('station__isnull', True), ('unit__isnull', True)), models.Q(('deputy__isnull', True), ('station__isnull', False), ('unit__isnull', True)), models.Q(('deputy__isnull', True), ('station__isnull', True), ('unit__isnull', False)), _connector='OR'), name='score_one_subject')],
            },
        ),
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.PositiveSmallIntegerField(default=0, verbose_name='次序')),
                ('name', models.CharField(max_length=60, verbose_name='指标名称')),
                ('metric', models.CharField(max_length=40, verbose_name='计数口径')),
                ('denominator', models.CharField(blank=True, max_length=40, verbose_name='比率分母')),
                ('method', models.CharField(choices=[('target', '按目标'), ('ratio', '按比率'), ('first_then_each', '首次加次'), ('manual', '人工评分'), ('deduction', '扣分')], max_length=16, verbose_name='计分方式')),
                ('full', models.DecimalField(decimal_places=2, max_digits=7, verbose_name='满分')),
                ('target', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='目标值')),
                ('first', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True, verbose_name='首次分或每项扣分')),
                ('further', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True, verbose_name='再次加分')),
                ('when_empty', models.CharField(choices=[('full', '满分'), ('zero', '零分'), ('skip', '不计')], default='zero', max_length=6, verbose_name='无数据时')),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='evaluations.scheme', verbose_name='方案')),
            ],
            options={
                'verbose_name': '考评指标',
                'verbose_name_plural': '考评指标',
                'ordering': ['scheme', 'serial', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('scheme', 'name'), name='indicator_name_unique', violation_error_message='这个方案里已有同名的指标。'), models.CheckConstraint(condition=models.Q(('full__gt', Decimal('0'))), name='indicator_full_positive', violation_error_message='满分要大于零。'), models.CheckConstraint(condition=models.Q(models.Q(('method', 'target'), _negated=True), models.Q(('target__gt', Decimal('0')), ('target__isnull', False)), _connector='OR'), name='indicator_target_given', violation_error_message='按目标计分要填目标值。'), models.CheckConstraint(condition=models.Q(models.Q(('method', 'ratio'), _negated=True), models.Q(('denominator', ''), _negated=True), _connector='OR'), name='indicator_denominator_given', violation_error_message='按比率计分要填比率分母。'), models.CheckConstraint(condition=models.Q(models.Q(('method__in', ['first_then_each', 'deduction']), _negated=True), ('first__isnull', False), _connector='OR'), name='indicator_first_given', violation_error_message='首次加次、扣分要填首次分或每项扣分。')],
            },
        ),
        migrations.CreateModel(
            name='ScoreLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.PositiveSmallIntegerField(verbose_name='次序')),
                ('indicator', models.CharField(max_length=60, verbose_name='指标名称')),
                ('metric', models.CharField(max_length=40, verbose_name='计数口径')),
                ('denominator_metric', models.CharField(blank=True, max_length=40, verbose_name='比率分母')),
                ('method', models.CharField(max_length=16, verbose_name='计分方式')),
                ('full', models.DecimalField(decimal_places=2, max_digits=7, verbose_name='满分')),
                ('value', models.DecimalField(decimal_places=4, max_digits=12, null=True, verbose_name='数值')),
                ('denominator', models.DecimalField(decimal_places=4, max_digits=12, null=True, verbose_name='分母')),
                ('points', models.DecimalField(decimal_places=2, max_digits=7, null=True, verbose_name='得分')),
                ('is_capped', models.BooleanField(default=False, verbose_name='封顶')),
                ('formula', models.CharField(max_length=200, verbose_name='算式')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('evidence', models.JSONField(default=dict, verbose_name='依据')),
                ('base_evidence', models.JSONField(default=dict, verbose_name='分母依据')),
                ('score', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='evaluations.score', verbose_name='得分')),
            ],
            options={
                'verbose_name': '得分明细',
                'verbose_name_plural': '得分明细',
                'ordering': ['score', 'serial'],
                'constraints': [models.UniqueConstraint(fields=('score', 'serial'), name='score_line_once')],
            },
        ),
    ]
