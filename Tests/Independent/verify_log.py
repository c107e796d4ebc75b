#!/usr/bin/env python3
"""Verifies an exported audit log with nothing but the Python 3 standard library.

    verify_log.py EXPORT --key VKEY [--checkpoint FILE ...]
    verify_log.py --self-test
    verify_log.py --sample DIRECTORY

EXPORT is what `aitta audit verify --export FILE` writes: a line with the log's checkpoint, then a
line for each entry. It is written from docs/FORMAT.md, RFC 8032 (Ed25519), RFC 9162 (the tree) and
the C2SP texts signed-note and tlog-checkpoint, and shares no code with the vault: an error in one
shows as a disagreement with the other. Exit code 0: the log is good; 1: it is not, and every line on
standard output says why; 2: usage.

Nothing here is secret, so nothing takes constant time.
"""

import argparse
import base64
import binascii
import datetime
import hashlib
import json
import os
import re
import sys
import uuid


class Bad(Exception):
    """Something is not what it should be; the text says what."""


# --- Ed25519: RFC 8032, 5.1 -------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def point_add(p, q):
    """5.1.4, extended homogeneous coordinates (X, Y, Z, T)."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def points_equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def recover_x(y, sign):
    """5.1.3, steps 2 to 4; None where there is no point."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_M1 % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def point_encode(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def point_decode(data):
    number = int.from_bytes(data, "little")
    y = number & (1 << 255) - 1
    x = recover_x(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def challenge(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def ed25519_verify(public, message, signature):
    """5.1.7. A key of small order is refused: under it, one signature fits many messages."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = point_decode(public), point_decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or points_equal(point_multiply(8, a), (0, 1, 1, 0)):
        return False
    k = challenge(signature[:32], public, message)
    return points_equal(point_multiply(s, BASE), point_add(r, point_multiply(k, a)))


def ed25519_expand(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
    return scalar, digest[32:]


def ed25519_public(seed):
    return point_encode(point_multiply(ed25519_expand(seed)[0], BASE))


def ed25519_sign(seed, message):
    """5.1.6; for the data that the self-test makes."""
    scalar, prefix = ed25519_expand(seed)
    public = point_encode(point_multiply(scalar, BASE))
    nonce = challenge(prefix, message)
    r = point_encode(point_multiply(nonce, BASE))
    s = (nonce + challenge(r, public, message) * scalar) % L
    return r + s.to_bytes(32, "little")


# --- Base64: RFC 4648, padded, only the form that encodes the bytes ---------------------------


def base64_decode(text):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, AttributeError):
        raise Bad("not base64") from None
    if base64.b64encode(data).decode() != text:
        raise Bad("base64 that is not in its one form")
    return data


def base64_encode(data):
    return base64.b64encode(data).decode()


# --- The tree: RFC 9162, 2.1 ------------------------------------------------------------------


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """2.1.2: a stack of hashes; after the entry of index i, as many merges as i ends in ones."""

    def __init__(self):
        self.size = 0
        self.stack = []

    def append(self, leaf):
        self.stack.append(leaf)
        index = self.size
        while index & 1:
            right = self.stack.pop()
            self.stack.append(node_hash(self.stack.pop(), right))
            index >>= 1
        self.size += 1

    def root(self):
        if not self.stack:
            return hashlib.sha256(b"").digest()
        rest = list(self.stack)
        while len(rest) > 1:
            right = rest.pop()
            rest.append(node_hash(rest.pop(), right))
        return rest[0]


# --- Keys, notes, checkpoints: C2SP signed-note and tlog-checkpoint, docs/FORMAT.md -----------

MAXIMUM_SIZE = 2**63 - 1


def is_name(name):
    is_plain = all(c >= " " and c != "+" and not c.isspace() for c in name)
    return is_plain and 1 <= len(name.encode()) <= 255


class Key:
    """A verifier key: name+id+base64(01 ‖ key)."""

    def __init__(self, text):
        match = re.fullmatch(r"([^+]*)\+([0-9a-f]{8})\+(.*)", text)
        if not match or not is_name(match[1]):
            raise Bad("the verifier key is not of the form name+id+base64")
        self.name = match[1]
        data = base64_decode(match[3])
        if len(data) != 33 or data[0] != 1:
            raise Bad("the verifier key is not an Ed25519 key")
        self.public = data[1:]
        self.id = hashlib.sha256(self.name.encode() + b"\n" + data).digest()[:4]
        if self.id.hex() != match[2]:
            raise Bad("the verifier key's id is not that of its name and key")


class Checkpoint:
    """What a note states that the log's own key has signed."""

    def __init__(self, note, key):
        if len(note) > 262144:
            raise Bad("the note is too large")
        try:
            text = note.decode("utf-8")
        except UnicodeDecodeError:
            raise Bad("the note is not UTF-8") from None
        if any(c < " " and c != "\n" for c in text):
            raise Bad("the note holds a control character")
        signed, gap, signatures = text.rpartition("\n\n")
        if not gap or not signatures.endswith("\n"):
            raise Bad("the note has no signatures")
        signed += "\n"
        lines = signatures[:-1].split("\n")
        if len(lines) > 64:
            raise Bad("the note has too many signatures")
        is_signed = False
        for line in lines:
            match = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", line)
            if not match or not is_name(match[1]):
                raise Bad("the note has a malformed signature line")
            data = base64_decode(match[2])
            if len(data) < 5:
                raise Bad("the note has a malformed signature line")
            if match[1] == key.name and data[:4] == key.id:
                if not ed25519_verify(key.public, signed.encode(), data[4:]):
                    raise Bad("the signature in the log's name does not verify")
                is_signed = True
        if not is_signed:
            raise Bad("the log's key has not signed the note")
        body = signed.split("\n")
        if len(body) != 4 or body[3]:
            raise Bad("the note does not have the three lines of a checkpoint")
        if body[0] != key.name:
            raise Bad("the checkpoint is of another log")
        if not re.fullmatch("0|[1-9][0-9]{0,18}", body[1]) or int(body[1]) > MAXIMUM_SIZE:
            raise Bad("the checkpoint's size is not a number")
        self.size = int(body[1])
        self.root = base64_decode(body[2])
        if len(self.root) != 32:
            raise Bad("the checkpoint's root does not have 32 bytes")


# --- Entries: docs/FORMAT.md, "Audit entries" -------------------------------------------------


def parse_entry(data):
    """The members that the interface shows of an entry, and its milliseconds."""
    place = 0

    def take(count):
        nonlocal place
        if place + count > len(data):
            raise Bad("is cut short")
        place += count
        return data[place - count : place]

    def number(count):
        return int.from_bytes(take(count), "little")

    def text():
        try:
            return take(number(1)).decode("utf-8")
        except UnicodeDecodeError:
            raise Bad("holds a text that is not UTF-8") from None

    if number(1) != 1:
        raise Bad("is in another format than 1")
    milliseconds = int.from_bytes(take(8), "little", signed=True)
    entry = {"uid": number(4), "pid": int.from_bytes(take(4), "little", signed=True)}
    parts = number(1)
    entry["op"], entry["outcome"], entry["request"] = text(), text(), text()
    readers = [
        ("user", text),
        ("purpose", text),
        ("record", lambda: str(uuid.UUID(bytes=take(16)))),
        ("generation", lambda: number(8)),
        ("reason", text),
        ("count", lambda: number(8)),
        ("", lambda: take(32)),
        ("token", text),
    ]
    for bit, (name, read) in enumerate(readers):
        value = read() if parts >> bit & 1 else None
        if name:
            entry[name] = value
    entry["fields"] = [text() for _ in range(number(1))]
    if place != len(data):
        raise Bad("has more bytes than it should")
    try:
        time = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=milliseconds)
        entry["t"] = time.isoformat(timespec="milliseconds") + "Z"
    except OverflowError:
        pass  # Beyond the year 9999 there is no text to compare with.
    return entry, milliseconds


# --- The log ----------------------------------------------------------------------------------


def read_json(line):
    def unique(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise Bad("JSON with a member twice")
        return dict(pairs)

    try:
        value = json.loads(line, object_pairs_hook=unique)
    except ValueError:
        raise Bad("not JSON") from None
    if not isinstance(value, dict):
        raise Bad("not a JSON object")
    return value


class Verification:
    """Goes through an export once; `problems` are in the order in which they were found."""

    def __init__(self, key, earlier):
        self.key = key
        self.earlier = sorted(earlier, key=lambda named: named[1].size)
        self.problems = []
        self.tree = Tree()
        self.agreed = 0
        self.last_time = None
        self.steps_back = []

    def run(self, lines):
        lines = iter(lines)
        try:
            self.stated = self.read_stated(next(lines, b""))
        except Bad as problem:
            return self.report(f"the log's checkpoint: {problem}")
        for name, checkpoint in self.earlier:
            if checkpoint.size > self.stated.size:
                self.report(
                    f"truncated: the log has {self.stated.size} entries, "
                    f"the checkpoint {name} {checkpoint.size}"
                )
        self.compare_earlier()
        for line in lines:
            if self.tree.size == self.stated.size:
                return self.report(f"an entry follows the last one, {self.tree.size}")
            try:
                leaf = self.read_entry(read_json(line), self.tree.size + 1)
            except Bad as problem:
                return self.report(f"entry {self.tree.size + 1}: {problem}")
            self.tree.append(leaf)
            self.compare_earlier()
        if self.tree.size < self.stated.size:
            return self.report(
                f"truncated: the log ends at entry {self.tree.size}, "
                f"its checkpoint states {self.stated.size}"
            )
        if self.tree.root() != self.stated.root:
            self.report(
                f"altered: entries {self.agreed + 1} to {self.tree.size} do not give the root of "
                f"the log's checkpoint"
            )
            self.report_steps_back()

    def report(self, problem):
        self.problems.append(problem)

    def read_stated(self, line):
        stated = read_json(line)
        if not isinstance(stated.get("note"), str):
            raise Bad("there is none")
        checkpoint = Checkpoint(stated["note"].encode(), self.key)
        same = (stated.get("size"), stated.get("root"))
        if same != (checkpoint.size, base64_encode(checkpoint.root)):
            raise Bad("its note states another size or root")
        return checkpoint

    def read_entry(self, item, number):
        found = item.get("number")
        if type(found) is not int:
            raise Bad("something without a number stands in its place")
        if found > number:
            raise Bad(f"missing; entry {found} follows")
        if found < number:
            raise Bad(f"entry {found} stands in its place")
        stored = base64_decode(item["leafHash"]) if "leafHash" in item else None
        if stored is not None and len(stored) != 32:
            raise Bad("its hash does not have 32 bytes")
        if "leaf" not in item:
            if item.get("expired") is not True or stored is None:
                raise Bad("neither bytes nor a hash")
            return stored
        data = base64_decode(item["leaf"])
        own = leaf_hash(data)
        if stored not in (None, own):
            self.report(f"entry {number}: damaged, its bytes are not those that were hashed")
            return stored
        try:
            entry, time = parse_entry(data)
        except Bad as problem:
            self.report(f"entry {number}: {problem}")
            return own
        for name, value in item.items():
            if name in entry and (entry[name], type(entry[name])) != (value, type(value)):
                self.report(f"entry {number}: shown with another {name} than its bytes hold")
                break
        if self.last_time is not None and time < self.last_time and len(self.steps_back) < 10:
            self.steps_back.append(number)
        self.last_time = time
        return own

    def compare_earlier(self):
        while self.earlier and self.earlier[0][1].size == self.tree.size:
            name, checkpoint = self.earlier.pop(0)
            if checkpoint.root == self.tree.root():
                self.agreed = self.tree.size
                continue
            self.report(
                f"altered or forked: the checkpoint {name} of size {checkpoint.size} has another "
                f"root; what differs lies in entries {self.agreed + 1} to {checkpoint.size}"
            )
            self.earlier = [other for other in self.earlier if other[1].size > self.stated.size]

    def report_steps_back(self):
        """A clock may be set back, so this alone is no fault; in an altered log it is a trace."""
        for number in self.steps_back:
            self.report(f"entry {number}: dated before entry {number - 1}")


def verify(lines, key, earlier):
    verification = Verification(key, earlier)
    verification.run(lines)
    return verification


# --- Data for the self-test -------------------------------------------------------------------

ORIGIN = "aitta/0190b7e4-0000-7000-8000-000000000001"
SEED = hashlib.sha256(b"the log's key").digest()


def make_key(seed, origin=ORIGIN):
    data = b"\1" + ed25519_public(seed)
    identity = hashlib.sha256(origin.encode() + b"\n" + data).digest()[:4]
    return f"{origin}+{identity.hex()}+{base64_encode(data)}"


def make_note(leaves, seed=SEED, origin=ORIGIN):
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    text = f"{origin}\n{tree.size}\n{base64_encode(tree.root())}\n"
    identity = Key(make_key(seed, origin)).id
    signature = base64_encode(identity + ed25519_sign(seed, text.encode()))
    return f"{text}\n\u2014 {origin} {signature}\n"


def short(text):
    return bytes([len(text.encode())]) + text.encode()


def make_entry(index, shift=0):
    """An entry with other parts than its neighbour, so that each part occurs."""
    parts = index * 37 % 128
    data = b"\1" + (1_700_000_000_000 + 1000 * index + shift).to_bytes(8, "little")
    data += (1000 + index).to_bytes(4, "little") + (40 + index).to_bytes(4, "little")
    data += bytes([parts]) + short("erase" if index % 3 else "read")
    data += short("ok" if index % 5 else "not_granted") + short(f"r{index}")
    values = [
        short("aino"),
        short("billing"),
        uuid.UUID(int=index).bytes,
        index.to_bytes(8, "little"),
        short("customer-request"),
        (2**40 + index).to_bytes(8, "little"),
        hashlib.sha256(b"certificate").digest(),
    ]
    for bit, value in enumerate(values):
        if parts >> bit & 1:
            data += value
    fields = ["name", "email"][: index % 3]
    return data + bytes([len(fields)]) + b"".join(map(short, fields))


def make_item(number, data):
    entry, _ = parse_entry(data)
    shown = {name: value for name, value in entry.items() if value not in (None, [])}
    return {"number": number, "leaf": base64_encode(data), **shown}


def make_expired(number, data):
    return {"number": number, "leafHash": base64_encode(leaf_hash(data)), "expired": True}


def make_export(items, note):
    lines = note.split("\n")
    stated = {"size": int(lines[1]), "root": lines[2], "note": note}
    stated["verifierKey"] = make_key(SEED)
    return [json.dumps(item).encode() for item in [stated] + items]


def make_sample(size=25, kept=(0, 1, 8, 11, 25)):
    """A good log whose first three entries have expired, and checkpoints that were kept."""
    entries = [make_entry(index) for index in range(size)]
    items = [
        (make_expired if number <= 3 else make_item)(number, data)
        for number, data in enumerate(entries, 1)
    ]
    leaves = [leaf_hash(data) for data in entries]
    return entries, items, leaves, {count: make_note(leaves[:count]) for count in kept}


def write_sample(directory):
    """A good export, an altered one, earlier checkpoints and the key, for other verifiers."""
    entries, items, leaves, notes = make_sample()
    altered = list(items)
    altered[9] = make_item(10, make_entry(9, shift=-86_400_000))
    forked = [leaf_hash(make_entry(0, shift=1))] + leaves[1:]
    other = bytes(32)
    files = {
        "log.jsonl": make_export(items, notes[25]),
        "altered.jsonl": make_export(altered, notes[25]),
        "short.jsonl": make_export(items[:20], notes[25]),
        "rolled-back.jsonl": make_export(items[:20], make_note(leaves[:20])),
        "old.checkpoint": [notes[8].encode()[:-1]],
        "older.checkpoint": [notes[1].encode()[:-1]],
        "latest.checkpoint": [notes[25].encode()[:-1]],
        "forked.checkpoint": [make_note(forked[:11]).encode()[:-1]],
        "key": [make_key(SEED).encode()],
        "other-key": [make_key(other).encode()],
    }
    for name, lines in files.items():
        with open(os.path.join(directory, name), "xb") as file:
            file.write(b"\n".join(lines) + b"\n")


# --- Self-test --------------------------------------------------------------------------------

# RFC 8032, 7.1, tests 1 and 3.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
        "f9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
        "c6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def naive_root(leaves):
    """2.1.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


class SelfTest:
    def __init__(self):
        self.count = 0
        self.failures = []
        self.key = Key(make_key(SEED))
        self.entries, self.items, self.leaves, self.notes = make_sample()

    def check(self, name, holds, detail=""):
        self.count += 1
        if not holds:
            self.failures.append(f"{name} {detail}".strip())

    def accepts(self, name, items, note, kept=()):
        problems = self.problems(items, note, kept)
        self.check(name, problems == [], f"was refused: {problems}")

    def refuses(self, name, expected, items, note, kept=()):
        problems = self.problems(items, note, kept)
        told = any(expected in problem for problem in problems)
        self.check(name, told, f"gave {problems} in place of {expected!r}")

    def problems(self, items, note, kept):
        try:
            earlier = [(f"of {k}", Checkpoint(n.encode(), self.key)) for k, n in kept]
            return verify(make_export(items, note), self.key, earlier).problems
        except Bad as problem:
            return [str(problem)]

    def run(self):
        self.test_signatures()
        self.test_tree()
        self.test_notes()
        self.test_good_logs()
        self.test_tampering()
        return self.failures

    def test_signatures(self):
        for seed, public, message, signature in VECTORS:
            seed, public, message, signature = map(
                bytes.fromhex, (seed, public, message, signature)
            )
            self.check("public key", ed25519_public(seed) == public)
            self.check("signature", ed25519_sign(seed, message) == signature)
            self.check("verification", ed25519_verify(public, message, signature))
            self.check("message", not ed25519_verify(public, message + b"x", signature))
            for place in range(0, 64, 7):
                flipped = bytearray(signature)
                flipped[place] ^= 1
                self.check("flip", not ed25519_verify(public, message, bytes(flipped)))
            s = int.from_bytes(signature[32:], "little") + L
            large = signature[:32] + s.to_bytes(32, "little")
            self.check("scalar beyond L", not ed25519_verify(public, message, large))
        neutral = point_encode((0, 1, 1, 0))
        self.check("small order", not ed25519_verify(neutral, b"", neutral + bytes(32)))

    def test_tree(self):
        tree = Tree()
        for size in range(130):
            leaves = [leaf_hash(str(index).encode()) for index in range(size)]
            self.check(f"root of {size}", tree.root() == naive_root(leaves))
            tree.append(leaf_hash(str(size).encode()))

    def test_notes(self):
        note = self.notes[25].encode()
        self.check("note", Checkpoint(note, self.key).size == 25)
        for place in range(len(note)):
            flipped = bytearray(note)
            flipped[place] ^= 1
            self.is_refused(f"note with byte {place} flipped", bytes(flipped))
            self.is_refused(f"note cut at {place}", note[:place])
        witness = make_note(self.leaves, bytes(32), "witness").split("\n\n")[1]
        self.check("note of two", Checkpoint(note + witness.encode(), self.key).size == 25)
        self.is_refused("foreign key", make_note(self.leaves, bytes(32)).encode())
        self.is_refused("foreign origin", make_note(self.leaves, SEED, "aitta/other").encode())
        for key in ["", "a+b", make_key(SEED)[:-1], make_key(SEED).replace("aitta/0", "aitta/1")]:
            try:
                Key(key)
                self.check(f"key {key!r}", False)
            except Bad:
                self.check("key", True)

    def is_refused(self, name, note):
        try:
            Checkpoint(note, self.key)
            self.check(name, False, "was taken")
        except Bad:
            self.check(name, True)

    def test_good_logs(self):
        kept = list(self.notes.items())
        self.accepts("log", self.items, self.notes[25])
        self.accepts("log with checkpoints", self.items, self.notes[25], kept)
        self.accepts("empty log", [], self.notes[0])
        for size in range(1, 26):
            self.accepts("log", self.items[:size], make_note(self.leaves[:size]))
        whole = [make_item(number, data) for number, data in enumerate(self.entries, 1)]
        self.accepts("log of which nothing has expired", whole, self.notes[25], kept)
        bare = [{"number": item["number"], "leaf": item["leaf"]} for item in whole]
        self.accepts("log that only has leaves", bare, self.notes[25], kept)
        gone = [make_expired(number, data) for number, data in enumerate(self.entries, 1)]
        self.accepts("log that has expired", gone, self.notes[25], kept)

    def test_tampering(self):
        note, kept = self.notes[25], list(self.notes.items())

        def altered(number, **members):
            items = [dict(item) for item in self.items]
            items[number - 1].update(members)
            return items

        for number in range(4, 26):
            data = bytearray(self.entries[number - 1])
            data[9] ^= 1  # the lowest bit of uid
            items = list(self.items)
            items[number - 1] = make_item(number, bytes(data))
            self.refuses("flip", "altered: entries 1 to 25", items, note)
            bounds = [0, 1, 8, 11, 25]
            low = max(bound for bound in bounds if bound < number)
            high = min(bound for bound in bounds if bound >= number)
            self.refuses("flip", f"entries {low + 1} to {high}", items, note, kept)
            stored = base64_encode(self.leaves[number - 1])
            items[number - 1] = dict(items[number - 1], leafHash=stored)
            self.refuses("damage", f"entry {number}: damaged", items, note)
            self.refuses(
                "shown", f"entry {number}: shown with another op", altered(number, op="x"), note
            )
            self.refuses(
                "shown",
                f"entry {number}: shown with another t",
                altered(number, t="2020-01-01T00:00:00.000Z"),
                note,
            )
            items = list(self.items)
            items[number - 1] = make_item(number, make_entry(number - 1, shift=-86_400_000))
            # Before entry 4 all have expired, so that nothing tells when it could have been.
            told = f"entry {number}: dated before" if number > 4 else "altered"
            self.refuses("back-date", told, items, note)
        for number in range(1, 25):
            dropped = self.items[: number - 1] + self.items[number:]
            self.refuses("drop", f"entry {number}: missing", dropped, note)
            closed = [dict(item, number=place) for place, item in enumerate(dropped, 1)]
            self.refuses("drop and renumber", "truncated: the log ends at entry 24", closed, note)
            swapped = list(self.items)
            swapped[number - 1 : number + 1] = reversed(swapped[number - 1 : number + 1])
            self.refuses("reorder", f"entry {number}: missing", swapped, note)
            renumbered = [dict(item, number=place) for place, item in enumerate(swapped, 1)]
            self.refuses("reorder and renumber", "altered", renumbered, note, kept)
            twice = self.items[:number] + self.items[number - 1 :]
            self.refuses("repeat", f"entry {number} stands in its place", twice, note)
        for size in range(25):
            self.refuses("truncate", f"the log ends at entry {size}", self.items[:size], note)
            older = make_note(self.leaves[:size])
            self.refuses("roll back", "truncated", self.items[:size], older, kept[-1:])
        self.refuses("append", "an entry follows", self.items + [make_expired(26, b"")], note)
        fork = [make_entry(index, shift=index // 10) for index in range(25)]
        items = [make_item(number, data) for number, data in enumerate(fork, 1)]
        leaves = [leaf_hash(data) for data in fork]
        self.accepts("fork without checkpoints", items, make_note(leaves))
        self.refuses("fork", "forked: the checkpoint of 11 ", items, make_note(leaves), kept)
        self.refuses("fork", "lies in entries 9 to 11", items, make_note(leaves), kept)
        other = altered(1, leafHash=base64_encode(bytes(32)))
        self.refuses("expired", "do not give the root", other, note)
        self.refuses("expired", "neither", altered(1, expired=False), note)
        self.refuses("hash", "32 bytes", altered(1, leafHash="AAAA"), note)
        self.refuses("leaf", "base64", altered(9, leaf="?"), note)
        cut = self.entries[8][:-1]
        self.refuses("format", "entry 9: is cut short", altered(9, leaf=base64_encode(cut)), note)
        longer = self.entries[8] + b"\0"
        self.refuses("format", "more bytes", altered(9, leaf=base64_encode(longer)), note)


# --- Command line -----------------------------------------------------------------------------


def main():
    parser = argparse.ArgumentParser(description="Verify an exported audit log.")
    parser.add_argument("export", nargs="?", help="what aitta audit verify --export wrote")
    parser.add_argument("--key", metavar="VKEY", help="the log's key, name+id+base64")
    parser.add_argument(
        "--checkpoint", metavar="FILE", action="append", default=[], help="kept from earlier"
    )
    parser.add_argument("--self-test", action="store_true", help="test this verifier")
    parser.add_argument("--sample", metavar="DIRECTORY", help="write logs to try verifiers with")
    options = parser.parse_args()
    if options.self_test:
        test = SelfTest()
        failures = test.run()
        print("\n".join(failures) or f"self-test: {test.count} checks passed")
        return 1 if failures else 0
    if options.sample:
        write_sample(options.sample)
        return 0
    if not options.export or not options.key:
        parser.error("EXPORT and --key are needed")
    try:
        key = Key(options.key)
        earlier = []
        for path in options.checkpoint:
            with open(path, "rb") as file:
                try:
                    earlier.append((path, Checkpoint(file.read(), key)))
                except Bad as problem:
                    raise Bad(f"{path}: {problem}") from None
        with open(options.export, "rb") as file:
            verification = verify(file, key, earlier)
    except (Bad, OSError) as problem:
        print(problem)
        return 1
    for problem in verification.problems:
        print(problem)
    if verification.problems:
        return 1
    print(f"good: {key.name}, {verification.tree.size} entries")
    return 0


if __name__ == "__main__":
    sys.exit(main())
