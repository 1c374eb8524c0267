"""Signing in and out, the password, the size of type, the manual."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from congress_portal.core.audit import record
from congress_portal.core.enums import AuditAction
from congress_portal.desk.manual import chapters

_ELDER_COOKIE_SECONDS = 365 * 24 * 3600


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "用户名或密码不对，请重新输入。密码区分大小写。",
        "inactive": "这个账号已停用，请联系系统管理员。",
    }


@method_decorator(login_not_required, name="dispatch")
class Login(LoginView):
    authentication_form = SignInForm
    redirect_authenticated_user = True
    extra_context = {
        "lock_after": settings.AXES_FAILURE_LIMIT,
        "lock_minutes": int(timedelta(hours=settings.AXES_COOLOFF_TIME).total_seconds() // 60),
    }


class Logout(LogoutView):
    pass


class NewPasswordForm(PasswordChangeForm):
    def clean_new_password1(self) -> str:
        """A password that somebody else gave out does not stay in use."""
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise ValidationError("新密码不能和原来的密码一样。")
        return password


class PasswordChange(PasswordChangeView):
    form_class = NewPasswordForm
    success_url = reverse_lazy("desk:home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        response = super().form_valid(form)
        form.user.must_change_password = False
        form.user.save(update_fields=["must_change_password"])
        record(AuditAction.UPDATE, form.user, reason="本人修改密码")
        messages.success(self.request, "密码已修改，下次请用新密码登录。")
        return response


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "registration/account.html")


@login_not_required
@require_POST
def type_size(request: HttpRequest) -> HttpResponse:
    """Switch 长辈版 on or off; a cookie, so it works without scripts and before signing in."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = str(reverse_lazy("desk:home"))
    response = HttpResponseRedirect(target)
    if request.POST.get("elder") == "1":
        response.set_cookie(
            "elder", "1", max_age=_ELDER_COOKIE_SECONDS, samesite="Lax", httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    else:
        response.delete_cookie("elder", samesite="Lax")
    return response


@login_not_required
@require_safe
def manual(request: HttpRequest, slug: str = "") -> HttpResponse:
    found = chapters()
    chapter = next((each for each in found if each.slug == slug), None)
    if slug and chapter is None:
        raise Http404("没有这一章。")
    return render(request, "desk/manual.html", {"chapters": found, "chapter": chapter})


@login_not_required
@require_safe
def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin has no sign-in page of its own."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect(f"{reverse_lazy('desk:login')}?{request.GET.urlencode()}")
