#!/usr/bin/env python3
"""Opens a vault's files with nothing but libsodium and the Python 3 standard library.

    open_vault.py dump --state DIR --keys DIR [--recovery FILE]

Prints, as JSON, every record and what else is sealed in the vault whose root key lies in the key
directory; with the recovery key, from the escrow instead. It is written from docs/FORMAT.md alone
and shares no code with the vault: an error in one shows as a disagreement with the other. It prints
personal data: for test vaults only. Exit code 0: everything opened and agreed; 1: it did not, and
`problems` says why; 2: usage.

Nothing here is wiped or takes constant time.
"""

import argparse
import base64
import ctypes
import hashlib
import json
import os
import re
import sqlite3
import struct
import sys
import unicodedata
import uuid


class Bad(Exception):
    """Something is not what it should be; the text says what."""


# --- libsodium --------------------------------------------------------------------------------

sodium = ctypes.CDLL("libsodium.so.23")
if sodium.sodium_init() < 0:
    raise SystemExit("libsodium can't be used")

NONCE, TAG = 24, 16
_open = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt
_open.argtypes = [
    ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_ulonglong,
    ctypes.c_char_p, ctypes.c_ulonglong, ctypes.c_char_p, ctypes.c_char_p,
]
_seal_open = sodium.crypto_box_seal_open
_seal_open.argtypes = [
    ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulonglong, ctypes.c_char_p, ctypes.c_char_p]
_plain = ctypes.create_string_buffer(1 << 20)


def aead_open(key, ad, sealed):
    """What `seal(key, ad, x)` made: x, or None."""
    global _plain
    count = len(sealed) - NONCE - TAG
    if count < 0:
        return None
    if count > len(_plain):
        _plain = ctypes.create_string_buffer(2 * count)
    if _open(_plain, None, None, sealed[NONCE:], count + TAG, ad, len(ad), sealed[:NONCE], key):
        return None
    return _plain.raw[:count] if count > 4096 else ctypes.string_at(_plain, count)


def box_seal_open(secret, sealed):
    """`crypto_box_seal` with an X25519 key, undone: the plain text, or None."""
    public = box_public(secret)
    plain = ctypes.create_string_buffer(len(sealed))
    if len(sealed) < 48 or _seal_open(plain, sealed, len(sealed), public, secret):
        return None
    return plain.raw[: len(sealed) - 48]


def box_public(secret):
    public = ctypes.create_string_buffer(32)
    sodium.crypto_scalarmult_base(public, secret)
    return public.raw


def sign_public(seed):
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
    sodium.crypto_sign_seed_keypair(public, secret, seed)
    return public.raw


def verifies(public, message, signature):
    return len(signature) == 64 and 0 == sodium.crypto_sign_verify_detached(
        signature, message, ctypes.c_ulonglong(len(message)), public)


# --- Conventions ------------------------------------------------------------------------------


def u8(x):
    return struct.pack("<B", x)


def u32(x):
    return struct.pack("<I", x)


def u64(x):
    return struct.pack("<Q", x)


def lp(x):
    if isinstance(x, int):
        x = u64(x)
    elif isinstance(x, str):
        x = x.encode()
    return u32(len(x)) + x


def ad(*parts):
    return b"".join(lp(part) for part in parts)


def mac(key, x):
    return hashlib.blake2b(x, key=key, digest_size=32).digest()


def hash16(key, x):
    return hashlib.blake2b(x, key=key, digest_size=16).digest()


def subkey(key, context):
    return mac(key, lp(context))


def unpad(x):
    end = x.rstrip(b"\0")
    if not end.endswith(b"\x80"):
        raise Bad("padding")
    return end[:-1]


class Bytes:
    """Reads one thing after the other."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise Bad("too short")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, count):
        return int.from_bytes(self.take(count), "little")

    def u8(self):
        return self.number(1)

    def u16(self):
        return self.number(2)

    def u32(self):
        return self.number(4)

    def u64(self):
        return self.number(8)

    def lp(self):
        return self.take(self.u32())

    def sl(self):
        return self.take(self.u8()).decode("ascii")

    def expect(self, what, value):
        if self.take(len(value)) != value:
            raise Bad(what)

    def end(self):
        if self.at != len(self.data):
            raise Bad("bytes are left over")


# --- Root key file, keyring, escrow -----------------------------------------------------------


def read_root_key(text):
    lines = [l for l in text.split("\n") if l and not l.startswith("#")]
    prefix = "aitta-root-key-1:"
    if len(lines) != 1 or not lines[0].startswith(prefix):
        raise Bad("root key file")
    key = base64.b64decode(lines[0][len(prefix) :], validate=True)
    if len(key) != 32:
        raise Bad("root key file")
    return key


def read_recovery_key(text):
    match = re.fullmatch(r"AITTA-RECOVERY-1-((?:[0-9a-f]{8}-){8})([0-9a-f]{8})", text.strip())
    if not match:
        raise Bad("recovery key")
    key = bytes.fromhex(match[1].replace("-", ""))
    if hashlib.sha256(key).digest()[:4].hex() != match[2]:
        raise Bad("recovery key: a typing error")
    return key


class Keyring:
    """What a keyring or an escrow holds."""

    def __init__(self, vault, generation, keys):
        self.vault = vault
        self.generation = generation
        part = Bytes(keys)
        part.expect("keys: format", u8(1))
        self.created = part.u64()
        self.cutoff = part.u64()
        # epoch → KEK; two in a rotation's middle state.
        self.keks = {}
        for _ in range(part.u8()):
            epoch, _, kek = part.u64(), part.u64(), part.take(32)
            self.keks[epoch] = kek
        # generation → index key; two in a rotation's middle state.
        self.index_keys = {}
        for _ in range(part.u8()):
            index_generation = part.u32()
            self.index_keys[index_generation] = part.take(32)
        self.sets = [KeySet(part)]
        self.recovery_public = part.take(32)
        part.end()


class KeySet:
    """The keys that only a deep rotation changes."""

    def __init__(self, part):
        self.index_secret = part.take(32)
        self.certificate_seed = part.take(32)
        self.log_seed = part.take(32)
        self.backup_seed = part.take(32)
        self.ledger_mac = part.take(32)
        self.control_mac = part.take(32)


def open_keyring(root, data):
    part = Bytes(data)
    part.expect("keyring: magic", b"AITTAKRG")
    part.expect("keyring: format", u8(1))
    vault, generation = part.take(16), part.u64()
    committed = data[: part.at]
    commitment = part.take(32)
    if mac(subkey(root, "aitta.keyring.commitment.v1"), committed) != commitment:
        raise Bad("keyring: another root key's")
    keys = aead_open(
        subkey(root, "aitta.keyring.seal.v1"),
        ad("aitta.keyring.v1", vault, generation, commitment), data[part.at :])
    if keys is None:
        raise Bad("keyring: doesn't open")
    return Keyring(vault, generation, keys)


def open_escrow(recovery, data):
    part = Bytes(data)
    part.expect("escrow: magic", b"AITTAESC")
    part.expect("escrow: format", u8(1))
    vault, generation = part.take(16), part.u64()
    if part.take(32) != box_public(recovery):
        raise Bad("escrow: another recovery key's")
    committed = data[: part.at]
    commitment = part.take(32)
    content = box_seal_open(recovery, part.take(80))
    if content is None:
        raise Bad("escrow: doesn't open")
    if mac(subkey(content, "aitta.escrow.commitment.v1"), committed) != commitment:
        raise Bad("escrow: commitment")
    keys = aead_open(
        subkey(content, "aitta.escrow.seal.v1"),
        ad("aitta.escrow.v1", vault, generation, commitment), data[part.at :])
    if keys is None:
        raise Bad("escrow: doesn't open")
    return Keyring(vault, generation, keys)


# --- Ledger -----------------------------------------------------------------------------------


def read_ledger(data, vault, ledger_mac):
    """Its entries as (number, milliseconds, type, payload); a torn end is left out."""
    part = Bytes(data)
    part.expect("ledger: magic", b"AITTALGR")
    part.expect("ledger: format", u8(1))
    part.expect("ledger: vault", vault)
    before, entries = data[: part.at], []
    while part.at < len(data):
        if len(data) - part.at < 8:
            break
        count = part.u32()
        if part.u32() ^ count != 0xFFFFFFFF:
            raise Bad(f"ledger: entry {len(entries) + 1}: length")
        if len(data) - part.at < count + 32:
            break
        body, found = part.take(count), part.take(32)
        if mac(ledger_mac, ad("aitta.ledger.v1", before, body)) != found:
            raise Bad(f"ledger: entry {len(entries) + 1}: MAC")
        before = found
        inner = Bytes(body)
        entry = (inner.u64(), inner.u64(), inner.u8(), inner.take(len(body) - 17))
        if entry[0] != len(entries) + 1:
            raise Bad(f"ledger: entry {len(entries) + 1}: number")
        entries.append(entry)
    return entries


def ledger_erasures(entries):
    """(record, whole or not, ids of DEKs) of each."""
    for _, _, kind, payload in entries:
        if kind == 1:
            part = Bytes(payload)
            record, some = part.take(16), part.u8()
            deks = [part.take(8) for _ in range(part.u16())]
            part.end()
            yield record, some == 0, deks


# --- Segment keys, key boxes, rows ------------------------------------------------------------


def segment_ad(vault, number, generation, epoch):
    return ad("aitta.segment.v1", vault, number, generation, epoch)


def box_ad(vault, record, segment, generation):
    return ad("aitta.box.v1", vault, record, segment, generation)


def field_ad(vault, record, label, name, version):
    return ad("aitta.field.v1", vault, record, label, name, version)


KINDS = {1: "person", 2: "company", 3: "contact"}


class Label:
    def __init__(self, part):
        self.name = part.sl()
        self.dek_id = part.take(8)
        self.dek = part.take(32)
        self.version = part.u32()
        self.fields = [part.sl() for _ in range(part.u8())]


class Box:
    """A key box, opened."""

    def __init__(self, padded):
        part = Bytes(unpad(padded))
        part.expect("box: format", u8(1))
        self.kind = KINDS[part.u8()]
        self.flags = part.u16()
        self.created = part.u64()
        self.company = part.take(16) if part.u8() else None
        self.labels = [Label(part) for _ in range(part.u8())]
        self.index_values = []
        for _ in range(part.u16()):
            label, field = part.u8(), part.u8()
            if (label, field) == (255, 255):
                name = "company"
            else:
                name = self.labels[label].fields[field]
            self.index_values.append((name, part.take(16)))
        part.end()


class RowCompartment:
    def __init__(self, part):
        self.version = part.u32()
        self.dek_id = part.take(8)
        self.fields = [part.take(part.u16()) for _ in range(part.u8())]


def parse_row(data):
    part = Bytes(data)
    part.expect("row: format", u8(1))
    compartments = [RowCompartment(part) for _ in range(part.u8())]
    part.end()
    return compartments


def parse_field(padded):
    """Its source and its value."""
    part = Bytes(unpad(padded))
    source = part.sl()
    return source, json.loads(part.data[part.at :].decode())


# --- Blind index ------------------------------------------------------------------------------


def index_value(secret, search_key, normalised):
    return hash16(secret, ad(search_key, normalised))


def tag(index_key, t, occurrence):
    """As SQLite stores it."""
    value = int.from_bytes(hash16(index_key, t + u32(occurrence))[:8], "little")
    value ^= 1 << 63
    return value - (1 << 64) if value >= 1 << 63 else value


def normalised(field, kind, value):
    """(search key, normalised value) of each index entry of a value as it is kept."""

    def folded(text):
        return unicodedata.normalize("NFC", " ".join(text.split()).upper().lower())

    if field == "name" and kind == "company":
        yield "name", folded(value)
    elif field == "name":
        given, family = value.get("given"), folded(value["family"])
        yield "name.family", family
        if given:
            yield "name", folded(given) + " " + family
            yield "name.familyGiven", family + "\x1f" + folded(given).split(" ")[0]
        else:
            yield "name", family
    elif field == "billing":
        if value.get("iban"):
            yield "billing.iban", value["iban"]
    elif field == "email":
        yield field, value.lower()
    elif field in ("reference", "henkilotunnus", "ytunnus", "phone"):
        yield field, value


# --- Vault box and sealed states --------------------------------------------------------------


def open_vault_box(keks, vault, version, sealed):
    """label → DEK, or None if no KEK opens it."""
    part = Bytes(sealed)
    epoch = part.u64()
    if epoch not in keks:
        return None
    keys = aead_open(
        keks[epoch], ad("aitta.vaultbox.v1", vault, version, epoch), sealed[part.at :])
    if keys is None:
        return None
    part = Bytes(unpad(keys))
    part.expect("vault box: format", u8(1))
    labels = {}
    for _ in range(part.u8()):
        name, _, dek = part.sl(), part.take(8), part.take(32)
        labels[name] = dek
    part.end()
    return labels


STATE_LABELS = {"policy": "policy", "configuration": "configuration"}


def open_state(dek, vault, name, version, sealed):
    document = aead_open(dek, ad("aitta.state.v1", vault, name, version), sealed)
    return None if document is None else unpad(document)


def open_replay(dek, vault, key, sealed):
    """The ids of the records that it made, or None if it doesn't open."""
    plain = aead_open(
        subkey(dek, "aitta.replay.seal.v1"), ad("aitta.replay.v1", vault, key), sealed)
    if plain is None:
        return None
    part = Bytes(unpad(plain))
    part.take(32)
    records = []
    while part.at < len(part.data):
        if part.u8():
            records.append(part.take(16))
    return records


# --- The whole --------------------------------------------------------------------------------


class Vault:
    """The files of one vault, opened."""

    def __init__(self, state, keyring, ledger):
        self.keyring = keyring
        self.vault = keyring.vault
        self.problems = []
        self.database = sqlite3.connect(f"file:{state}/vault.db?mode=ro", uri=True)
        self.accesses = sqlite3.connect(f"file:{state}/access.db?mode=ro", uri=True)
        self.ledger = self._read_ledger(ledger)
        self.segments = self._open_segments()

    def rows(self, sql):
        return self.database.execute(sql)

    def problem(self, text):
        self.problems.append(text)

    def _read_ledger(self, data):
        for keys in self.keyring.sets:
            try:
                return read_ledger(data, self.vault, keys.ledger_mac)
            except Bad as error:
                problem = error
        self.problem(str(problem))
        return []

    def _open_segments(self):
        keys = {}
        for number, generation, epoch, _, wrapped in self.rows("SELECT * FROM segments"):
            kek = self.keyring.keks.get(epoch)
            key = kek and aead_open(
                kek, segment_ad(self.vault, number, generation, epoch), wrapped)
            if key:
                keys[number] = key
            else:
                self.problem(f"segment {number} does not open")
        return keys

    def records(self):
        answer = {}
        sql = """SELECT number, id, segment, generation, box, fields
                 FROM key_boxes LEFT JOIN records USING (number)"""
        for number, record, segment, generation, sealed, fields in self.rows(sql):
            name = str(uuid.UUID(bytes=record))
            try:
                answer[name] = self._record(number, record, segment, generation, sealed, fields)
            except Bad as error:
                self.problem(f"{name}: {error}")
        return answer

    def _record(self, number, record, segment, generation, sealed, fields):
        key = self.segments.get(segment)
        padded = key and aead_open(key, box_ad(self.vault, record, segment, generation), sealed)
        if not padded:
            raise Bad("its box does not open")
        box = Box(padded)
        row = parse_row(fields)
        values, sources, labels, ts = {}, {}, {}, []
        if len(row) != len(box.labels):
            raise Bad("box and row differ")
        for label, compartment in zip(box.labels, row):
            if (label.version, label.dek_id, len(label.fields)) != (
                compartment.version, compartment.dek_id, len(compartment.fields)
            ):
                raise Bad(f"{label.name}: stale")
            labels[label.name] = label.version
            for field, blob in zip(label.fields, compartment.fields):
                plain = aead_open(
                    label.dek,
                    field_ad(self.vault, record, label.name, field, label.version), blob)
                if plain is None:
                    raise Bad(f"{field} does not open")
                sources[field], values[field] = parse_field(plain)
                ts += [(field, *pair) for pair in normalised(field, box.kind, values[field])]
        if box.company:
            ts.append(("company", "company", box.company))
        secret = self.keyring.sets[0].index_secret
        expected = sorted((f, index_value(secret, k, v)) for f, k, v in ts)
        if expected != sorted(box.index_values):
            raise Bad("its index values are not those of its fields")
        return {
            "number": number, "kind": box.kind, "version": generation, "flags": box.flags,
            "created": box.created, "fields": values, "sources": sources, "labels": labels,
            "company": box.company and str(uuid.UUID(bytes=box.company)),
            "indexValues": [t.hex() for _, t in box.index_values],
        }

    def check_index(self, records):
        """That the current index holds each record at each of its values, gaplessly, and no more."""
        generation = min(self.keyring.index_keys)
        key = self.keyring.index_keys[generation]
        table = dict(self.rows(f"SELECT tag, record FROM blind_index_{generation % 2}"))
        holders = {}
        for record in records.values():
            for t in record["indexValues"]:
                holders.setdefault(t, []).append(record["number"])
        for t, numbers in holders.items():
            chain = [table.pop(tag(key, bytes.fromhex(t), i), None) for i in range(len(numbers))]
            if sorted(chain, key=str) != sorted(numbers, key=str):
                self.problem(f"the index has {chain} for {sorted(numbers)}")
        if table:
            self.problem(f"the index has {len(table)} entries of no record")

    def states(self):
        """name → document of each sealed state, and how many replays opened."""
        rows = {name: (version, sealed) for name, version, sealed in
                self.rows("SELECT * FROM sealed_states")}
        version, sealed = rows.pop("vault-box")
        labels = open_vault_box(self.keyring.keks, self.vault, version, sealed)
        if labels is None:
            self.problem("the vault box does not open")
            return {}, 0
        documents = {}
        for name, (version, sealed) in rows.items():
            dek = labels[STATE_LABELS.get(name, name)]
            document = open_state(dek, self.vault, name, version, sealed)
            if document is None:
                self.problem(f"the state {name} does not open")
            else:
                documents[name] = json.loads(document)
        replays = 0
        for key, _, sealed in self.rows("SELECT * FROM replays"):
            if open_replay(labels["idempotency"], self.vault, key, sealed) is None:
                self.problem("an idempotency row does not open")
            replays += 1
        return documents, replays

    def tombstones(self):
        key, ids = self.keyring.sets[0].control_mac, []
        for record, body in self.rows("SELECT id, body FROM tombstones"):
            expected = mac(key, ad("aitta.tombstone.v1", self.vault, record, body[:9]))
            if body[:1] != u8(1) or len(body) != 41 or body[9:] != expected:
                self.problem("a tombstone's MAC is wrong")
            ids.append(str(uuid.UUID(bytes=record)))
        return ids

    def certificates(self):
        public, bodies = sign_public(self.keyring.sets[0].certificate_seed), []
        for (body,) in self.rows("SELECT body FROM certificates ORDER BY number"):
            certificate = json.loads(body)
            signature = base64.b64decode(certificate["signature"]["value"])
            unsigned = {k: v for k, v in certificate.items() if k != "signature"}
            # RFC 8785 for what stands here: ASCII names, text, small integers, booleans.
            canonical = json.dumps(
                unsigned, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
            if not verifies(public, lp("aitta.certificate.v1") + canonical, signature):
                self.problem("a certificate's signature is wrong")
            bodies.append(certificate)
        return bodies

    def log_size(self):
        """How many audit entries there are, each checked against its leaf hash."""
        rows = list(self.rows("SELECT first, count, hashes, entries FROM audit"))
        rows += self.accesses.execute("SELECT first, count, hashes, entries FROM accesses")
        following = 1
        for first, count, hashes, entries in sorted(rows):
            if first != following:
                self.problem(f"audit entry {following} is missing")
            following = first + count
            part = Bytes(entries)
            for place in range(count):
                entry = part.lp()
                leaf = hashlib.sha256(b"\0" + entry).digest()
                if entry and leaf != hashes[32 * place : 32 * place + 32]:
                    self.problem(f"audit entry {first + place} does not have its hash")
            part.end()
        return following - 1


def read_file(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def open_keys(directory, recovery=None):
    """The keyring of a key directory; with a recovery key file, from the escrow."""
    if recovery:
        key = read_recovery_key(read_file(recovery).decode())
        return open_escrow(key, read_file(directory, "keyring", "escrow"))
    root = read_root_key(read_file(directory, "root.key").decode())
    return open_keyring(root, read_file(directory, "keyring", "keyring"))


def dump(arguments):
    keyring = open_keys(arguments.keys, arguments.recovery)
    vault = Vault(arguments.state, keyring, read_file(arguments.keys, "keyring", "ledger"))
    records = vault.records()
    vault.check_index(records)
    states, replays = vault.states()
    answer = {
        "vault": str(uuid.UUID(bytes=vault.vault)), "generation": keyring.generation,
        "epochs": sorted(keyring.keks), "records": records, "states": states,
        "replays": replays, "tombstones": vault.tombstones(),
        "certificates": vault.certificates(), "logSize": vault.log_size(),
        "ledger": [{"number": n, "type": kind} for n, _, kind, _ in vault.ledger],
        "erased": [str(uuid.UUID(bytes=r)) for r, whole, _ in ledger_erasures(vault.ledger)
                   if whole],
        "problems": vault.problems,
    }
    json.dump(answer, sys.stdout, ensure_ascii=False)
    print()
    return 1 if vault.problems else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("dump")
    one.add_argument("--state", required=True)
    one.add_argument("--keys", required=True)
    one.add_argument("--recovery")
    try:
        sys.exit(dump(parser.parse_args()))
    except (Bad, OSError, sqlite3.Error) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
