import congress_portal.public.models
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('activities', '0001_initial'),
        ('core', '0001_initial'),
        ('core', '__first__'),
        ('deputies', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeputyCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_hidden', models.BooleanField(default=False, help_text='经批准不公示的勾选；网上不再出现这位代表。', verbose_name='不在网上公示')),
                ('photo', models.ImageField(blank=True, upload_to='cards/%Y/', verbose_name='照片')),
                ('photo_consented_on', models.DateField(blank=True, help_text='没有日期的不公开照片。', null=True, verbose_name='同意公开照片的日期')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='公开的电话')),
                ('phone_consented_on', models.DateField(blank=True, help_text='没有日期的不公开电话。', null=True, verbose_name='同意公开电话的日期')),
                ('deputy', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='card', to='deputies.deputy', verbose_name='代表')),
            ],
            options={
                'verbose_name': '代表公示信息',
                'verbose_name_plural': '代表公示信息',
                'ordering': ['deputy'],
            },
        ),
        migrations.CreateModel(
            name='PublishedNews',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(help_text='电话、证件号码会自动略去。', verbose_name='正文')),
                ('published_on', models.DateField(verbose_name='公开日期')),
                ('is_announcement', models.BooleanField(default=False, verbose_name='作为公告')),
                ('is_withdrawn', models.BooleanField(default=False, verbose_name='已撤下')),
                ('entered_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
                ('news', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='published', to='activities.newsitem', verbose_name='信息')),
            ],
            options={
                'verbose_name': '公开信息',
                'verbose_name_plural': '公开信息',
                'ordering': ['-published_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='AbuseReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('news', '动态（公告）'), ('suggestion', '公开的建议'), ('reply', '公开的答复')], editable=False, max_length=12, verbose_name='举报什么')),
                ('target', models.PositiveBigIntegerField(editable=False, verbose_name='编号')),
                ('title', models.CharField(editable=False, max_length=200, verbose_name='标题')),
                ('reason', models.CharField(choices=[('personal', '泄露个人信息'), ('false', '内容不实'), ('insult', '辱骂、歧视'), ('unlawful', '违法或者不良信息'), ('other', '其他')], max_length=10, verbose_name='举报原因')),
                ('words', models.TextField(blank=True, verbose_name='说明')),
                ('state', models.CharField(choices=[('received', '待处理'), ('hidden', '已停止公开'), ('kept', '核实后继续公开')], default='received', editable=False, max_length=10, verbose_name='处理')),
                ('answer', models.TextField(blank=True, editable=False, verbose_name='处理说明')),
                ('token', models.CharField(default=congress_portal.public.models.new_report_token, editable=False, max_length=40, unique=True, verbose_name='查处理结果的链接')),
                ('idempotency_key', models.UUIDField(editable=False, unique=True, verbose_name='表单编号')),
                ('reported_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='举报时间')),
                ('decided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='处理时间')),
                ('decided_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='处理人')),
                ('region', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.region', verbose_name='哪里公开的')),
            ],
            options={
                'verbose_name': '举报',
                'verbose_name_plural': '举报',
                'ordering': ['-reported_at', '-pk'],
                'indexes': [models.Index(fields=['kind', 'state'], name='abuse_report_hidden')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'received')), models.Q(models.Q(('state', 'received'), _negated=True), ('decided_at__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='abuse_report_decided_has_answer', violation_error_message='处理了的举报要有处理说明。')],
            },
        ),
        migrations.CreateModel(
            name='ChatGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('group', '微信群'), ('account', '公众号')], max_length=10, verbose_name='类别')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('owner', models.CharField(max_length=40, verbose_name='管理人')),
                ('members', models.PositiveIntegerField(default=0, verbose_name='人数（关注数）')),
                ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                ('region', models.ForeignKey(limit_choices_to={'level__in': ('county', 'town', 'subdistrict', 'farm')}, on_delete=django.db.models.deletion.PROTECT, related_name='chat_groups', to='core.region', verbose_name='县、镇（街道）')),
            ],
            options={
                'verbose_name': '微信群（公众号）',
                'verbose_name_plural': '微信群（公众号）',
                'ordering': ['region', 'kind', 'name'],
                'constraints': [models.UniqueConstraint(fields=('region', 'kind', 'name'), name='chat_group_once', violation_error_message='这里已登记同名的微信群（公众号）。')],
            },
        ),
    ]
