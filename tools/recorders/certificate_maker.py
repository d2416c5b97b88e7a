"""Makes certificates byte by byte, so that everything that can stand in one can be wrong: a part of tools/recorders/record_certificates.py."""

import base64
import functools
import ipaddress

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

FROM, UNTIL = "20200101000000Z", "20990101000000Z"

# --- DER


def der(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    head = bytes([size]) if size < 128 else bytes([0x80 | len(size_bytes(size))]) + size_bytes(size)
    return bytes([tag]) + head + body


def size_bytes(size):
    return size.to_bytes((size.bit_length() + 7) // 8, "big")


def sequence(*parts):
    return der(0x30, *parts)


def integer(number):
    return der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    body = bytes([first * 40 + second])
    for arc in rest:
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.insert(0, 0x80 | arc & 0x7F)
        body += bytes(digits)
    return der(0x06, body)


def bits(body, unused=0):
    return der(0x03, bytes([unused]), body)


def octets(body):
    return der(0x04, body)


NULL = b"\x05\x00"
TRUE = b"\x01\x01\xff"


def time(text):
    """UTCTime up to 2049, as RFC 5280 wants it."""
    return der(0x17, text[2:].encode()) if text < "2050" else der(0x18, text.encode())


# --- names

COMMON_NAME, ORGANISATION, EMAIL = "2.5.4.3", "2.5.4.10", "1.2.840.113549.1.9.1"
UTF8, PRINTABLE, BMP = 0x0C, 0x13, 0x1E


def attribute(kind, text, tag=UTF8):
    body = text.encode("utf-16-be" if tag == BMP else "utf-8") if isinstance(text, str) else text
    return der(0x31, sequence(oid(kind), der(tag, body)))


def name(*attributes):
    """A distinguished name: texts are common names."""
    return sequence(*(attribute(COMMON_NAME, a) if isinstance(a, str) else a for a in attributes))


def dns(text):
    return der(0x82, text if isinstance(text, bytes) else text.encode())


def ip(text):
    return der(0x87, ipaddress.ip_address(text).packed)


def network(text):
    net = ipaddress.ip_network(text)
    return der(0x87, net.network_address.packed + net.netmask.packed)


def email(text):
    return der(0x81, text.encode())


def uri(text):
    return der(0x86, text.encode())


def directory(distinguished):
    return der(0xA4, distinguished)


# --- extensions

USAGES = ["digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly"]
PURPOSES = {
    "serverAuth": "1.3.6.1.5.5.7.3.1",
    "clientAuth": "1.3.6.1.5.5.7.3.2",
    "codeSigning": "1.3.6.1.5.5.7.3.3",
    "any": "2.5.29.37.0",
    "msSGC": "1.3.6.1.4.1.311.10.3.3",
    "nsSGC": "2.16.840.1.113730.4.1",
}


def extension(kind, value, critical=False):
    return sequence(oid(kind), TRUE if critical else b"", octets(value))


def usage(*names, critical=True):
    number = sum(0x80 >> USAGES.index(n) for n in names)
    return extension("2.5.29.15", bits(bytes([number])), critical)


def constraints(ca=None, path=None, critical=True):
    parts = [TRUE] if ca else []
    parts += [] if path is None else [integer(path)]
    return extension("2.5.29.19", sequence(*parts), critical)


def purposes(*names, critical=False):
    return extension("2.5.29.37", sequence(*(oid(PURPOSES[n]) for n in names)), critical)


def san(*names, critical=False):
    return extension("2.5.29.17", sequence(*(n if isinstance(n, bytes) else dns(n) for n in names)), critical)


def name_constraints(permitted=(), excluded=(), critical=True):
    trees = [der(tag, *(sequence(n) for n in names)) for tag, names in ((0xA0, permitted), (0xA1, excluded)) if names]
    return extension("2.5.29.30", sequence(*trees), critical)


def subject_key(identifier):
    return extension("2.5.29.14", octets(identifier))


def authority_key(identifier=None, issuer=None, serial=None):
    parts = [] if identifier is None else [der(0x80, identifier)]
    parts += [] if issuer is None else [der(0xA1, directory(issuer)), der(0x82, integer(serial)[2:])]
    return extension("2.5.29.35", sequence(*parts))


def netscape(*numbers):
    return extension("2.16.840.1.113730.1.1", bits(bytes([sum(0x80 >> n for n in numbers)])))


# --- keys and signatures

CURVES = {
    "p192": ec.SECP192R1, "p224": ec.SECP224R1, "p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1,
    "k256": ec.SECP256K1, "brainpool": ec.BrainpoolP256R1,
}  # fmt: skip
HASHES = {"sha1": hashes.SHA1, "md5": hashes.MD5, "sha224": hashes.SHA224, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}
RSA = {"sha1": 5, "md5": 4, "sha256": 11, "sha384": 12, "sha512": 13, "sha224": 14}
ECDSA = {"sha1": "1.2.840.10045.4.1", "sha224": "1.2.840.10045.4.3.1", "sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4"}


@functools.cache
def key(kind, owner=""):
    """The key of an owner: `rsa2048`, `p256`, `ed25519`, …"""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    if kind == "dsa":
        return dsa.generate_private_key(2048)
    if kind in CURVES:
        return ec.generate_private_key(CURVES[kind]())
    return {"ed25519": ed25519.Ed25519PrivateKey, "ed448": ed448.Ed448PrivateKey}[kind].generate()


def public(private):
    return private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_pem(private):
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def key_hash(private):
    digest = hashes.Hash(hashes.SHA1())
    digest.update(public(private))
    return digest.finalize()


def algorithm(private, digest, pss):
    if pss:
        sha = sequence(oid("2.16.840.1.101.3.4.2.1"), NULL)
        mask = sequence(oid("1.2.840.113549.1.1.8"), sha)
        return sequence(oid("1.2.840.113549.1.1.10"), sequence(der(0xA0, sha), der(0xA1, mask), der(0xA2, integer(32))))
    if isinstance(private, rsa.RSAPrivateKey):
        return sequence(oid(f"1.2.840.113549.1.1.{RSA[digest]}"), NULL)
    if isinstance(private, dsa.DSAPrivateKey):
        return sequence(oid("2.16.840.1.101.3.4.3.2"))
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return sequence(oid(ECDSA[digest]))
    return sequence(oid("1.3.101.113" if isinstance(private, ed448.Ed448PrivateKey) else "1.3.101.112"))


def signature(private, digest, pss, text):
    if isinstance(private, rsa.RSAPrivateKey):
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if pss else padding.PKCS1v15()
        return private.sign(text, scheme, HASHES[digest]())
    if isinstance(private, dsa.DSAPrivateKey):
        return private.sign(text, hashes.SHA256())
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return private.sign(text, ec.ECDSA(HASHES[digest]()))
    return private.sign(text)


# --- certificates


class Certificate:
    """A certificate with its key; `issuer` is another one, or None for a self-signed one."""

    def __init__(self, subject, kind="p256", issuer=None, extensions=(), start=FROM, end=UNTIL, version=3, digest="sha256", pss=False,
                 serial=None, private=None, spki=None, issuer_name=None, tampered=False, extra=b""):  # fmt: skip
        self.key = private or key(kind, str(subject))
        self.subject = subject if isinstance(subject, bytes) else name(subject)
        signer = issuer.key if issuer else self.key
        signed = algorithm(signer, digest, pss)
        self.serial = serial if isinstance(serial, bytes) else integer(serial or 0x1000 + Certificate.count)
        Certificate.count += 1
        issued_by = issuer_name or (issuer.subject if issuer else self.subject)
        parts = [b"" if version == 1 else der(0xA0, integer(version - 1)), self.serial, signed, issued_by, sequence(time(start), time(end))]
        parts += [self.subject, spki or public(self.key), extra]
        parts += [der(0xA3, sequence(*extensions))] if extensions and version == 3 else []
        body = sequence(*parts)
        sealed = signature(signer, digest, pss, body)
        if tampered:
            sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
        self.der = sequence(body, signed, bits(sealed))

    count = 0

    def pem(self, label="CERTIFICATE"):
        text = base64.b64encode(self.der).decode()
        lines = "".join(text[at : at + 64] + "\n" for at in range(0, len(text), 64))
        return f"-----BEGIN {label}-----\n{lines}-----END {label}-----\n"
