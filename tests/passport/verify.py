#!/usr/bin/env python3
"""Checks passports by docs/passport.md alone: shares no code with the program. Needs `cryptography` and `blake3` from PyPI.

    verify.py FILE...            prints a verdict for each; exit code 0 when all are unaltered
    verify.py --mutate N FILE... also changes one random byte N times; exit code 0 when every change is refused
"""
import base64
import json
import random
import re
import sys

from blake3 import blake3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SECTIONS = ["device", "grade", "flaws", "badges", "checks", "photos", "history", "terms", "stall"]
DOCUMENT = {"format", "opening", "seal", "sections", "signature"}
SEAL = {"format", "number", "version", "issued_at", "previous", "key", "sections"}
SLOT = b'<script type="text/plain" id="passport">'
SLOT_END = b"</script>"
DAMM = [
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
]


class Altered(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Altered(what)


def canonical(value):
    # RFC 8785 for what passports hold: whole numbers, and names of ASCII letters. Python writes both as the RFC wants.
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(data):
    return blake3(data).hexdigest()


def unhex(text, length):
    need(isinstance(text, str) and re.fullmatch("[0-9a-f]{%d}" % (2 * length), text), "hex")
    return bytes.fromhex(text)


def strict_json(raw):
    try:
        value = json.loads(raw.decode("utf-8"))
        again = canonical(value)
    except (ValueError, UnicodeError, RecursionError) as e:
        raise Altered("not JSON") from e
    need(again == raw, "not canonical JSON")
    return value


def signed(key, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(unhex(key, 32)).verify(unhex(signature, 64), message)
    except InvalidSignature as e:
        raise Altered("signature") from e


def check_document(doc):
    need(isinstance(doc, dict) and set(doc) | {"opening"} == DOCUMENT, "members of the document")
    seal, sections = doc["seal"], doc["sections"]
    need(doc["format"] == "stallkeeper-passport/1" and isinstance(seal, dict) and set(seal) == SEAL, "seal")
    need(seal["format"] == doc["format"], "format")
    need(isinstance(sections, dict) and sorted(sections) == sorted(SECTIONS), "sections")
    need(isinstance(seal["sections"], dict) and sorted(seal["sections"]) == sorted(SECTIONS), "hashes")
    signed(seal["key"], canonical(seal), doc["signature"])
    for name in SECTIONS:
        need(digest(canonical(sections[name])) == seal["sections"][name], f"section {name}")
    need(re.fullmatch(r"\d{4}-\d{4,9}-\d", seal["number"], re.ASCII), "number")
    at = 0
    for c in seal["number"].replace("-", ""):
        at = int(DAMM[at][int(c)])
    need(at == 0, "check digit")
    if "opening" in doc:
        opening, closed = doc["opening"], sections["device"]["codes"]
        need(isinstance(opening, dict) and set(opening) == {"salt", "codes"}, "opening")
        salt = unhex(opening["salt"], 16)
        need(len(opening["codes"]) == len(closed), "codes")
        for code, shut in zip(opening["codes"], closed):
            need(set(code) == {"kind", "code"} and code["kind"] == shut["kind"], "kind of code")
            need(digest(salt + code["code"].encode()) == shut["commitment"], "commitment")
    return seal


def parts(text):
    found = {}
    style = re.search("<style>(.*?)</style>", text, re.S)
    if style:
        found["style"] = style.group(1)
    for name, inner in re.findall('<section data-part="([^"]*)">(.*?)</section>', text, re.S):
        found.setdefault(name, inner)
    return found


def check_page(data):
    from_ = data.index(SLOT)
    to = data.find(SLOT_END, from_)
    need(to > 0, "end of the slot")
    before, slot, behind = data[:from_], data[from_ + len(SLOT) : to], data[to + len(SLOT_END) :]
    try:
        raw = base64.b64decode(slot, validate=True)
    except ValueError as e:
        raise Altered("base64") from e
    need(base64.b64encode(raw) == slot, "base64")
    value = strict_json(raw)
    need(isinstance(value, dict) and set(value) == {"document", "page", "page_signature"}, "slot")
    doc, page = value["document"], value["page"]
    seal = check_document(doc)
    need(set(page) == {"format", "seal", "lang", "copy", "parts", "rest"}, "statement")
    need(page["format"] == "stallkeeper-passport-page/1", "statement's format")
    need(page["seal"] == digest(canonical(seal)), "statement's seal")
    need((page["copy"] == "buyer") == ("opening" in doc), "copy")
    signed(seal["key"], canonical(page), value["page_signature"])
    need(digest(before + behind) == page["rest"], "page")
    text = before.decode("utf-8")
    found = parts(text)
    for name, want in page["parts"].items():
        need(digest(found.get(name, "").encode()) == want, f"part {name}")
    pictures = dict(re.findall(r' data-photo="(\d+)" src="data:image/jpeg;base64,([^"]*)"', text))
    for n, photo in enumerate(doc["sections"]["photos"]):
        if photo["private"] and page["copy"] != "buyer":
            continue
        need(str(n) in pictures, f"photograph {n} is missing")
        need(digest(base64.b64decode(pictures[str(n)], validate=True)) == photo["copy"], f"photograph {n}")
    return seal


def check(data):
    if SLOT in data:
        return check_page(data)
    return check_document(strict_json(data))


def main(args):
    changes = 0
    if args[:1] == ["--mutate"]:
        changes, args = int(args[1]), args[2:]
    right = True
    for name in args:
        with open(name, "rb") as f:
            data = f.read()
        try:
            seal = check(data)
            key = digest(unhex(seal["key"], 32))[:16]
            print(f"{name}: unaltered: {seal['number']} version {seal['version']}, key {key}")
        except Altered as e:
            print(f"{name}: ALTERED: {e}")
            right = False
        dice = random.Random(8785)
        for _ in range(changes):
            at = dice.randrange(len(data))
            other = data[at] ^ dice.randrange(1, 256)
            try:
                check(data[:at] + bytes([other]) + data[at + 1 :])
                print(f"{name}: byte {at} changed to {other} was not noticed")
                right = False
            except Altered:
                pass
            except (KeyError, TypeError, ValueError, AttributeError):
                pass  # What can not even be read is refused too.
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
