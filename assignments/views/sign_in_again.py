"""Signing in again without leaving the page on which one writes."""

from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from assignments.forms import LoginForm


@login_not_required
@rate_limit(action="login")
@sensitive_post_parameters("password")
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Say who is signed in, with the newest token for the page's forms, and offer to sign in.

    Guesses are counted with those of the sign-in page.
    """
    form = LoginForm(request.POST or None, request=request)
    if form.is_valid():
        form.login(request)
    return render(request, "account/sign_in_again.html", {"form": form})
