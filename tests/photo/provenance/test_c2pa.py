"""Signed manifests, with certificates of an authority made here and c2pa's own reader."""

import json
import re
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image

from rehue.errors import PhotoError, install_line
from rehue.photo import Credentials, check_credentials, inspect, read, write
from rehue.photo.provenance.mark import SOURCE_TYPE

c2pa = pytest.importorskip("c2pa", reason="the extra c2pa is not installed")
x509 = pytest.importorskip("cryptography.x509", reason="the extra c2pa is not installed")

from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: E402


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def pem_of_key(key, protection=None):
    protection = protection or serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, protection)


def certificate(name, key, issuer, issuers_key, *, is_authority=False, until=2100):
    """A certificate as C2PA asks for them (specification, "X.509 certificates")."""
    oid = x509.oid.NameOID

    def named(common):
        parts = {oid.ORGANIZATION_NAME: "Test Archive", oid.COMMON_NAME: common}
        return x509.Name([x509.NameAttribute(key, said) for key, said in parts.items()])

    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    ) | dict.fromkeys(("encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2015, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(until, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_authority,
                key_cert_sign=is_authority,
                crl_sign=is_authority,
                **usage,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers_key.public_key()), False
        )
    )
    if not is_authority:
        mail = x509.oid.ExtendedKeyUsageOID.EMAIL_PROTECTION
        builder = builder.add_extension(x509.ExtendedKeyUsage([mail]), False)
    return builder.sign(issuers_key, hashes.SHA256())


class Authority:
    """A root, an authority below it, and signers below that."""

    def __init__(self, folder):
        self.folder = folder
        root_key, self.key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.root = certificate("Root", root_key, "Root", root_key, is_authority=True)
        self.between = certificate("Between", self.key, "Root", root_key, is_authority=True)

    def credentials(self, name="archivist", key=None, **options):
        key = key or ec.generate_private_key(ec.SECP256R1())
        signer = certificate(name, key, "Between", self.key, **options)
        chain, private = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        chain.write_bytes(pem(signer) + pem(self.between))
        private.write_bytes(pem_of_key(key))
        return Credentials(chain, private)

    def reader(self, path):
        """c2pa's reader, which trusts this authority."""
        settings = {
            "trust": {"trust_anchors": pem(self.root).decode()},
            "verify": {"verify_trust": True, "remote_manifest_fetch": False},
        }
        return c2pa.Reader(
            None, BytesIO(path.read_bytes()), context=c2pa.Context.from_dict(settings)
        )


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def credentials(authority):
    return authority.credentials()


@pytest.fixture
def source(folder, grey):
    Image.fromarray(grey).save(folder / "box ü 7.jpg", quality=95)
    return folder / "box ü 7.jpg"


def colored(photograph):
    """Each page in some colour."""
    for page in photograph.pages:
        grey = page.pixels if page.pixels.ndim == 2 else page.pixels[..., 1]
        yield np.stack([grey, grey // 2, grey // 3], axis=-1)


def sign(source, target, mark, credentials, **options):
    photograph = read(source)
    write(photograph, colored(photograph), target, mark, credentials=credentials, **options)
    return target


@pytest.mark.parametrize("kind", ["jpg", "png", "tif", "webp", "avif"])
def test_a_result_says_in_a_signed_way_what_was_done_to_which_source(
    kind, source, mark, authority, credentials
):
    unsigned = sign(source, source.with_name(f"unsigned.{kind}"), mark, None)
    result = sign(source, source.with_name(f"signed.{kind}"), mark, credentials)
    reader = authority.reader(result)
    assert reader.get_validation_state() == "Trusted"
    manifest = reader.get_active_manifest()
    assert manifest["claim_generator_info"][0]["name"] == "Rehue"
    assert manifest["signature_info"]["common_name"] == "archivist"
    assert "time" not in manifest["signature_info"]
    (parent,) = manifest["ingredients"]
    assert (parent["title"], parent["relationship"]) == (source.name, "parentOf")
    (actions,) = (a["data"]["actions"] for a in manifest["assertions"] if "actions" in a["label"])
    opened, adjusted = actions
    assert opened["action"] == "c2pa.opened"
    assert len(opened["parameters"]["ingredients"]) == 1
    assert adjusted["action"] == "c2pa.color_adjustments"
    assert adjusted["digitalSourceType"] == SOURCE_TYPE
    assert adjusted["parameters"]["dev.rehue.model"] == mark.model
    assert adjusted["parameters"]["dev.rehue.model_sha256"] == mark.model_sha256
    # The picture and its plain mark are what they are without a signature.
    assert np.array_equal(read(result).pixels, read(unsigned).pixels)
    assert read(result).mark == read(unsigned).mark == mark
    assert len(list(source.parent.iterdir())) == 3


def test_the_sources_own_manifest_is_kept(source, mark, authority, credentials):
    first = sign(source, source.with_name("first.png"), mark, credentials)
    label = authority.reader(first).get_active_manifest()["label"]
    second = sign(first, source.with_name("second.jpg"), mark, credentials)
    reader = authority.reader(second)
    assert reader.get_validation_state() == "Trusted"
    (parent,) = reader.get_active_manifest()["ingredients"]
    assert parent["active_manifest"] == label
    assert set(json.loads(reader.json())["manifests"]) >= {label}


def test_sources_in_formats_without_manifests(folder, grey, mark, authority, credentials):
    for kind in ("BMP", "JPEG2000", "GIF"):
        path = folder / f"a.{kind.lower()}"
        Image.fromarray(grey).save(path, kind)
        result = sign(path, folder / f"{kind}.png", mark, credentials)
        assert authority.reader(result).get_validation_state() == "Trusted"


@pytest.mark.parametrize("big", [False, True])
def test_tiffs_of_several_deep_pages(big, folder, mark, authority, credentials):
    source = folder / "in.tif"
    pages = [np.arange(60 * 50, dtype=np.uint16).reshape(60, 50) * n for n in (7, 13)]
    with tifffile.TiffWriter(source, bigtiff=big) as writer:
        for page in pages:
            writer.write(page, photometric="minisblack", metadata=None)
    result = sign(source, folder / "out.tif", mark, credentials, keep_times=True)
    assert authority.reader(result).get_validation_state() == "Trusted"
    assert result.stat().st_mtime_ns == source.stat().st_mtime_ns
    assert read(result).notes == ()
    for page, rgb in zip(read(result).pages, colored(read(source)), strict=True):
        assert np.array_equal(page.pixels, rgb)
        assert page.mark == mark


@pytest.mark.parametrize("kind", ["jpg", "png", "tif", "webp", "avif"])
def test_a_sources_manifest_is_in_a_result_only_where_that_is_signed(
    kind, source, mark, authority, credentials
):
    signed = sign(source, source.with_name(f"signed.{kind}"), mark, credentials)
    assert b"jumdc2pa" in signed.read_bytes()
    result = sign(signed, source.with_name(f"again.{kind}"), mark, None)
    assert b"jumdc2pa" not in result.read_bytes()
    again = sign(signed, source.with_name(f"signed again.{kind}"), mark, credentials)
    reader = authority.reader(again)
    assert reader.get_validation_state() == "Trusted"
    assert "active_manifest" in reader.get_active_manifest()["ingredients"][0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: ec.generate_private_key(ec.SECP384R1()),
        lambda: rsa.generate_private_key(65537, 2048),
        ed25519.Ed25519PrivateKey.generate,
    ],
    ids=["P-384", "RSA", "Ed25519"],
)
def test_every_kind_of_key(make, source, mark, authority):
    credentials = authority.credentials("other", make())
    check_credentials(credentials)
    result = sign(source, source.with_name("a.png"), mark, credentials)
    assert authority.reader(result).get_validation_state() == "Trusted"


def test_what_cannot_be_signed_is_refused_before_work(source, mark, credentials):
    photograph = read(source)
    never = iter(())
    for name in ("a.bmp", "a.jp2"):
        with pytest.raises(PhotoError, match=r"has no place for a C2PA manifest: write a JPEG"):
            write(photograph, never, source.with_name(name), mark, credentials=credentials)
    with pytest.raises(PhotoError, match="which a C2PA manifest names as its source: give a path"):
        write(read(source.read_bytes()), never, BytesIO(), mark, credentials=credentials)
    assert list(source.parent.iterdir()) == [source]


def test_a_source_that_changed_meanwhile_is_not_signed_for(source, mark, credentials):
    photograph = read(source)
    rgb = next(colored(photograph))
    source.write_bytes(source.read_bytes() + b" ")
    with pytest.raises(PhotoError, match="was changed while it was coloured"):
        write(photograph, rgb, source.with_name("a.jpg"), mark, credentials=credentials)
    assert list(source.parent.iterdir()) == [source]


def test_credentials_that_are_not_fit_are_known_at_once(tmp_path, authority, credentials):
    wrong, secret = tmp_path / "wrong.pem", tmp_path / "secret.key"
    wrong.write_text("junk")
    key = ec.generate_private_key(ec.SECP256R1())
    secret.write_bytes(pem_of_key(key, serialization.BestAvailableEncryption(b"word")))
    odd = ec.generate_private_key(ec.SECP256K1())
    cases = {
        "does not exist|No such file": Credentials(tmp_path / "none.pem", credentials.key),
        "wrong.pem is no certificate chain in PEM": Credentials(wrong, credentials.key),
        "wrong.pem is no private key in PEM": Credentials(credentials.chain, wrong),
        "secret.key is no private key .* passphrase": Credentials(credentials.chain, secret),
        "not the key of the first certificate": Credentials(
            credentials.chain, authority.credentials("somebody").key
        ),
        "a kind of key that C2PA does not": authority.credentials("odd", odd),
        "not valid at time of signing": authority.credentials("late", until=2020),
    }
    for says, given in cases.items():
        with pytest.raises(PhotoError, match=says) as caught:
            check_credentials(given)
        assert str(caught.value).isprintable()
    check_credentials(credentials)


def test_a_failure_leaves_nothing_behind(source, mark, authority):
    late = authority.credentials("late", until=2020)
    for kind in ("jpg", "tif"):
        with pytest.raises(PhotoError, match="cannot be signed"):
            sign(source, source.with_name(f"a.{kind}"), mark, late)
    assert list(source.parent.iterdir()) == [source]


def test_without_the_extra_one_line_says_what_to_install(source, mark, credentials, monkeypatch):
    result = sign(source, source.with_name("signed.jpg"), mark, credentials)
    monkeypatch.setitem(__import__("sys").modules, "c2pa", None)
    with pytest.raises(PhotoError, match=re.escape(install_line("c2pa"))):
        check_credentials(credentials)
    found = inspect(result)
    assert found.manifest is None
    assert found.notes == (f"C2PA manifests need an extra: {install_line('c2pa')}",)
    assert inspect(source).notes == ()


def test_inspecting_a_signed_result(source, mark, credentials):
    result = sign(source, source.with_name("signed.jpg"), mark, credentials)
    manifest = inspect(result).manifest
    assert manifest.signer == "Test Archive, archivist"
    assert manifest.problem is None
    assert manifest.generator.startswith("Rehue ")
    assert manifest.ingredients == (source.name,)
    data = bytearray(result.read_bytes())
    data[-40] ^= 1  # somewhere in the pixels
    result.write_bytes(data)
    assert "hash" in inspect(result).manifest.problem
    at = data.index(b"jumdc2pa")
    data[at + 60 : at + 400] = b"\xff" * 340
    result.write_bytes(data)
    assert inspect(result).manifest.problem
    assert inspect(result).mark == mark
    with pytest.raises(PhotoError, match="holds a C2PA manifest that cannot be read"):
        sign(result, source.with_name("again.png"), mark, credentials)


def test_nothing_is_fetched(source, mark, credentials):
    asked = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(*credentials.load(), None))
        builder = c2pa.Builder({"claim_generator_info": [{"name": "camera"}]})
        builder.set_intent(
            c2pa.C2paBuilderIntent.CREATE, c2pa.C2paDigitalSourceType.DIGITAL_CAPTURE
        )
        builder.set_no_embed()
        builder.set_remote_url(f"http://127.0.0.1:{server.server_port}/manifest.c2pa")
        elsewhere = BytesIO()
        builder.sign(signer, "image/jpeg", BytesIO(source.read_bytes()), elsewhere)
        source.write_bytes(elsewhere.getvalue())
        assert b"/manifest.c2pa" in source.read_bytes()
        asked.clear()  # the library looks there itself when it has signed
        result = sign(source, source.with_name("a.jpg"), mark, credentials)
        assert inspect(result).manifest.problem is None
        inspect(source)
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


def test_what_stands_behind_a_jpeg_is_signed_with_it(
    folder, grey, make, mark, authority, credentials
):
    gain = make.saved(Image.fromarray(grey[::4, ::4]), "JPEG", xmp=HDRGM)
    video = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(256))
    pictures = [Image.fromarray(grey[::4, ::4])]
    made = make.saved(Image.fromarray(grey), "MPO", save_all=True, append_images=pictures)
    at = made.rindex(b"\xff\xd8\xff")
    # Pillow writes the index; the gain map stands in the place of its second picture.
    whole = made[:at].replace(len(made[at:]).to_bytes(4, "little"), len(gain).to_bytes(4, "little"))
    path = folder / "phone.jpg"
    path.write_bytes(whole + gain + video)
    photograph = read(path)
    assert photograph.carried.behind.holds == {"gain map", "video"}
    result = sign(path, folder / "result.jpg", mark, credentials)
    assert authority.reader(result).get_validation_state() == "Trusted"
    again = read(result)
    assert again.notes == ()
    assert again.carried.behind.data == gain + video
    assert again.carried.behind.holds == {"gain map", "video"}


HDRGM = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'rdf:about="" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/>'
    b"</rdf:RDF>"
)
