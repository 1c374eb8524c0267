"""Deliberations of the people's halls as far as they are announced: topic and conclusion."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from congress_portal.core.listing import page_of
from congress_portal.public.caching import revalidated
from suggestions.selectors.halls import shown_halls


@revalidated
def halls(request: HttpRequest) -> HttpResponse:
    return render(request, "public/halls.html", {"page": page_of(request, shown_halls())})
