import congress_portal.core.crypto
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
        ('core', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='CommitteeOffice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('duties', models.CharField(blank=True, max_length=400, verbose_name='职责')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='办公电话')),
                ('order', models.PositiveIntegerField(default=0, verbose_name='排序')),
                ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.region', verbose_name='哪里的人大')),
            ],
            options={
                'verbose_name': '工委（委室）',
                'verbose_name_plural': '工委（委室）',
                'ordering': ['order', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('region', 'name'), name='committee_office_once', violation_error_message='已有同名的委室。')],
            },
        ),
        migrations.CreateModel(
            name='Deputy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_index=True, max_length=40, verbose_name='姓名')),
                ('pinyin', models.CharField(blank=True, db_index=True, editable=False, max_length=120, verbose_name='拼音')),
                ('initials', models.CharField(blank=True, db_index=True, editable=False, max_length=20, verbose_name='拼音首字母')),
                ('sex', models.CharField(blank=True, choices=[('male', '男'), ('female', '女')], max_length=6, verbose_name='性别')),
                ('ethnicity', models.CharField(blank=True, max_length=20, verbose_name='民族')),
                ('birth_month', models.DateField(blank=True, help_text='取当月第一天。', null=True, verbose_name='出生年月')),
                ('education', models.CharField(blank=True, max_length=20, verbose_name='文化程度')),
                ('party', models.CharField(blank=True, max_length=20, verbose_name='政治面貌')),
                ('employer', models.CharField(blank=True, max_length=120, verbose_name='工作单位及职务')),
                ('sector', models.CharField(blank=True, max_length=30, verbose_name='代表构成')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='手机号码')),
                ('identity_number', congress_portal.core.crypto.EncryptedCharField(blank=True, verbose_name='身份证号码')),
                ('identity_hash', models.CharField(editable=False, error_messages={'unique': '这个身份证号码已登记在另一位代表名下。'}, max_length=64, null=True, unique=True)),
                ('notes', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                ('expertise', models.ManyToManyField(blank=True, limit_choices_to={'dictionary': 'expertise'}, related_name='+', to='core.dictionaryentry', verbose_name='专长')),
                ('town', models.ForeignKey(limit_choices_to={'level__in': ('town', 'subdistrict', 'farm')}, on_delete=django.db.models.deletion.PROTECT, related_name='deputies_at_home', to='core.region', verbose_name='所在镇（街道）')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deputy', to=settings.AUTH_USER_MODEL, verbose_name='登录账号')),
                ('village', models.ForeignKey(blank=True, limit_choices_to={'level__in': ('village', 'community')}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.region', verbose_name='所在村（社区）')),
            ],
            options={
                'verbose_name': '代表',
                'verbose_name_plural': '代表',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='CommitteeMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('post', models.CharField(choices=[('chair', '主任'), ('vice_chair', '副主任'), ('office_head', '委室主任'), ('member', '委员')], max_length=12, verbose_name='职务')),
                ('serial', models.PositiveIntegerField(default=0, verbose_name='排序')),
                ('begins_on', models.DateField(verbose_name='任职起始')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='任职截止')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.region', verbose_name='哪里的人大')),
                ('user', models.ForeignKey(blank=True, help_text='不填时用这位代表的账号。', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='committee_seats', to=settings.AUTH_USER_MODEL, verbose_name='登录账号')),
                ('office', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='deputies.committeeoffice', verbose_name='所在委室')),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='committee_seats', to='deputies.deputy', verbose_name='代表')),
            ],
            options={
                'verbose_name': '常委会组成人员',
                'verbose_name_plural': '常委会组成人员',
                'ordering': ['serial', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('region', 'deputy'), name='committee_member_once', violation_error_message='这位代表已是组成人员。'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('begins_on')), _connector='OR'), name='committee_member_dates_ordered', violation_error_message='任职截止不能早于任职起始。')],
            },
        ),
        migrations.CreateModel(
            name='District',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='选区名称')),
                ('seats', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='名额')),
                ('region', models.ForeignKey(limit_choices_to={'level__in': ['town', 'subdistrict', 'farm', 'county']}, on_delete=django.db.models.deletion.PROTECT, to='core.region', verbose_name='所在镇（街道）')),
                ('villages', models.ManyToManyField(blank=True, help_text='不选的，按选区所在镇（街道）的全部村（社区）看联系面。', limit_choices_to={'level__in': ('village', 'community')}, related_name='districts', to='core.region', verbose_name='所辖村（社区）')),
            ],
            options={
                'verbose_name': '选区',
                'verbose_name_plural': '选区',
                'ordering': ['term', 'region', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='小组名称')),
                ('kind', models.CharField(choices=[('regional', '区域小组'), ('professional', '专业小组')], max_length=12, verbose_name='类别')),
                ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                ('field', models.ForeignKey(blank=True, limit_choices_to={'dictionary': 'field'}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.dictionaryentry', verbose_name='领域')),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.unit', verbose_name='对口单位')),
                ('region', models.ForeignKey(help_text='专业小组属于县。', on_delete=django.db.models.deletion.PROTECT, to='core.region', verbose_name='所属区划')),
            ],
            options={
                'verbose_name': '代表小组',
                'verbose_name_plural': '代表小组',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='GroupMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('leader', '组长'), ('deputy_leader', '副组长'), ('liaison', '联络员'), ('member', '成员')], default='member', max_length=14, verbose_name='职务')),
                ('serial', models.PositiveIntegerField(default=0, verbose_name='次序')),
                ('begins_on', models.DateField(blank=True, null=True, verbose_name='起始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='deputies.deputy', verbose_name='代表')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='deputies.group', verbose_name='小组')),
            ],
            options={
                'verbose_name': '小组成员',
                'verbose_name_plural': '小组成员',
                'ordering': ['group', 'serial', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('group', 'deputy'), name='group_membership_once', violation_error_message='这位代表已在小组里。'), models.CheckConstraint(condition=models.Q(('begins_on__isnull', True), ('ends_on__isnull', True), ('ends_on__gte', models.F('begins_on')), _connector='OR'), name='group_membership_dates_ordered', violation_error_message='截止日期不能早于起始日期。')],
            },
        ),
        migrations.CreateModel(
            name='Pairing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begins_on', models.DateField(verbose_name='起始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('reason', models.CharField(blank=True, help_text='联系的代表多于规则时写明。', max_length=200, verbose_name='超过人数的理由')),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairings', to='deputies.deputy', verbose_name='联系的代表')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairings', to='deputies.committeemember', verbose_name='组成人员')),
            ],
            options={
                'verbose_name': '双联系',
                'verbose_name_plural': '双联系',
                'ordering': ['member', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('member', 'deputy'), name='pairing_once', violation_error_message='这位组成人员已联系这位代表。'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('begins_on')), _connector='OR'), name='pairing_dates_ordered', violation_error_message='截止日期不能早于起始日期。')],
            },
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('province', '省'), ('city', '市'), ('county', '县'), ('town', '镇')], max_length=10, verbose_name='层级')),
                ('name', models.CharField(help_text='如 第十八届。', max_length=40, verbose_name='届次')),
                ('begins_on', models.DateField(help_text='本届第一次会议之日（代表法第二条）。', verbose_name='起始日期')),
                ('ends_on', models.DateField(help_text='下届第一次会议的前一日。', verbose_name='截止日期')),
                ('dates_assumed', models.BooleanField(default=False, help_text='导入时按五年一届推定，请核对后取消。', verbose_name='日期待核对')),
                ('region', models.ForeignKey(blank=True, help_text='省、市人大不在本平台区划内时不填。', null=True, on_delete=django.db.models.deletion.PROTECT, to='core.region', verbose_name='哪里的人大')),
            ],
            options={
                'verbose_name': '届次',
                'verbose_name_plural': '届次',
                'ordering': ['level', 'region', '-begins_on'],
                'constraints': [models.UniqueConstraint(fields=('level', 'region', 'name'), name='term_name_unique', violation_error_message='这一级人大已有同名的届次。'), models.UniqueConstraint(condition=models.Q(('region__isnull', True)), fields=('level', 'name'), name='term_name_unique_above', violation_error_message='这一级人大已有同名的届次。'), models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('begins_on'))), name='term_dates_ordered', violation_error_message='截止日期要晚于起始日期。')],
            },
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('province', '省'), ('city', '市'), ('county', '县'), ('town', '镇')], max_length=10, verbose_name='层级')),
                ('delegation', models.CharField(blank=True, max_length=60, verbose_name='代表团')),
                ('serial', models.PositiveIntegerField(blank=True, null=True, verbose_name='名册序号')),
                ('is_reelected', models.BooleanField(default=False, verbose_name='连任')),
                ('begins_on', models.DateField(blank=True, help_text='不填为本届起始之日。', null=True, verbose_name='任职起始')),
                ('begin_kind', models.CharField(choices=[('general', '换届选举'), ('by_election', '补选')], default='general', max_length=12, verbose_name='如何产生')),
                ('ends_on', models.DateField(blank=True, help_text='不填为本届届满。', null=True, verbose_name='任职截止')),
                ('end_kind', models.CharField(blank=True, choices=[('term', '任期届满'), ('resigned', '辞职被接受'), ('recalled', '罢免'), ('terminated', '资格终止'), ('died', '去世')], max_length=12, verbose_name='如何结束')),
                ('end_reason', models.CharField(blank=True, max_length=200, verbose_name='结束说明')),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='deputies.deputy', verbose_name='代表')),
                ('district', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='deputies.district', verbose_name='选区')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.region', verbose_name='哪里的人大')),
                ('term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='deputies.term', verbose_name='届次')),
            ],
            options={
                'verbose_name': '代表职务',
                'verbose_name_plural': '代表职务',
                'ordering': ['term', 'serial', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('deputy', 'term'), name='mandate_once_a_term', violation_error_message='这位代表在这一届里已有任职。'), models.CheckConstraint(condition=models.Q(('begins_on__isnull', True), ('ends_on__isnull', True), ('ends_on__gte', models.F('begins_on')), _connector='OR'), name='mandate_dates_ordered', violation_error_message='任职截止不能早于任职起始。'), models.CheckConstraint(condition=models.Q(('end_kind', ''), ('ends_on__isnull', False), _connector='OR'), name='mandate_end_dated', violation_error_message='写明如何结束时，要填任职截止日期。')],
            },
        ),
        migrations.AddField(
            model_name='district',
            name='term',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='districts', to='deputies.term', verbose_name='届次'),
        ),
        migrations.AddConstraint(
            model_name='district',
            constraint=models.UniqueConstraint(fields=('term', 'region', 'name'), name='district_name_unique', violation_error_message='这一届里已有同名的选区。'),
        ),
    ]
