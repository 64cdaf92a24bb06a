"""Keys in a token behind PKCS#11 (an HSM, SoftHSM): made there, never exported; needs the extra `hsm`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from pdf.errors import PkiError
from pdf.pki.keys import RemoteKey

SCHEME = "pkcs11:"
_HALF = 32
_T = TypeVar("_T")


def uri_of(token: str, label: str) -> str:
    """The address of a key (RFC 7512): what stands in place of its PEM."""
    return f"{SCHEME}token={quote(token, safe='')};object={quote(label, safe='')};type=private"


def read_uri(text: str) -> tuple[str, str]:
    """Token and label of such an address; raises PkiError `pem_malformed`."""
    parts = dict(part.partition("=")[::2] for part in text.strip().removeprefix(SCHEME).split(";"))
    if not text.startswith(SCHEME) or not parts.get("token") or not parts.get("object"):
        raise PkiError("no address of a key in a token", code="pem_malformed")
    return unquote(parts["token"]), unquote(parts["object"])


class Token:
    """One token, logged in at first use; safe to share between threads (one session, one act at a time).

    Raises PkiError `hsm_extra_missing` where python-pkcs11 is not installed, `key_unreachable` for everything that the
    token refuses (its own words in the message).
    """

    def __init__(self, module: Path, *, label: str, pin: str) -> None:
        self._module, self._pin = module, pin
        self.label = label
        self._session: Any = None
        # Reentrant: finding a key happens inside an act on it.
        self._lock = threading.RLock()

    def create(self, label: str) -> TokenKey:
        """A new P-256 pair under a label that is not taken."""

        def make(session: Any) -> None:
            from pkcs11 import Attribute, KeyType
            from pkcs11.util.ec import encode_named_curve_parameters

            if list(session.get_objects({Attribute.LABEL: label})):
                raise PkiError(f"the token holds {label} already", code="key_unreachable")
            curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
            parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
            stays = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
            parameters.generate_keypair(label=label, id=label.encode(), store=True, private_template=stays)

        self.act(make)
        return self.find(label)

    def find(self, label: str) -> TokenKey:
        """The key under that label."""
        return TokenKey(self, label, self.act(lambda session: _public_key(session, label)))

    def destroy(self, label: str) -> None:
        """Remove the pair for good."""

        def remove(session: Any) -> None:
            from pkcs11 import Attribute

            for each in list(session.get_objects({Attribute.LABEL: label})):
                each.destroy()

        self.act(remove)

    def act(self, what: Callable[[Any], _T]) -> _T:
        """Do something in the session; once more in a new one where the token had dropped it."""
        try:
            import pkcs11
        except ImportError as error:
            raise PkiError("python-pkcs11 is not installed", code="hsm_extra_missing") from error
        dropped = (pkcs11.SessionHandleInvalid, pkcs11.SessionClosed, pkcs11.UserNotLoggedIn, pkcs11.DeviceError)
        with self._lock:
            try:
                try:
                    return what(self._opened())
                except dropped:
                    self._session = None
                    return what(self._opened())
            except (pkcs11.PKCS11Error, RuntimeError) as error:
                self._session = None
                said = str(error) or type(error).__name__
                raise PkiError(f"token {self.label}: {said}", code="key_unreachable") from error

    def _opened(self) -> Any:
        if self._session is None:
            import pkcs11

            token = pkcs11.lib(str(self._module)).get_token(token_label=self.label)
            try:
                self._session = token.open(rw=True, user_pin=self._pin)
            except pkcs11.UserAlreadyLoggedIn:  # a session before this one logged the process in
                self._session = token.open(rw=True)
        return self._session


class TokenKey(RemoteKey):
    """A key pair under its label in a token."""

    def __init__(self, token: Token, label: str, public_key: ec.EllipticCurvePublicKey) -> None:
        super().__init__(public_key)
        self._token, self.label = token, label

    @property
    def address(self) -> str:
        """Where the key is (RFC 7512)."""
        return uri_of(self._token.label, self.label)

    def sign_digest(self, digest: bytes) -> bytes:
        def sign(session: Any) -> bytes:
            from pkcs11 import KeyType, Mechanism, ObjectClass

            key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC, label=self.label)
            return bytes(key.sign(digest, mechanism=Mechanism.ECDSA))

        raw = self._token.act(sign)
        return encode_dss_signature(int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big"))


def _public_key(session: Any, label: str) -> ec.EllipticCurvePublicKey:
    from pkcs11 import KeyType, ObjectClass
    from pkcs11.util.ec import encode_ec_public_key

    found = session.get_key(object_class=ObjectClass.PUBLIC_KEY, key_type=KeyType.EC, label=label)
    key = load_der_public_key(encode_ec_public_key(found))
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise PkiError("only ECDSA P-256 keys are taken", code="key_unsuitable")
    return key
