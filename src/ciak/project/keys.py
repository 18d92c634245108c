"""The key that signs what is delivered: the user's own, named in the settings, else one that this machine makes once.

The machine's own lies in the house library, readable by its user only. It proves that a file was not changed since,
not who made it: nobody has reason to trust its certificate, and it says so of itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ciak.config import Settings
from ciak.errors import NotFound, SettingsError
from ciak.media.signing import SigningKey
from ciak.store.atomic import commit_bytes
from ciak.store.disk import make_folder

__all__ = ["own_key", "signing_key"]

_YEARS = 20


def signing_key(settings: Settings) -> SigningKey:
    """The key of the settings (``CIAK_SIGNING_KEY``, ``CIAK_SIGNING_CHAIN``), else this machine's own.

    Raises :class:`SettingsError` where one of the two is missing or not there.
    """
    key, chain = settings.signing_key, settings.signing_chain
    if key is None and chain is None:
        return own_key(settings.library)
    if key is None or chain is None:
        raise SettingsError("signing needs a key and its certificates",
                            remedy="set both CIAK_SIGNING_KEY and CIAK_SIGNING_CHAIN, or neither")
    for path in (key, chain):
        if not path.is_file():
            raise NotFound(f"there is no file {path.name} to sign with", remedy="check the settings", path=str(path))
    return SigningKey(key, chain)


def own_key(library: Path) -> SigningKey:
    """This machine's own key, made when it is first asked for."""
    key, chain = library / "signing.key", library / "signing.pem"
    if not (key.is_file() and chain.is_file()):
        make_folder(library)
        private, certificates = _made()
        commit_bytes(key, private)
        key.chmod(0o600)
        commit_bytes(chain, certificates)
    return SigningKey(key, chain, own=True)


def _made() -> tuple[bytes, bytes]:
    """(private key, certificates): a signer, and the root that signed it and is forgotten."""
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError:
        raise SettingsError("a signing key cannot be made: a package is not installed",
                            remedy="pip install 'ciak[provenance]'") from None
    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = "Ciak, a key of this machine (untrusted)"
    signer = _certificate("Ciak on this machine", leaf.public_key(), issuer, root, authority=False)
    above = _certificate(issuer, root.public_key(), issuer, root, authority=True)
    private = leaf.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                 serialization.NoEncryption())
    return private, b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (signer, above))


def _certificate(name: str, public: Any, issuer: str, by: Any, *, authority: bool) -> Any:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def called(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text),
                          x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ciak")])

    now = datetime.now(UTC)
    usage = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
                           "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
    usage |= {"key_cert_sign": True, "crl_sign": True} if authority else {"digital_signature": True}
    made = (x509.CertificateBuilder().subject_name(called(name)).issuer_name(called(issuer)).public_key(public)
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365 * _YEARS))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False))
    if not authority:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return made.sign(by, hashes.SHA256())
