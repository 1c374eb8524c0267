"""A form sent twice makes one record (DESIGN §6.4)."""

import uuid

from django.contrib import messages
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from congress_portal.core.errors import DomainError
from congress_portal.core.models import Submission


class AlreadySubmittedError(DomainError):
    """This very form has been saved before."""

    def __init__(self) -> None:
        super().__init__("这张表单刚才已经保存过了。")


class SubmissionMixin:
    """Each blank form has a number; the number is used up together with the saving."""

    def _number(self, request: HttpRequest) -> uuid.UUID | None:
        try:
            return uuid.UUID(request.POST.get("submission", ""))
        except ValueError:
            return None

    def already_done(self, request: HttpRequest) -> HttpResponse | None:
        """Where the record is that the same form made before."""
        number = self._number(request) if request.method == "POST" else None
        if number is None:
            return None
        done = Submission.objects.filter(
            number=number, user=request.user, model=self.opts.label
        ).first()
        if done is None:
            return None
        messages.warning(request, "这张表单刚才已经保存过了，没有重复新增。")
        return redirect(f"admin:{self._url_name('change')}", done.object_key)

    def claim_submission(self, request: HttpRequest) -> None:
        """Raises AlreadySubmittedError when another click of the same form came first."""
        number = self._number(request)
        if number is None:
            return
        Submission.objects.forget_old(timezone.now())
        try:
            with transaction.atomic():
                Submission.objects.create(number=number, user=request.user, model=self.opts.label)
        except IntegrityError:
            raise AlreadySubmittedError from None

    def finish_submission(self, request: HttpRequest, row: models.Model) -> None:
        number = self._number(request)
        if number is not None:
            Submission.objects.filter(number=number).update(object_key=str(row.pk))
