#!/usr/bin/env python3
"""Opens a vault's files with nothing but libsodium and the Python 3 standard library.

    open_vault.py dump --state DIR --keys DIR [--recovery FILE | --passphrase FILE]
    open_vault.py backup --parts DIR --keys DIR [--recovery FILE | --passphrase FILE]

Prints, as JSON, every record and what else is sealed in the vault whose root key lies in the key
directory, or comes from the passphrase; with the recovery key, from the escrow: `dump` of the vault
itself, `backup` of its newest backup in a directory. It is written from docs/FORMAT.md alone
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


def root_key_of_passphrase(text, passphrase):
    match = re.fullmatch(r"aitta-passphrase-1:argon2id:([1-9]\d*):([1-9]\d*):([0-9a-f]{32})\n?", text)
    if not match or not (int(match[1]) <= 16 and 8192 <= int(match[2]) <= 1048576):
        raise Bad("passphrase file")
    key = ctypes.create_string_buffer(32)
    if sodium.crypto_pwhash(
        key, ctypes.c_ulonglong(32), passphrase, ctypes.c_ulonglong(len(passphrase)),
        bytes.fromhex(match[3]), ctypes.c_ulonglong(int(match[1])),
        ctypes.c_size_t(int(match[2]) * 1024), 2,
    ):
        raise Bad("passphrase: no memory")
    return key.raw


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
        # 0: none, 1: epoch, 2: deep.
        self.rotation = part.u8()
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
        # One; two in a deep rotation's middle state.
        self.sets = [KeySet(part) for _ in range(part.u8())]
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
            if some:
                part.u64()
                for _ in range(part.u8()):
                    part.sl()
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


# Any other may be under any label.
STATE_LABELS = {"policy": ["policy"], "configuration": ["configuration"],
                "index": ["configuration"]}
JSON_STATES = ("policy", "configuration")


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


# --- Backup parts -----------------------------------------------------------------------------

ROW, AUDIT_ENTRY, SEGMENT, KEY_BOX, TOMBSTONE, STATE, CERTIFICATE = 1, 2, 3, 4, 5, 6, 7
MANIFEST = 0


def backup_item(kind, part):
    """One item of a chunk, as a tuple in the order of docs/FORMAT.md."""
    if kind == ROW:
        return part.take(16), part.lp()
    if kind == AUDIT_ENTRY:
        return part.u64(), part.take(32), part.lp()
    if kind == SEGMENT:
        return part.u32(), part.u64(), part.u64(), part.u64(), part.lp()
    if kind == KEY_BOX:
        return part.take(16), part.u32(), part.u64(), part.lp(), part.lp()
    if kind == TOMBSTONE:
        return part.take(16), part.lp()
    if kind == STATE:
        return part.lp().decode(), part.u64(), part.lp()
    if kind == CERTIFICATE:
        return part.u64(), part.take(16), part.u64(), part.lp()
    raise Bad(f"backup: a chunk of type {kind}")


def backup_chunks(data):
    """(type, body) of each chunk, as far as the file goes; the last may be cut off."""
    part = Bytes(data)
    part.expect("backup: magic", b"AITTABKP")
    part.expect("backup: format", u8(1))
    part.take(1 + 16)
    while part.at < len(data):
        count = part.u32()
        yield part.u8(), part.take(min(count - 1, len(data) - part.at))


def backup_items(kind, body):
    part = Bytes(body)
    while part.at < len(body):
        yield backup_item(kind, part)


def merkle_root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + merkle_root(leaves[:k]) + merkle_root(leaves[k:])).digest()


def signed_bytes(context, document):
    """With RFC 8785 for what stands here: ASCII names, text, small integers, booleans."""
    unsigned = {k: v for k, v in document.items() if k != "signature"}
    return lp(context) + json.dumps(
        unsigned, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def is_signed(context, document, public):
    return verifies(
        public, signed_bytes(context, document),
        base64.b64decode(document["signature"]["value"]))


class KeyHistory:
    """How the signing keys followed each other; every signature is checked."""

    def __init__(self, vault, text):
        document = json.loads(text) if text else {"format": "aitta-key-history/1", "changes": []}
        if document["format"] != "aitta-key-history/1":
            raise Bad("key history: format")
        self.steps = []
        for item in document["changes"]:
            self._read(vault, item["change"], item["statement"])

    def _read(self, vault, change, statement):
        old, new = (base64.b64decode(change[side]["certificates"]) for side in ("from", "to"))
        first = {
            k: v for k, v in change.items()
            if k not in ("logSignature", "acceptance", "signature")}
        log_signature, acceptance = (
            base64.b64decode(change[name]) for name in ("logSignature", "acceptance"))
        if change["format"] != "aitta-key-change/1" or change["vault"] != str(uuid.UUID(bytes=vault)):
            raise Bad("key history: another vault's")
        if self.steps and self.last != change["from"]:
            raise Bad("key history: a gap")
        if not is_signed("aitta.key-change.v1", change, old):
            raise Bad("key history: a change that the keys before it did not sign")
        if not verifies(
            base64.b64decode(change["from"]["log"]), signed_bytes("aitta.key-change-log.v1", first),
            log_signature,
        ):
            raise Bad("key history: a change that the log key before it did not sign")
        if not verifies(new, signed_bytes("aitta.key-acceptance.v1", first), acceptance):
            raise Bad("key history: a change that the keys after it did not accept")
        if statement is not None and not (
            is_signed("aitta.deep-rotation.v1", statement, new)
            and statement["format"] == "aitta-deep-rotation/1"
            and statement["vault"] == change["vault"] and statement["epoch"] == change["epoch"]
            and statement["leftUnderOldKeys"] == 0
        ):
            raise Bad("key history: the statement at the end of a deep rotation")
        self.steps.append((old, new))
        self.last = change["to"]

    def leading_to(self, publics):
        """These certificate keys, and those before them."""
        found = list(publics)
        for old, new in reversed(self.steps):
            if new in found:
                found.append(old)
        return found


class Part:
    """A part of a backup, verified with a vault's public certificate key."""

    def __init__(self, data, publics):
        self.items = {kind: [] for kind in range(1, 8)}
        leaves, self.manifest, order = [], None, []
        for kind, body in backup_chunks(data):
            if kind == MANIFEST:
                self.manifest = json.loads(body)
                continue
            if self.manifest:
                raise Bad("backup: chunks after the manifest")
            leaves.append(hashlib.sha256(b"\0" + u8(kind) + body).digest())
            self.items[kind] += backup_items(kind, body)
            order.append(kind)
        manifest = self.manifest
        if manifest is None:
            raise Bad("backup: no manifest")
        if manifest["part"] != {1: "records", 2: "keys"}[data[9]]:
            raise Bad("backup: another part's manifest")
        root = merkle_root(leaves) if leaves else hashlib.sha256().digest()
        if manifest["chunks"] != len(leaves) or base64.b64decode(manifest["root"]) != root:
            raise Bad("backup: the tree's root")
        statement = manifest["keyStatement"]
        if statement["backupKey"] != manifest["backupKey"] or not any(
            is_signed("aitta.backup-key.v1", statement, public) for public in publics
        ):
            raise Bad("backup: the backup key's statement")
        if not is_signed("aitta.backup.v1", manifest, base64.b64decode(manifest["backupKey"])):
            raise Bad("backup: the signature")
        self.digest = hashlib.sha256(signed_bytes("aitta.backup.v1", manifest)).digest()


class Backup:
    """The newest of each part in a directory, with what they build on."""

    def __init__(self, directory, keyring):
        self.keyring, self.vault, self.problems = keyring, keyring.vault, []
        publics = [sign_public(keys.certificate_seed) for keys in keyring.sets]
        self.rows, self.boxes, self.erased = {}, {}, set()
        self.tombstone_count = 0
        for part in self._chain(directory, "records", publics):
            self.rows.update(part.items[ROW])
        self.segments, self.states = {}, []
        for part in self._chain(directory, "keys", publics):
            self.boxes.update({box[0]: box for box in part.items[KEY_BOX]})
            self.erased.update(record for record, _ in part.items[TOMBSTONE])
            self.segments = {segment[0]: segment for segment in part.items[SEGMENT]}
            self.states = part.items[STATE]

    def _chain(self, directory, name, publics):
        numbers = [int(n.split("-")[1].split(".")[0]) for n in os.listdir(directory)
                   if re.fullmatch(name + r"-\d{6,}\.aitta", n)]
        chain, number, digest = [], max(numbers), None
        while number is not None:
            part = Part(read_file(directory, f"{name}-{number:06}.aitta"), publics)
            if digest and part.digest != digest:
                raise Bad("backup: a part builds on another")
            chain.insert(0, part)
            number = part.manifest["base"]
            digest = number and base64.b64decode(part.manifest["baseDigest"])
        return chain

    def segment_key(self, number):
        _, generation, epoch, _, wrapped = self.segments[number]
        kek = self.keyring.keks.get(epoch)
        return kek and aead_open(
            kek, segment_ad(self.vault, number, generation, epoch), wrapped)

    def records(self):
        answer = {}
        for record, segment, generation, sealed, rights in self.boxes.values():
            if record in self.erased:
                continue
            name = str(uuid.UUID(bytes=record))
            key = self.segment_key(segment)
            padded = key and aead_open(
                key, box_ad(self.vault, record, segment, generation), sealed)
            if not padded:
                self.problems.append(f"{name}: its box does not open")
                continue
            compartments = parse_row(self.rows[record]) if record in self.rows else []
            if rights:
                compartments.append(RowCompartment(Bytes(rights)))
            by_dek = {c.dek_id: c for c in compartments}
            fields = {}
            for label in Box(padded).labels:
                found = by_dek.get(label.dek_id)
                blobs = found.fields if found else []
                for field, blob in zip(label.fields, blobs):
                    plain = aead_open(
                        label.dek,
                        field_ad(self.vault, record, label.name, field, label.version), blob)
                    if plain is None:
                        self.problems.append(f"{name}: {field} does not open")
                    else:
                        fields[field] = parse_field(plain)[1]
            answer[name] = {"version": generation, "fields": fields}
        return answer


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
        expected = [sorted((f, index_value(keys.index_secret, k, v)) for f, k, v in ts)
                    for keys in self.keyring.sets]
        if sorted(box.index_values) not in expected:
            raise Bad("its index values are not those of its fields")
        return {
            "number": number, "kind": box.kind, "version": generation, "flags": box.flags,
            "created": box.created, "fields": values, "sources": sources, "labels": labels,
            "company": box.company and str(uuid.UUID(bytes=box.company)),
            "indexValues": [t.hex() for _, t in box.index_values],
        }

    def check_index(self, records):
        """That an index holds each record at each of its values, gaplessly, and no more; in a middle
        state it is the old one or the new."""
        problems = [self._index_problems(records, g) for g in sorted(self.keyring.index_keys)]
        self.problems += [] if [] in problems else problems[0]

    def _index_problems(self, records, generation):
        problems = []
        key = self.keyring.index_keys[generation]
        table = dict(self.rows(f"SELECT tag, record FROM blind_index_{generation % 2}"))
        holders = {}
        for record in records.values():
            for t in record["indexValues"]:
                holders.setdefault(t, []).append(record["number"])
        for t, numbers in holders.items():
            chain = [table.pop(tag(key, bytes.fromhex(t), i), None) for i in range(len(numbers))]
            if sorted(chain, key=str) != sorted(numbers, key=str):
                problems.append(f"the index has {chain} for {sorted(numbers)}")
        if table:
            problems.append(f"the index has {len(table)} entries of no record")
        return problems

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
        # Not sealed: how many entries the ledger had, and a MAC of that.
        count, sealed = rows.pop("ledger", (0, b""))
        message = ad("aitta.ledger-count.v1", self.vault, u64(count))
        if count > len(self.ledger):
            self.problem(f"the database is of a ledger of {count} entries")
        if sealed not in [mac(keys.ledger_mac, message) for keys in self.keyring.sets]:
            self.problem("the count of the ledger is not the vault's")
        rows.pop("key-history", None)
        for name, (version, sealed) in rows.items():
            found = [open_state(labels[label], self.vault, name, version, sealed)
                     for label in STATE_LABELS.get(name, labels)]
            document = next((d for d in found if d is not None), None)
            if document is None:
                self.problem(f"the state {name} does not open")
            else:
                documents[name] = json.loads(document) if name in JSON_STATES else document.hex()
        replays = 0
        for key, _, sealed in self.rows("SELECT * FROM replays"):
            if open_replay(labels["idempotency"], self.vault, key, sealed) is None:
                self.problem("an idempotency row does not open")
            replays += 1
        return documents, replays

    def tombstones(self):
        macs, ids = [keys.control_mac for keys in self.keyring.sets], []
        for record, body in self.rows("SELECT id, body FROM tombstones"):
            said = ad("aitta.tombstone.v1", self.vault, record, body[:9])
            expected = [mac(key, said) for key in macs]
            if body[:1] != u8(1) or len(body) != 41 or body[9:] not in expected:
                self.problem("a tombstone's MAC is wrong")
            ids.append(str(uuid.UUID(bytes=record)))
        return ids

    def certificates(self):
        history = self.rows("SELECT sealed FROM sealed_states WHERE name = 'key-history'")
        publics = KeyHistory(self.vault, next(iter(history), (None,))[0]).leading_to(
            sign_public(keys.certificate_seed) for keys in self.keyring.sets)
        bodies = []
        for (body,) in self.rows("SELECT body FROM certificates ORDER BY number"):
            certificate = json.loads(body)
            signature = base64.b64decode(certificate["signature"]["value"])
            signed = signed_bytes("aitta.certificate.v1", certificate)
            if not any(verifies(public, signed, signature) for public in publics):
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


def open_keys(directory, recovery=None, passphrase=None):
    """The keyring of a key directory; with a recovery key file, from the escrow."""
    if recovery:
        key = read_recovery_key(read_file(recovery).decode())
        return open_escrow(key, read_file(directory, "keyring", "escrow"))
    if passphrase:
        root = root_key_of_passphrase(
            read_file(directory, "root.passphrase").decode(), read_file(passphrase).rstrip(b"\n"))
        return open_keyring(root, read_file(directory, "keyring", "keyring"))
    keyring, problem = read_file(directory, "keyring", "keyring"), Bad("no root key file")
    # A change of the root key leaves the former file there.
    for name in sorted(os.listdir(directory)):
        if re.fullmatch(r"root.*\.key", name):
            try:
                return open_keyring(read_root_key(read_file(directory, name).decode()), keyring)
            except Bad as error:
                problem = error
    raise problem


def dump(arguments):
    keyring = open_keys(arguments.keys, arguments.recovery, arguments.passphrase)
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


def dump_backup(arguments):
    keyring = open_keys(arguments.keys, arguments.recovery, arguments.passphrase)
    backup = Backup(arguments.parts, keyring)
    json.dump({
        "records": backup.records(), "problems": backup.problems,
        "erased": sorted(str(uuid.UUID(bytes=record)) for record in backup.erased),
        "states": sorted(name for name, _, _ in backup.states),
    }, sys.stdout, ensure_ascii=False)
    print()
    return 1 if backup.problems else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for command, source in (("dump", "--state"), ("backup", "--parts")):
        one = commands.add_parser(command)
        one.add_argument(source, required=True)
        one.add_argument("--keys", required=True)
        one.add_argument("--recovery", help="a file with the recovery key")
        one.add_argument("--passphrase", help="a file with the passphrase")
    try:
        arguments = parser.parse_args()
        sys.exit(dump(arguments) if arguments.command == "dump" else dump_backup(arguments))
    except (Bad, OSError, sqlite3.Error) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
