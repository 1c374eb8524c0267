from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property

from congress_portal.core.enums import Role
from congress_portal.core.masking import mask_phone
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet

# Roles that read (and write) by region; the others see what carries their own name.
READS_REGION = frozenset({Role.STAFF, Role.TOWN_STAFF, Role.LEADER, Role.INSPECTOR, Role.ADMIN})
WRITES_REGION = frozenset({Role.STAFF, Role.TOWN_STAFF})
HANDLES_FOR_UNIT = frozenset({Role.UNIT_OFFICER, Role.UNIT_LEADER})
ADMIN_SITE_ROLES = frozenset({Role.STAFF, Role.TOWN_STAFF, Role.AUDITOR, Role.ADMIN})


class UserQuerySet(ScopedQuerySet):
    """Accounts are kept by the office and the system administrator; everyone reads the own one."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        if scope.roles & {Role.STAFF, Role.ADMIN, Role.AUDITOR}:
            return ~NOTHING
        return Q(pk=scope.user_id) if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return ~NOTHING if Role.ADMIN in scope.roles else NOTHING


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        if not username:
            raise ValueError("a user needs a user name")
        user: User = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    username = models.CharField(
        "用户名",
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "已有同名的用户。"},
    )
    name = models.CharField("姓名", max_length=40, blank=True)
    phone = models.CharField("手机号码", max_length=20, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    date_joined = models.DateTimeField("开户时间", default=timezone.now, editable=False)

    PERSONAL = {"phone": mask_phone}

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @cached_property
    def assignments(self) -> tuple["RoleAssignment", ...]:
        """The roles in force today, read once per request."""
        rows = self.role_assignments.in_force(timezone.localdate())
        return tuple(rows.select_related("region", "unit"))

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(row.role for row in self.assignments)

    @cached_property
    def scope(self) -> Scope:
        if self.is_superuser:
            return Scope(self.pk, frozenset(Role.values), ("",), ("",))
        return Scope(
            user_id=self.pk,
            roles=self.roles,
            read_prefixes=self._prefixes(READS_REGION),
            write_prefixes=self._prefixes(WRITES_REGION),
            unit_ids=frozenset(
                row.unit_id
                for row in self.assignments
                if row.unit_id and row.role in HANDLES_FOR_UNIT
            ),
        )

    def _prefixes(self, roles: frozenset[Role]) -> tuple[str, ...]:
        rows = [row for row in self.assignments if row.role in roles]
        return tuple(sorted({row.region.prefix if row.region else "" for row in rows}))

    def has_role(self, *roles: str) -> bool:
        return self.is_superuser or bool(self.roles.intersection(roles))

    @property
    def is_staff(self) -> bool:
        """Whether the admin site opens for this person."""
        return self.is_superuser or bool(self.roles & ADMIN_SITE_ROLES)


class RoleAssignmentQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(user__in=User.objects.filter(User.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return Q(user__in=User.objects.filter(User.objects.all().write_rule(scope)))

    def in_force(self, day: Any) -> "RoleAssignmentQuerySet":
        return self.filter(
            Q(begins_on__isnull=True) | Q(begins_on__lte=day),
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        )


class RoleAssignment(models.Model):
    """One role of one person, for a region or a unit; a person may hold several."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="role_assignments", verbose_name="用户"
    )
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    region = models.ForeignKey(
        "core.Region",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="区域",
        help_text="常委会工作人员、领导不填则为全部区域；镇街工作人员必填。",
    )
    unit = models.ForeignKey(
        "core.Unit", models.PROTECT, null=True, blank=True, verbose_name="承办单位"
    )
    begins_on = models.DateField("起始日期", null=True, blank=True)
    ends_on = models.DateField("截止日期", null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "角色"
        verbose_name_plural = "角色"
        ordering = ["user", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(role=Role.TOWN_STAFF) | Q(region__isnull=False),
                name="role_assignment_town_staff_has_region",
                violation_error_message="镇街人大工作人员必须填写区域。",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=(Role.UNIT_OFFICER, Role.UNIT_LEADER))
                | Q(unit__isnull=False),
                name="role_assignment_unit_officer_has_unit",
                violation_error_message="承办单位人员必须填写承办单位。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(begins_on__isnull=True)
                | Q(ends_on__gte=F("begins_on")),
                name="role_assignment_dates_ordered",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        where = self.region or self.unit
        return f"{self.get_role_display()}（{where}）" if where else self.get_role_display()

    def clean(self) -> None:
        super().clean()
        if self.role == Role.TOWN_STAFF and self.region and not self.region.is_town:
            raise ValidationError({"region": "镇街人大工作人员的区域应是镇、街道或农场。"})
