"""Ed25519 signatures of files (RFC 8032), with keys in PEM as OpenSSL writes them.

`openssl genpkey -algorithm ed25519 -out key.pem` makes a key, `openssl pkey -in key.pem -pubout -out key.pub` the
public part of it.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError
from refusals.extras import library

if TYPE_CHECKING:
    from pathlib import Path

_MAKE = "`openssl genpkey -algorithm ed25519 -out key.pem` makes one"
_PUBLISH = "`openssl pkey -in key.pem -pubout -out key.pub` writes one"


def sign(content: bytes, key: Path) -> str:
    """Return the signature in base64.

    Raises:
        InputError: if the file holds no private Ed25519 key without a password.
    """
    return base64.b64encode(private_key(key).sign(content)).decode()


def private_key(key: Path) -> Any:
    """Return the key of a file.

    Raises:
        InputError: if the file holds no private Ed25519 key without a password.
    """
    ed25519, serialization = _library()
    try:
        found = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{key}: is no private key in PEM without a password ({error}); {_MAKE}") from error
    if not isinstance(found, ed25519.Ed25519PrivateKey):
        raise InputError(f"{key}: is a key of another kind than Ed25519; {_MAKE}")
    return found


def verified(content: bytes, signature: bytes, key: Path) -> bool:
    """Return whether the signature, in base64, is that of the content by the key's other half.

    Raises:
        InputError: if the file holds no public Ed25519 key.
    """
    ed25519, serialization = _library()
    wrong = library("cryptography.exceptions", "sign", "a signature").InvalidSignature
    try:
        found = serialization.load_pem_public_key(key.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{key}: is no public key in PEM ({error}); {_PUBLISH}") from error
    if not isinstance(found, ed25519.Ed25519PublicKey):
        raise InputError(f"{key}: is a key of another kind than Ed25519; {_MAKE}")
    try:
        found.verify(base64.b64decode(signature.strip(), validate=True), content)
    except (wrong, binascii.Error):
        return False
    return True


def _library() -> tuple[Any, Any]:
    of = "cryptography.hazmat.primitives"
    found = [library(f"{of}.{name}", "sign", "a signature") for name in ("asymmetric.ed25519", "serialization")]
    return found[0], found[1]
