"""A signer's certificates and key, from PEM files, as C2PA's library takes them (extra `c2pa`)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rehue.errors import PhotoError
from rehue.files import reason, shown

# Names of signatures (C2PA specification, "Digital signatures"), by the curve of the key.
_BY_CURVE: Final = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True)
class Credentials:
    """What results are signed with.

    Attributes:
        chain: PEM file: the signer's certificate first, then those that vouch for it.
        key: PEM file: the private key of the first certificate, without a passphrase.
    """

    chain: Path
    key: Path

    def load(self) -> tuple[str, bytes, bytes]:
        """Return the name of the signature, the chain and the key (PKCS 8), both PEM.

        Raises:
            PhotoError: a file cannot be read, is something else, or they do not belong together.
        """
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (an extra's)
        from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415

        chain = _bytes(self.chain)
        try:
            first = load_pem_x509_certificates(chain)[0]
        except ValueError as error:
            raise PhotoError(
                f"{shown(self.chain)} is no certificate chain in PEM form: give the signer's "
                "certificate first, then those that vouch for it"
            ) from error
        try:
            key = serialization.load_pem_private_key(_bytes(self.key), None)
        except (TypeError, ValueError) as error:
            raise PhotoError(
                f"{shown(self.key)} is no private key in PEM form without a passphrase: give one"
            ) from error
        if key.public_key() != first.public_key():
            raise PhotoError(
                f"{shown(self.key)} is not the key of the first certificate in "
                f"{shown(self.chain)}: give files that belong together"
            )
        name = _signature(key)
        if name is None:
            raise PhotoError(
                f"{shown(self.key)} is a kind of key that C2PA does not sign with: give one of "
                "P-256, P-384, P-521, RSA or Ed25519"
            )
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        return name, chain, key.private_bytes(encoding, form, serialization.NoEncryption())


def _signature(key: object) -> str | None:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: PLC0415

    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _BY_CURVE.get(key.curve.name)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    return "ps256" if isinstance(key, rsa.RSAPrivateKey) else None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PhotoError(
            f"{shown(path)} cannot be read ({reason(error)}): check the path"
        ) from error
