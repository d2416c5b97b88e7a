"""The certificates of tools/recorders/record_certificates.py: chains, roots, names, keys, and how the server speaks TLS."""

import base64

from certificate_maker import (
    BMP, COMMON_NAME, EMAIL, NULL, ORGANISATION, PRINTABLE, PURPOSES, Certificate, attribute, authority_key, bits, constraints, der, directory, dns,
    email, extension, integer, ip, key, key_hash, key_pem, name, name_constraints, netscape, network, oid, public, purposes, san, sequence,
    subject_key, uri, usage, UTF8,
)  # fmt: skip

HOST = "db.example.com"
OVER, LATER = "20210101000000Z", "20900101000000Z"
CA = (constraints(ca=True), usage("keyCertSign", "cRLSign"))
UNKNOWN = "1.3.6.1.4.1.55555.1"


def root(kind="p256", subject="Root", extensions=CA, **more):
    return Certificate(subject, kind, extensions=extensions, **more)


def middle(issuer, kind="p256", subject="Intermediate", extensions=CA, **more):
    return Certificate(subject, kind, issuer, extensions, **more)


def leaf(issuer, kind="p256", names=(HOST,), extensions=(), subject="server", **more):
    named = (san(*names),) if names else ()
    return Certificate(subject, kind, issuer, (*named, *extensions), **more)


ROOT = root()
MIDDLE = middle(ROOT)
PLAIN = leaf(ROOT)


def case(title, *chain, roots=(ROOT,), host=HOST, text=None, named=None, **server):
    """`chain` is what the server sends, its own certificate first; `named` a second chain, for who sends the server's name."""
    found = {"id": title, "host": host, "roots": "".join(r.pem() for r in roots) if text is None else text}
    found |= {"chain": "".join(c.pem() for c in chain), "key": key_pem(chain[0].key)}
    if named:
        found |= {"named": "".join(c.pem() for c in named), "named_key": key_pem(named[0].key)}
    return found | ({"server": server} if server else {})


def usages():
    yield case("plain", PLAIN)
    yield case("plain, RSA", leaf(ROOT, "rsa2048"))
    yield case("with an intermediate", leaf(MIDDLE), MIDDLE)
    yield case("intermediate missing", leaf(MIDDLE))
    yield case("intermediate in the file", leaf(MIDDLE), roots=(ROOT, MIDDLE))
    yield case("intermediate alone in the file", leaf(MIDDLE), roots=(MIDDLE,))
    yield case("intermediate sent, and alone in the file", leaf(MIDDLE), MIDDLE, roots=(MIDDLE,))
    yield case("root is sent, too", leaf(MIDDLE), MIDDLE, ROOT)
    yield case("root is sent, and unknown", leaf(MIDDLE), MIDDLE, ROOT, roots=(root(subject="Other"),))
    kinds = {
        "digitalSignature only": (constraints(ca=True), usage("digitalSignature")),
        "cRLSign only": (constraints(ca=True), usage("cRLSign")),
        "keyEncipherment only": (constraints(ca=True), usage("keyEncipherment")),
        "no usage": (constraints(ca=True),),
        "CA:FALSE with keyCertSign": (constraints(), usage("keyCertSign")),
        "CA:FALSE": (constraints(),),
        "keyCertSign without constraints": (usage("keyCertSign"),),
        "no extension of an authority": (subject_key(b"middle"),),
        "CA:TRUE not critical": (constraints(ca=True, critical=False), usage("keyCertSign", critical=False)),
        "purpose clientAuth": (*CA, purposes("clientAuth")),
        "purpose serverAuth": (*CA, purposes("serverAuth")),
        "purpose any": (*CA, purposes("any")),
        "netscape: an authority for TLS": (netscape(5),),
        "netscape: an authority for mail": (netscape(6),),
        "critical unknown extension": (*CA, extension(UNKNOWN, NULL, True)),
        "unknown extension": (*CA, extension(UNKNOWN, NULL)),
        "CA:TRUE twice": (*CA, constraints(ca=True)),
    }
    for title, extensions in kinds.items():
        intermediate = middle(ROOT, subject="Odd intermediate", extensions=extensions)
        yield case(f"intermediate: {title}", leaf(intermediate), intermediate)
        odd = root(subject="Odd root", extensions=extensions)
        yield case(f"root: {title}", leaf(odd), roots=(odd,))
    old = middle(ROOT, subject="Old intermediate", version=1)
    yield case("intermediate: version 1", leaf(old), old)
    old = root(subject="Old root", version=1)
    yield case("root: version 1", leaf(old), roots=(old,))
    for usages_of in (["digitalSignature"], ["keyEncipherment"], ["keyAgreement"], ["cRLSign"], ["keyCertSign"], ["nonRepudiation"], ["dataEncipherment"], ["encipherOnly"]):
        for kind in ("rsa2048", "p256"):
            yield case(f"leaf: {usages_of[0]} only, {kind}", leaf(ROOT, kind, extensions=(usage(*usages_of),)))
    yield case("leaf: cRLSign only, TLS 1.2", leaf(ROOT, "rsa2048", extensions=(usage("cRLSign"),)), versions="1.2")
    yield case("leaf: keyEncipherment only, P-256, TLS 1.2", leaf(ROOT, extensions=(usage("keyEncipherment"),)), versions="1.2")
    yield case("leaf: keyEncipherment only, RSA, TLS 1.2", leaf(ROOT, "rsa2048", extensions=(usage("keyEncipherment"),)), versions="1.2")
    yield case("leaf: CA:TRUE", leaf(ROOT, extensions=(constraints(ca=True),)))
    yield case("leaf: an authority of the file", leaf(ROOT, extensions=(constraints(ca=True), usage("digitalSignature", "keyCertSign"))))
    yield case("leaf: an authority that only signs", leaf(ROOT, extensions=CA))
    for titles in (["serverAuth"], ["clientAuth"], ["clientAuth", "serverAuth"], ["any"], ["codeSigning"], ["msSGC"], ["nsSGC"]):
        yield case(f"leaf: purpose {' and '.join(titles)}", leaf(ROOT, extensions=(purposes(*titles),)))
    yield case("leaf: purpose clientAuth, critical", leaf(ROOT, extensions=(purposes("clientAuth", critical=True),)))
    yield case("leaf: netscape client", leaf(ROOT, extensions=(netscape(0),)))
    yield case("leaf: netscape server", leaf(ROOT, extensions=(netscape(1),)))
    yield case("leaf: critical unknown extension", leaf(ROOT, extensions=(extension(UNKNOWN, NULL, True),)))
    yield case("leaf: unknown extension", leaf(ROOT, extensions=(extension(UNKNOWN, NULL),)))
    yield case("leaf: critical poison of transparency logs", leaf(ROOT, extensions=(extension("1.3.6.1.4.1.11129.2.4.3", NULL, True),)))
    policies = extension("2.5.29.32", sequence(sequence(oid("1.2.3.4"))), True)
    yield case("leaf: critical policies", leaf(ROOT, extensions=(policies,)))
    yield case("leaf: critical inhibitAnyPolicy", leaf(ROOT, extensions=(extension("2.5.29.54", integer(0), True),)))
    yield case("leaf: explicit policy wanted, none given", leaf(ROOT, extensions=(extension("2.5.29.36", sequence(der(0x80, b"\0")), True),)))
    yield case("leaf: critical issuerAltName", leaf(ROOT, extensions=(extension("2.5.29.18", sequence(dns("a.example.com")), True),)))
    yield case("leaf: critical subject key", leaf(ROOT, extensions=(extension("2.5.29.14", der(4, b"key"), True),)))
    yield case("leaf: two alternative names", leaf(ROOT, extensions=(san("other.example.com"),)))
    yield case("leaf: usage that cannot be read", leaf(ROOT, extensions=(extension("2.5.29.15", b"\x30\x03\x02"),)))
    yield case("leaf: names that cannot be read", leaf(ROOT, names=(), extensions=(extension("2.5.29.17", b"\x04\x02ab"),)))
    yield case("leaf: purposes that cannot be read", leaf(ROOT, extensions=(extension("2.5.29.37", b"\x30\x03\x02"),)))
    yield case("leaf: empty purposes", leaf(ROOT, extensions=(extension("2.5.29.37", sequence()),)))
    yield case("leaf: version 1", leaf(ROOT, version=1, subject=HOST))
    yield case("leaf: version 2", leaf(ROOT, version=2, subject=HOST))
    yield case("leaf: must staple", leaf(ROOT, extensions=(extension("1.3.6.1.5.5.7.1.24", sequence(integer(5))),)))


def themselves():
    """Certificates that signed themselves."""
    own = Certificate("self", extensions=(san(HOST),))
    yield case("self-signed, in the file", own, roots=(own,))
    yield case("self-signed, not in the file", own)
    yield case("self-signed, among others in the file", own, roots=(ROOT, own))
    authority = Certificate("self", "rsa2048", extensions=(san(HOST), constraints(ca=True)))
    yield case("self-signed authority, in the file", authority, roots=(authority,))
    yield case("self-signed authority, not in the file", authority)
    for title, extensions, more in [
        ("of another purpose", (san(HOST), purposes("clientAuth")), {}),
        ("that only signs", (san(HOST), *CA), {}),
        ("with usage digitalSignature", (san(HOST), usage("digitalSignature")), {}),
        ("expired", (san(HOST),), {"end": OVER}),
        ("by SHA-1", (san(HOST),), {"digest": "sha1", "kind": "rsa2048"}),
        ("of RSA-1024", (san(HOST),), {"kind": "rsa1024"}),
        ("with a signature that is not its own", (san(HOST),), {"tampered": True}),
        ("of version 1", (), {"version": 1}),
        ("for another name", (san("other.example.com"),), {}),
    ]:
        own = Certificate(HOST if "version" in more else "self " + title, extensions=extensions, **more)
        yield case(f"self-signed {title}, in the file", own, roots=(own,))
    yield case("leaf in the file, its issuer is not", PLAIN, roots=(PLAIN,))
    yield case("leaf and issuer in the file", PLAIN, roots=(PLAIN, ROOT))
    yield case("same names, another key", leaf(Certificate("Root", private=key("p256", "impostor"), extensions=CA)))


def times():
    yield case("leaf has expired", leaf(ROOT, end=OVER))
    yield case("leaf is not valid yet", leaf(ROOT, start=LATER))
    for title, more in (("has expired", {"end": OVER}), ("is not valid yet", {"start": LATER})):
        intermediate = middle(ROOT, subject=f"Intermediate that {title}", **more)
        yield case(f"intermediate {title}", leaf(intermediate), intermediate)
        authority = root(subject=f"Root that {title}", **more)
        yield case(f"root {title}", leaf(authority), roots=(authority,))
    old = root(subject="Renewed root", end=OVER)
    new = root(subject="Renewed root", private=old.key)
    yield case("root renewed, the old one first", leaf(new), roots=(old, new))
    yield case("root renewed, the new one first", leaf(new), roots=(new, old))
    yield case("root renewed, only the old one", leaf(new), roots=(old,))
    yield case("leaf has expired, and is for another name", leaf(ROOT, end=OVER, names=("other.example.com",)))
    yield case("leaf ends before it begins", leaf(ROOT, start=LATER, end=OVER))
    yield case("years beyond 2050", leaf(ROOT, end="21200101000000Z"))


def keys():
    for kind in ("rsa1024", "rsa1536", "rsa2040", "rsa3072", "rsa4096", "p192", "p224", "p384", "p521", "k256", "brainpool", "ed25519", "ed448"):
        yield case(f"leaf key {kind}", leaf(ROOT, kind))
        authority = root(kind, subject=f"Root {kind}", digest="sha512" if kind == "p521" else "sha256")
        yield case(f"root key {kind}", leaf(authority, digest="sha512" if kind == "p521" else "sha256"), roots=(authority,))
    yield case("leaf key p521, TLS 1.2", leaf(ROOT, "p521"), versions="1.2")
    yield case("leaf key p384, signed by SHA-256", leaf(root("p384", subject="Root 384"), "p384"), roots=(root("p384", subject="Root 384"),))
    intermediate = middle(ROOT, "p521", subject="Intermediate P-521")
    yield case("intermediate key p521", leaf(intermediate, digest="sha512"), intermediate)
    intermediate = middle(ROOT, "rsa1024", subject="Intermediate RSA-1024")
    yield case("intermediate key rsa1024", leaf(intermediate), intermediate)
    authority = root("dsa", subject="Root DSA")
    yield case("root key dsa", leaf(authority), roots=(authority,))
    authority = root("rsa2048", subject="Root RSA")
    for digest in ("md5", "sha1", "sha224", "sha384", "sha512"):
        yield case(f"leaf signed by {digest}, RSA", leaf(authority, digest=digest), roots=(authority,))
    for digest in ("sha1", "sha224", "sha384", "sha512"):
        yield case(f"leaf signed by {digest}, ECDSA", leaf(ROOT, digest=digest))
    intermediate = middle(authority, subject="Intermediate SHA-1", digest="sha1")
    yield case("intermediate signed by sha1", leaf(intermediate), intermediate, roots=(authority,))
    yield case("root signed by sha1", leaf(root("rsa2048", subject="Root SHA-1", digest="sha1")), roots=(root("rsa2048", subject="Root SHA-1", digest="sha1"),))
    yield case("leaf signed by RSA-PSS", leaf(authority, pss=True), roots=(authority,))
    yield case("leaf with a broken signature", leaf(ROOT, tampered=True))
    intermediate = middle(ROOT, subject="Intermediate, tampered", tampered=True)
    yield case("intermediate with a broken signature", leaf(intermediate), intermediate)
    yield case("root with a broken signature", leaf(root(subject="Root, tampered", tampered=True)), roots=(root(subject="Root, tampered", tampered=True),))
    for title, serial in (("of zero", integer(0)), ("negative", integer(-77)), ("of 24 bytes", integer(1 << 184)), ("of 40 bytes", integer(1 << 312))):
        yield case(f"serial number {title}", leaf(ROOT, serial=serial))
    yield case("unique ids", leaf(ROOT, extra=der(0x81, b"\0id") + der(0x82, b"\0id")))


def paths():
    for title, top, below in [("0 at the root", 0, None), ("1 at the root", 1, None), ("0 at the intermediate", None, 0), ("0 at both", 0, 0)]:
        authority = root(subject=f"Root with {title}", extensions=(constraints(ca=True, path=top), usage("keyCertSign")))
        intermediate = middle(authority, subject="Intermediate", extensions=(constraints(ca=True, path=below), usage("keyCertSign")))
        yield case(f"path length {title}, one intermediate", leaf(intermediate), intermediate, roots=(authority,))
        lower = middle(intermediate, subject="Lower intermediate")
        yield case(f"path length {title}, two intermediates", leaf(lower), lower, intermediate, roots=(authority,))
    authority = root(subject="Root of none", extensions=(constraints(ca=True, path=0), usage("keyCertSign")))
    yield case("path length 0, no intermediate", leaf(authority), roots=(authority,))
    yield case("path length 0, leaf is an authority", leaf(authority, extensions=(constraints(ca=True),)), roots=(authority,))
    itself = Certificate("Root of none", private=key("p256", "new key"), issuer=authority, extensions=CA)
    yield case("path length 0, intermediate of the same name", leaf(itself), itself, roots=(authority,))
    chain = [ROOT]
    for number in range(12):
        chain.insert(0, middle(chain[0], subject=f"Intermediate {number}"))
    yield case("twelve intermediates", leaf(chain[0]), *chain[:-1])
    lower = middle(MIDDLE, subject="Lower intermediate")
    yield case("chain in the wrong order", leaf(lower), MIDDLE, lower)
    yield case("chain with certificates of others", leaf(lower), middle(root(subject="Other"), subject="Other intermediate"), lower, PLAIN, MIDDLE)
    yield case("intermediate twice", leaf(MIDDLE), MIDDLE, MIDDLE)
    # Cross-signed: the new root is also signed by an old one.
    old, new = root(subject="Old root"), root(subject="New root")
    crossed = Certificate("New root", private=new.key, issuer=old, extensions=CA)
    expired = root(subject="Expired root", end=OVER)
    crossed_expired = Certificate("New root", private=new.key, issuer=expired, extensions=CA)
    ended = Certificate("New root", private=new.key, issuer=old, extensions=CA, end=OVER)
    yield case("cross-signed, the old root in the file", leaf(new), crossed, roots=(old,))
    yield case("cross-signed, the new root in the file", leaf(new), crossed, roots=(new,))
    yield case("cross-signed, both in the file", leaf(new), crossed, roots=(old, new))
    yield case("cross-signed by an expired root, both in the file", leaf(new), crossed_expired, roots=(expired, new))
    yield case("cross-signed by an expired root, only that in the file", leaf(new), crossed_expired, roots=(expired,))
    yield case("cross-signature has expired, new root in the file", leaf(new), ended, roots=(new,))
    yield case("cross-signature has expired, old root in the file", leaf(new), ended, roots=(old,))
    yield case("cross-signatures, the expired one first", leaf(new), ended, crossed, roots=(old,))
    twin = Certificate("Root", private=key("p256", "twin"), extensions=CA)
    yield case("two roots of a name, the wrong one first", PLAIN, roots=(twin, ROOT))
    yield case("two roots of a name, the right one first", PLAIN, roots=(ROOT, twin))
    marked = Certificate("Root", private=ROOT.key, extensions=(*CA, subject_key(key_hash(ROOT.key))))
    twin = Certificate("Root", private=key("p256", "twin"), extensions=(*CA, subject_key(b"twin")))
    yield case("two roots of a name, told apart by key", leaf(ROOT, extensions=(authority_key(key_hash(ROOT.key)),)), roots=(twin, marked))
    yield case("issuer's key is named otherwise", leaf(ROOT, extensions=(authority_key(b"other"),)), roots=(marked,))
    yield case("issuer's key is named, and nothing to compare", leaf(ROOT, extensions=(authority_key(b"other"),)))
    yield case("issuer's number is named rightly", leaf(ROOT, extensions=(authority_key(issuer=ROOT.subject, serial=int.from_bytes(ROOT.serial[2:], "big")),)))
    yield case("issuer's number is named wrongly", leaf(ROOT, extensions=(authority_key(issuer=ROOT.subject, serial=7),)))
    twin = middle(ROOT, private=key("p256", "twin"))
    yield case("two intermediates of a name, the wrong one first", leaf(MIDDLE), twin, MIDDLE)
    blank = middle(ROOT, subject="Odd usage", extensions=(constraints(ca=True), usage("digitalSignature")))
    fine = Certificate("Odd usage", private=blank.key, issuer=ROOT, extensions=CA)
    yield case("two intermediates of a name, one must not sign", leaf(fine), blank, fine)
    shouted = leaf(ROOT, issuer_name=name("ROOT"))
    yield case("issuer's name in capitals", shouted)
    yield case("issuer's name in another encoding", leaf(ROOT, issuer_name=name(attribute(COMMON_NAME, "Root", PRINTABLE))))
    yield case("issuer's name with more blanks", leaf(root(subject="A  Root"), issuer_name=name("A Root ")), roots=(root(subject="A  Root"),))
    yield case("issuer's name is another one", leaf(ROOT, issuer_name=name("Other")))
    yield case("no subject", leaf(ROOT, subject=name()))
    yield case("no subject, critical names", leaf(ROOT, names=(), subject=name(), extensions=(san(HOST, critical=True),)))


def limits():
    """Name constraints."""
    acme = name(attribute(ORGANISATION, "Acme"))
    for title, permitted, excluded, names, subject in [
        ("permitted", [dns("example.com")], [], [HOST], "server"),
        ("permitted, with a dot", [dns(".example.com")], [], [HOST], "server"),
        ("permitted, with a dot, the name itself", [dns(".db.example.com")], [], [HOST], "server"),
        ("another is permitted", [dns("example.org")], [], [HOST], "server"),
        ("one of two names is not permitted", [dns("example.com")], [], [HOST, "db.example.org"], "server"),
        ("ends like the permitted one", [dns("b.example.com")], [], [HOST], "server"),
        ("excluded", [], [dns("example.com")], [HOST], "server"),
        ("another is excluded", [], [dns("example.org")], [HOST], "server"),
        ("all is excluded", [], [dns("")], [HOST], "server"),
        ("wildcard, permitted", [dns("example.com")], [], ["*.example.com"], "server"),
        ("wildcard, below is excluded", [], [dns("secret.example.com")], ["*.example.com"], "server"),
        ("addresses are permitted, and there is none", [network("10.0.0.0/8")], [], [HOST], "server"),
        ("address is not permitted", [network("10.0.0.0/8")], [], [HOST, ip("192.168.1.1")], "server"),
        ("common name only, permitted", [dns("example.com")], [], [], HOST),
        ("common name only, not permitted", [dns("example.org")], [], [], HOST),
        ("common name is not a host, not looked at", [dns("example.org")], [], [], "The server"),
        ("common name beside a name, not looked at", [dns("example.com")], [], [HOST], "db.example.org"),
        ("directory name is permitted", [directory(acme)], [], [HOST], name(attribute(ORGANISATION, "Acme"), "server")),
        ("directory name in capitals is permitted", [directory(acme)], [], [HOST], name(attribute(ORGANISATION, "ACME"), "server")),
        ("directory name is not permitted", [directory(acme)], [], [HOST], name(attribute(ORGANISATION, "Other"), "server")),
        ("directory name is excluded", [], [directory(acme)], [HOST], name(attribute(ORGANISATION, "Acme"), "server")),
        ("mail is not permitted", [email("example.org")], [], [HOST, email("me@example.com")], "server"),
        ("mail in the subject is not permitted", [email("example.org")], [], [HOST], name("server", attribute(EMAIL, "me@example.com", 0x16))),
        ("addresses of the web are limited, and there is none", [uri("example.org")], [], [HOST], "server"),
    ]:
        limited = middle(ROOT, subject="Limited intermediate", extensions=(*CA, name_constraints(permitted, excluded)))
        yield case(f"limits: {title}", leaf(limited, names=names, subject=subject), limited)
    limited = root(subject="Limited root", extensions=(*CA, name_constraints([dns("example.org")])))
    yield case("limits of the root: not permitted", leaf(limited), roots=(limited,))
    limited = root(subject="Limited root", extensions=(*CA, name_constraints([dns("example.com")], critical=False)))
    yield case("limits of the root: permitted", leaf(limited), roots=(limited,))


def names():
    for title, presented in [
        ("another", ["other.example.com"]), ("second of two", ["other.example.com", HOST]), ("in capitals", ["DB.Example.COM"]),
        ("wildcard", ["*.example.com"]), ("wildcard in capitals", ["*.EXAMPLE.com"]), ("part of a label at its end", ["d*.example.com"]),
        ("part of a label at its beginning", ["*b.example.com"]), ("star in the second label", ["db.*.com"]), ("star alone", ["*"]),
        ("two stars", ["*.*.com"]), ("wildcard above", ["*.com"]), ("final dot", ["db.example.com."]), ("leading dot", [".example.com"]),
        ("address", [ip("127.0.0.1")]), ("web address", [uri("https://db.example.com")]), ("mail", [email("db.example.com")]),
        ("zero byte", [dns(b"db.example.com\0.evil.example.org")]), ("blank behind", ["db.example.com "]), ("a directory name", [directory(name(HOST))]),
    ]:  # fmt: skip
        yield case(f"name: {title}", leaf(ROOT, names=presented))
    for host, presented in [
        ("example.com", "*.com"), ("example.com", "*.example.com"), ("a.b.example.com", "*.example.com"), ("a.b.example.com", "*.b.example.com"),
        ("db.example.com.", HOST), ("db.example.com.", "*.example.com"), ("DB.EXAMPLE.COM", HOST), ("localhost", "localhost"), ("localhost", "*"),
        ("db_1.example.com", "db_1.example.com"), ("db_1.example.com", "*.example.com"), ("xn--db-eka.example.com", "*.example.com"),
        ("xn--db-eka.example.com", "xn--*.example.com"), ("db.example.com", "*.xn--eka.com"), ("a-.example.com", "*.example.com"),
        ("-a.example.com", "*.example.com"), ("127.0.0.1", "127.0.0.1"), ("127.0.0.1", "*.0.0.1"),
    ]:  # fmt: skip
        yield case(f"host {host}, name {presented}", leaf(ROOT, names=(presented,)), host=host)
    yield case("host 127.0.0.1, that address", leaf(ROOT, names=(ip("127.0.0.1"),)), host="127.0.0.1")
    yield case("host 127.0.0.1, another address", leaf(ROOT, names=(ip("127.0.0.2"),)), host="127.0.0.1")
    yield case("host 127.0.0.1, common name", leaf(ROOT, names=(), subject="127.0.0.1"), host="127.0.0.1")
    yield case("host 127.0.0.1, common name and a name", leaf(ROOT, names=(HOST,), subject="127.0.0.1"), host="127.0.0.1")
    yield case("host 127.0.0.1, common name and another address", leaf(ROOT, names=(ip("127.0.0.2"),), subject="127.0.0.1"), host="127.0.0.1")
    yield case("host ::1, that address", leaf(ROOT, names=(ip("::1"),)), host="::1")
    yield case("host ::1, its name", leaf(ROOT, names=("::1",)), host="::1")
    yield case("host 127.1, address 127.0.0.1", leaf(ROOT, names=(ip("127.0.0.1"),)), host="127.1")
    last = name("other.example.com", HOST)
    first = name(HOST, "other.example.com")
    for title, subject, presented in [
        ("exact", HOST, []), ("in capitals", "DB.example.com", []), ("wildcard", "*.example.com", []), ("another", "other.example.com", []),
        ("part of a label", "d*.example.com", []), ("beside a name", HOST, ["other.example.com"]), ("beside an address", HOST, [ip("127.0.0.1")]),
        ("beside a mail address", HOST, [email("me@example.com")]), ("beside a web address", HOST, [uri("https://other.example.com")]),
        ("the last of two", last, []), ("the first of two", first, []), ("in BMP", name(attribute(COMMON_NAME, HOST, BMP)), []),
        ("printable", name(attribute(COMMON_NAME, HOST, PRINTABLE)), []), ("with a zero byte", name(attribute(COMMON_NAME, b"db.example.com\0x", UTF8)), []),
        ("missing", name(attribute(ORGANISATION, HOST)), []), ("two in one set", sequence(der(0x31, sequence(oid(COMMON_NAME), der(0x0C, b"a")), sequence(oid(COMMON_NAME), der(0x0C, HOST.encode())))), []),
        ("with a comma", name("other,CN=db.example.com"), []), ("final dot", "db.example.com.", []),
    ]:  # fmt: skip
        yield case(f"common name: {title}", leaf(ROOT, names=presented, subject=subject))
    yield case("common name: localhost", leaf(ROOT, names=(), subject="localhost"), host="localhost")
    yield case("common name: *.com for example.com", leaf(ROOT, names=(), subject="*.com"), host="example.com")
    yield case("common name: empty names", leaf(ROOT, names=(), subject=HOST, extensions=(extension("2.5.29.17", sequence()),)))
    yield case("another name, wildcard of another level", leaf(ROOT, names=("*.db.example.com",)))


def talk():
    """How the server speaks TLS."""
    secure = leaf(ROOT, "rsa2048")
    for suite in ("AES128-GCM-SHA256", "AES128-SHA", "AES256-SHA256", "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA384",
                  "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-RSA-CAMELLIA128-SHA256"):  # fmt: skip
        yield case(f"TLS 1.2, {suite}", secure, versions="1.2", ciphers=suite)
    for suite in ("ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-CCM"):
        yield case(f"TLS 1.2, {suite}", PLAIN, versions="1.2", ciphers=suite)
    yield case("TLS 1.2, AES128-SHA, nobody that is known", leaf(root(subject="Other"), "rsa2048"), versions="1.2", ciphers="AES128-SHA")
    yield case("TLS 1.1 only", secure, versions="1.1")
    yield case("TLS 1.0 only", secure, versions="1.0")
    yield case("TLS 1.3 only", secure, versions="1.3")
    for group in ("prime256v1", "secp384r1", "secp521r1"):
        yield case(f"group {group}", PLAIN, group=group)


def choices():
    """Servers that choose their certificate by the name that the client sends."""
    stranger = leaf(root(subject="Other"))
    yield case("by server name: a good one, else a stranger's", stranger, named=(PLAIN,))
    yield case("by server name: a stranger's, else a good one", PLAIN, named=(stranger,))
    yield case("by server name: a good one, else another name", leaf(ROOT, names=("other.example.com",)), named=(PLAIN,))
    yield case("by server name: an address is none", stranger, host="127.0.0.1", named=(leaf(ROOT, names=(ip("127.0.0.1"),)),))
    yield case("by server name: a final dot", stranger, host="db.example.com.", named=(leaf(ROOT, names=(HOST, "db.example.com.")),))
    yield case("by server name: localhost", stranger, host="localhost", named=(leaf(ROOT, names=("localhost",)),))


def files():
    """Files of roots."""
    good, other = ROOT.pem(), root(subject="Other").pem()
    yield case("file: line ends of Windows", PLAIN, text=good.replace("\n", "\r\n"))
    yield case("file: text around", PLAIN, text=f"Root\n====\n{other}more text\n{good}the end")
    yield case("file: X509 CERTIFICATE", PLAIN, text=ROOT.pem("X509 CERTIFICATE"))
    yield case("file: TRUSTED CERTIFICATE", PLAIN, text=ROOT.pem("TRUSTED CERTIFICATE"))
    yield case("file: a broken one first", PLAIN, text=other.replace("MII", "!!!", 1) + good)
    yield case("file: a broken one last", PLAIN, text=good + other.replace("MII", "!!!", 1))
    yield case("file: an open one last", PLAIN, text=good + other.split("-----END")[0])
    yield case("file: nothing in it", PLAIN, text="")
    yield case("file: no certificate in it", PLAIN, text="Spring rain\n")
    yield case("file: a key in it, too", PLAIN, text=key_pem(key("p256", "other")) + good)
    yield case("file: the same twice", PLAIN, text=good + good)
    yield case("file: no line end behind it", PLAIN, text=good.rstrip("\n"))
    yield case("file: blanks at line ends", PLAIN, text=good.replace("\n", " \n"))
    yield case("file: indented", PLAIN, text="".join(f"  {line}\n" for line in good.splitlines()))
    yield case("file: one long line", PLAIN, text="-----BEGIN CERTIFICATE-----\n" + "".join(good.splitlines()[1:-1]) + "\n-----END CERTIFICATE-----\n")
    yield case("file: something else under that name", PLAIN, text="-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + good)


def beside():
    """What lies right beside the cases above, each a step that would be missed without it."""
    marked = root(subject="Root of none, marked", private=key("p256", "marked"), extensions=(
        constraints(ca=True, path=0), usage("keyCertSign"), subject_key(b"old key")))
    renewed = Certificate(marked.subject, private=key("p256", "renewed"), issuer=marked, extensions=(*CA, subject_key(b"new key"), authority_key(b"old key")))
    yield case("path length 0, intermediate of the same name with hints", leaf(renewed, extensions=(authority_key(b"new key"),)), renewed, roots=(marked,))
    narrow = root(subject="Narrow root", private=key("p256", "narrow"), extensions=(*CA, name_constraints([dns("example.com")]), subject_key(b"old key")))
    wide = Certificate(narrow.subject, private=key("p256", "wide"), issuer=narrow, extensions=(
        *CA, san("other.example.org"), subject_key(b"new key"), authority_key(b"old key")))
    yield case("limits: an intermediate of the root's own name is outside", leaf(wide, extensions=(authority_key(b"new key"),)), wide, roots=(narrow,))
    least = extension("2.5.29.30", sequence(der(0xA0, sequence(dns("example.com"), der(0x80, b"\1")))), True)
    least_root = root(subject="Root with a minimum", extensions=(*CA, least))
    yield case("limits: with a minimum", leaf(least_root), roots=(least_root,))
    own = Certificate("self", extensions=(san(HOST),))
    twin = Certificate("self", private=key("p256", "twin of self"), extensions=(san(HOST),))
    yield case("self-signed, another one of its name in the file", own, roots=(twin,))
    one, two = key("p256", "loop one"), key("p256", "loop two")
    first = Certificate("Loop one", private=one, issuer=Certificate("Loop two", private=two), extensions=CA)
    second = Certificate("Loop two", private=two, issuer=Certificate("Loop one", private=one), extensions=CA)
    yield case("two intermediates that signed each other, 60 times", leaf(first), *[first, second] * 60)
    chain = [ROOT]
    for number in range(101):
        chain.insert(0, middle(chain[0], subject=f"Intermediate {number} of many", private=one))
    yield case("a hundred and one intermediates", leaf(chain[0]), *chain[:-1])
    yield case("a hundred intermediates", leaf(chain[1]), *chain[1:-1])
    yield case("ninety-nine intermediates", leaf(chain[2]), *chain[2:-1])
    right = int.from_bytes(ROOT.serial[2:], "big")
    yield case("issuer's issuer is named wrongly", leaf(ROOT, extensions=(authority_key(issuer=name("Other"), serial=right),)))
    rsa_twin = Certificate("Root", "rsa2048", private=key("rsa2048", "twin"), extensions=CA)
    yield case("two roots of a name, the wrong kind of key first", PLAIN, roots=(rsa_twin, ROOT))
    not_critical = sequence(oid(UNKNOWN), b"\x01\x01\x00", der(4, NULL))
    yield case("leaf: unknown extension, not critical in so many words", leaf(ROOT, extensions=(not_critical,)))
    yield case("leaf: empty usage", leaf(ROOT, extensions=(usage(),)))
    unused = middle(ROOT, subject="Intermediate of no use", extensions=(constraints(ca=True), usage()))
    yield case("intermediate: empty usage", leaf(unused), unused)
    proxy = extension("1.3.6.1.5.5.7.1.14", sequence(sequence(oid("1.3.6.1.5.5.7.21.1"))), True)
    yield case("leaf: a proxy's", leaf(ROOT, extensions=(proxy,)))
    addresses = extension("1.3.6.1.5.5.7.1.7", sequence(sequence(der(4, b"\0\1"), sequence(bits(b"\x0a")))), True)
    yield case("leaf: addresses of RFC 3779", leaf(ROOT, extensions=(addresses,)))
    accented = root(subject=name("R\u00f6ot"))
    old_letters = name(attribute(COMMON_NAME, "R\u00f6ot".encode("latin-1"), 0x14))
    yield case("issuer's name in Latin 1", leaf(accented, issuer_name=old_letters), roots=(accented,))
    yield case("name: zero byte, and a good one", leaf(ROOT, names=[dns(b"db.example.com\0.example.org"), HOST]))
    yield case("name: two stars in a label, and a good one", leaf(ROOT, names=["d**.example.com", HOST]))
    der_of_old = base64.b64encode(ROOT.der + sequence(sequence(oid(PURPOSES["serverAuth"])))).decode()
    trusted = f"-----BEGIN TRUSTED CERTIFICATE-----\n{der_of_old}\n-----END TRUSTED CERTIFICATE-----\n"
    yield case("file: trusted for servers", PLAIN, text=trusted)
    yield case("file: trusted for servers, beside another one", PLAIN, text=root(subject="Other").pem() + trusted)


def cases():
    for part in (usages, themselves, times, keys, paths, limits, names, talk, choices, files, beside):
        yield from part()
