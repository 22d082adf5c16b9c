"""The area's identity provider (OpenID Connect), spoken to by Authlib: asking who somebody is, checking the answer."""

from __future__ import annotations

from functools import cache
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client.apps import DjangoOAuth2App
from authlib.integrations.django_client.integration import DjangoIntegration
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from joserfc.errors import JoseError

SIGNED = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures that only the provider can make: neither none at all nor one made with a shared secret."""
LEEWAY, SECONDS = 60, 10
KEPT_AS = "single_token"
"""Where a session keeps the token that signing out must show."""
UNREACHABLE = (requests.RequestException, RuntimeError, ValueError)
UNTRUE = (AuthlibBaseError, JoseError)


@cache
def _client(issuer: str, name: str, secret: str) -> Any:
    """The provider as it describes itself, read when it is first needed."""
    return DjangoOAuth2App(
        DjangoIntegration("house"),
        "house",
        client_id=name,
        client_secret=secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": SECONDS,
        },
    )


def client() -> Any:
    """The client of this installation's provider. Raises Http404 where it has none."""
    if not settings.OIDC_ISSUER:
        raise Http404
    return _client(settings.OIDC_ISSUER, settings.OIDC_CLIENT, settings.OIDC_SECRET)


def proved(request: HttpRequest) -> tuple[dict[str, Any], str]:
    """The claims of a token that is signed by the provider, for us, for this sign-in, and not expired."""
    app = client()
    metadata = app.load_server_metadata()
    offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
    metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in SIGNED]
    must_be = {
        "iss": {"essential": True, "value": settings.OIDC_ISSUER},
        "aud": {"essential": True, "values": [settings.OIDC_CLIENT]},
    }
    token = app.authorize_access_token(request, claims_options=must_be, leeway=LEEWAY)
    if not token.get("userinfo"):
        raise AuthlibBaseError("no_id_token")
    return dict(token["userinfo"]), str(token["id_token"])


def vouched(request: HttpRequest) -> bool:
    """Whether this session began at the provider: then a password, if there is one, need not be known."""
    return KEPT_AS in request.session


def sign_out(request: HttpRequest, token: str) -> HttpResponse | None:
    """On to the provider's own sign-out, where it has one; otherwise nothing."""
    if not (settings.OIDC_ISSUER and token):
        return None
    here = request.build_absolute_uri(reverse("sign-in"))
    try:
        asked = client().create_logout_url(
            post_logout_redirect_uri=here, id_token_hint=token, client_id=settings.OIDC_CLIENT
        )
    except UNREACHABLE:
        return None
    return HttpResponseRedirect(asked["url"])
