"""The public halves of the keys that badges are signed with."""

from __future__ import annotations

import base64

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from accounts.access import public
from signing.trust import service as trust

bp = Blueprint("badge_keys", __name__)


@bp.get("/pki/badges.json")
@public("who checks a badge needs the public keys")
def download_keys() -> ResponseReturnValue:
    """A JWK Set (RFC 7517, RFC 8037), the key in use first."""
    keys = [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "use": "sig",
            "kid": name,
            "x": base64.urlsafe_b64encode(raw).rstrip(b"=").decode(),
        }
        for name, raw in trust.public_door_keys().items()
    ]
    response = jsonify(keys=keys)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
