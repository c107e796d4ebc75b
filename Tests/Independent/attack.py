#!/usr/bin/env python3
"""Tries to bring back people who were erased, with everything that an attacker could have.

    attack.py --copies DIR --keys DIR [--recovery FILE] [--kept-keyring FILE]… [--seed N]  < PEOPLE

DIR holds the copies that Tests/Shims/copy_at_sync.c made: of database, log, ledger and backups, at
every sync, never of keyring or escrow. The key directory is the live one: root key, keyring, escrow,
ledger. `--kept-keyring` is an old keyring or escrow that should not have survived: a control.

PEOPLE is JSON: `{"guesses":[{"record","henkilotunnus","body"}]}`: of each person whose
henkilötunnus is to be guessed, the right one, which is used to say how the attack ranked it, and the
body of the request that made the record, if known, `{}` in the place of the henkilötunnus.

What is tried: every row of every b-tree page ever seen, in database and log, and every byte of it
that is no live row's; every key-encryption key on every wrapped segment key, with the associated data
of every segment seen; every segment key on every box, every DEK on every row that names its id; every
other key of the keyring on all of those; each candidate's index values under the live keys in every
index ever seen; each idempotency row. Prints what was recovered, as JSON. Exit code 0, whatever it
found; 2: usage.
"""

import argparse
import collections
import json
import random
import sys
import uuid

from copies import PAGE, Copies, Pages, cells, decode
import open_vault as vault

WRAP = vault.NONCE + 32 + vault.TAG
BOX_SIZES = [256 << step for step in range(8)] + [384 << step for step in range(8)]


def name_of(record):
    return str(uuid.UUID(bytes=record))


class Seen:
    """Everything sealed that any copy held, each once."""

    def __init__(self):
        self.copies = self.pages = self.gap_bytes = self.items = 0
        self.wraps = set()  # (number, generation, epoch, wrapped)
        self.boxes = set()  # (record, segment, generation, box)
        self.numbers = collections.defaultdict(set)  # number of a record → ids
        self.rows = set()  # (number, fields)
        self.tags = collections.defaultdict(set)  # tag → numbers of records
        self.states = set()  # (name, version, sealed)
        self.replays = set()  # (key, sealed)
        self.gaps = set()  # bytes that belong to no live row
        self.raw = []  # all pages and other files, for what lies anywhere
        self.tombstones = set()

    def take_row(self, rowid, values):
        """Tells a row's table by its shape."""
        shape = tuple(type(value) for value in values)
        number, blob, text = int, bytes, str
        none = type(None)
        if shape == (none, number, number, number, blob) and len(values[4]) == WRAP:
            self.wraps.add((rowid, values[1], values[2], values[4]))
        elif shape == (none, blob, number, number, blob) and len(values[1]) == 16:
            self.boxes.add((values[1], values[2], values[3], values[4]))
            self.numbers[rowid].add(values[1])
        elif shape == (none, blob):
            self.rows.add((rowid, values[1]))
        elif shape == (none, number):
            self.tags[rowid].add(values[1])
        elif shape == (text, number, blob):
            self.states.add(tuple(values))
        elif shape == (blob, number, blob) and len(values[0]) == 16:
            self.replays.add((values[0], values[2]))
        elif shape == (blob, blob) and len(values[0]) == 16 and len(values[1]) == 41:
            self.tombstones.add(values[0])


class Collector:
    """Goes through the copies; keeps what they held, and what changed from one to the next."""

    def __init__(self, directory):
        self.seen = Seen()
        self.copies = Copies(directory)
        # Of the index as it lay: page → tags, and tag → how many current pages hold it.
        self.page_tags, self.page_boxes = {}, {}
        self.tag_count = collections.Counter()
        self.box_count = collections.Counter()
        self.owner = {}
        # record → tags that went in the copy in which its box went.
        self.gone_with = {}
        # Of each other file, what it held last.
        self.whole = {}

    def run(self):
        databases, log = {}, None
        for changed in self.copies:
            if log is not self.copies.files:
                log = self.copies.files
            for path in list(log):
                if not path.endswith(".db"):
                    continue
                own, wal = changed.get(path, []), changed.get(path + "-wal")
                if path not in changed and wal is None:
                    continue
                pages = databases.setdefault(path, Pages())
                news, moved = pages.update(
                    log[path], log.get(path + "-wal", b""), own, wal or [])
                for number, content in news:
                    self._take_page(pages, number, content)
                if path.endswith("vault.db"):
                    self._follow(pages, moved)
            for path in changed:
                if not path.endswith((".db", "-wal")):
                    self._take_file(path, bytes(log.get(path, b"")))
        for path in list(self.whole):
            self._take_file(path, b"")
        self.seen.copies = self.copies.count
        return self.seen

    def _take_file(self, path, content):
        """A ledger or a part of a backup: once it is no longer the beginning of what follows."""
        before = self.whole.get(path, b"")
        if before and not content.startswith(before):
            self.seen.raw.append(before)
            if before.startswith(b"AITTABKP"):
                self._take_part(before)
        self.whole[path] = content
        if not content:
            del self.whole[path]

    def _take_part(self, data):
        """A backup's part, also one that was never finished."""
        seen = self.seen
        try:
            for kind, body in vault.backup_chunks(data):
                if kind == vault.MANIFEST:
                    continue
                for item in vault.backup_items(kind, body):
                    if kind == vault.ROW:
                        seen.rows.add((None, item[1]))
                    elif kind == vault.SEGMENT:
                        seen.wraps.add((item[0], item[1], item[2], item[4]))
                    elif kind == vault.KEY_BOX:
                        seen.boxes.add(item[:4])
                        if item[4]:
                            # A row of this one compartment.
                            seen.rows.add((None, b"\x01\x01" + item[4]))
                    elif kind == vault.STATE:
                        seen.states.add(item)
                    seen.items += 1
        except vault.Bad:
            # Cut off while it was written.
            pass

    def _take_page(self, pages, number, content):
        seen = self.seen
        seen.pages += 1
        seen.raw.append(content)
        found, gaps = cells(content, 100 if number == 1 else 0)
        if found is None:
            # An overflow page, or a free one.
            gaps = [(0, PAGE)]
        for cell in found or []:
            values = decode(self._payload(pages, cell))
            if values:
                seen.take_row(cell.rowid, values)
        for begin, end in gaps:
            rest = content[begin:end].strip(b"\0")
            if len(rest) >= 16 and rest not in seen.gaps:
                seen.gaps.add(rest)
                seen.gap_bytes += len(rest)

    @staticmethod
    def _payload(pages, cell):
        payload, following = cell.local, cell.overflow
        while following and len(payload) < cell.size and following in pages.current:
            page = pages.current[following]
            payload += page[4:]
            following = int.from_bytes(page[:4], "big")
        return payload[: cell.size]

    def _follow(self, pages, moved):
        """What stands in index and key boxes now, and what has just gone."""
        before = {}
        for number in moved:
            content = pages.current[number]
            found, _ = cells(content, 100 if number == 1 else 0)
            tags, boxes = [], []
            for cell in found or []:
                if cell.rowid is None or cell.overflow:
                    continue
                values = decode(cell.local)
                if values is None:
                    continue
                if len(values) == 2 and values[0] is None and isinstance(values[1], int):
                    tags.append(cell.rowid)
                    self.owner[cell.rowid] = values[1]
                elif len(values) == 5 and isinstance(values[1], bytes):
                    boxes.append(values[1])
            for counter, table, items in (
                (self.tag_count, self.page_tags, tags), (self.box_count, self.page_boxes, boxes)
            ):
                for item in table.get(number, []):
                    before.setdefault((id(counter), item), counter[item])
                    counter[item] -= 1
                for item in items:
                    before.setdefault((id(counter), item), counter[item])
                    counter[item] += 1
                table[number] = items
        gone_tags = [item for (c, item), n in before.items()
                     if c == id(self.tag_count) and n and not self.tag_count[item]]
        for (counter, record), count in before.items():
            if counter == id(self.box_count) and count and not self.box_count[record]:
                self.gone_with[record] = gone_tags


class Attack:
    def __init__(self, seen, keyrings, recovery):
        self.seen, self.keyrings = seen, keyrings
        self.vault = keyrings[0].vault
        self.keks = {(epoch, kek) for keyring in keyrings for epoch, kek in keyring.keks.items()}
        self.other_keys = {recovery} if recovery else set()
        for keyring in keyrings:
            self.other_keys.update(keyring.index_keys.values())
            for keys in keyring.sets:
                self.other_keys.update(vars(keys).values())
        self.segment_keys = set()
        self.boxes = {}  # (record, generation, box) → Box
        self.deks = collections.defaultdict(set)  # id → (record, label)
        self.fields = collections.defaultdict(lambda: collections.defaultdict(set))
        self.names = set()  # of fields
        self.states, self.replayed, self.replay_digests = [], set(), []
        self.tries = 0

    def open(self, key, ad, sealed):
        self.tries += 1
        return vault.aead_open(key, ad, sealed)

    def run(self):
        self._open_wraps()
        self._open_boxes()
        self._open_rows()
        self._open_states()

    def _open_wraps(self):
        seen = self.seen
        shapes = {(number, generation, epoch) for number, generation, epoch, _ in seen.wraps}
        blobs = {wrapped: [(n, g, e)] for n, g, e, wrapped in seen.wraps}
        keys = {kek for _, kek in self.keks} | self.other_keys
        for wrapped, own in blobs.items():
            for key in keys:
                for shape in own:
                    self._try_wrap(key, shape, wrapped)
        # Where nothing says what it is, every place is tried.
        for gap in seen.gaps:
            for at in range(len(gap) - WRAP + 1):
                piece = gap[at : at + WRAP]
                for _, key in self.keks:
                    for shape in shapes:
                        self._try_wrap(key, shape, piece)

    def _try_wrap(self, key, shape, wrapped):
        opened = self.open(key, vault.segment_ad(self.vault, *shape), wrapped)
        if opened:
            self.segment_keys.add(opened)

    def _open_boxes(self):
        seen = self.seen
        keys = self.segment_keys | {kek for _, kek in self.keks} | self.other_keys
        for record, segment, generation, box in seen.boxes:
            ad = vault.box_ad(self.vault, record, segment, generation)
            for key in keys:
                self._take_box(record, generation, self.open(key, ad, box))
        shapes = collections.defaultdict(set)
        for record, segment, generation, _ in seen.boxes:
            shapes[record].add((segment, generation))
        ids = set(shapes) | seen.tombstones
        for gap in seen.gaps:
            for record in ids:
                at = gap.find(record)
                while at >= 0:
                    self._carve_box(gap, at + 16, record, shapes[record])
                    at = gap.find(record, at + 1)

    def _carve_box(self, gap, at, record, shapes):
        for begin in range(at, min(at + 20, len(gap))):
            for size in BOX_SIZES:
                blob = gap[begin : begin + size + 40]
                if len(blob) < size + 40:
                    continue
                for segment, generation in shapes:
                    ad = vault.box_ad(self.vault, record, segment, generation)
                    for key in self.segment_keys:
                        self._take_box(record, generation, self.open(key, ad, blob))

    def _take_box(self, record, generation, padded):
        if padded is None:
            return
        box = vault.Box(padded)
        self.boxes[(record, generation, padded)] = box
        for label in box.labels:
            self.names.update(label.fields)
            self.deks[label.dek_id].add((record, label.name, label.dek, tuple(label.fields)))

    def _open_rows(self):
        for number, blob in self.seen.rows:
            try:
                row = vault.parse_row(blob)
            except vault.Bad:
                continue
            for compartment in row:
                for owner in self.deks.get(compartment.dek_id, ()):
                    self._open_fields(owner, compartment)
        # Pieces of rows: behind a DEK's id stand its fields.
        for gap in self.seen.gaps:
            for dek_id, owners in self.deks.items():
                at = gap.find(dek_id)
                while at >= 4:
                    try:
                        compartment = vault.RowCompartment(vault.Bytes(gap[at - 4 :]))
                        for owner in owners:
                            self._open_fields(owner, compartment)
                    except vault.Bad:
                        pass
                    at = gap.find(dek_id, at + 1)

    def _open_fields(self, owner, compartment):
        record, label, dek, names = owner
        for place, blob in enumerate(compartment.fields):
            # Mostly as the box says; names that it no longer has are tried as well.
            first = names[place : place + 1]
            for name in first + tuple(self.names - set(first)):
                ad = vault.field_ad(self.vault, record, label, name, compartment.version)
                plain = self.open(dek, ad, blob)
                if plain is not None:
                    _, value = vault.parse_field(plain)
                    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
                    self.fields[record][name].add(text)
                    break

    def _open_states(self):
        labels = []
        for name, version, sealed in self.seen.states:
            if name != "vault-box":
                continue
            for epoch, kek in self.keks:
                found = vault.open_vault_box({epoch: kek}, self.vault, version, sealed)
                if found:
                    labels.append(found)
        deks = {dek for found in labels for dek in found.values()}
        for name, version, sealed in self.seen.states:
            for dek in deks:
                if vault.open_state(dek, self.vault, name, version, sealed):
                    self.states.append((name, version))
        for dek in deks:
            digest_key = vault.subkey(dek, "aitta.replay.digest.v1")
            seal_key = vault.subkey(dek, "aitta.replay.seal.v1")
            for key, sealed in self.seen.replays:
                ad = vault.ad("aitta.replay.v1", self.vault, key)
                plain = self.open(seal_key, ad, sealed)
                if plain is not None:
                    self.replay_digests.append((digest_key, plain[:32]))
                    self.replayed.update(vault.open_replay(dek, self.vault, key, sealed))


# --- Guessing ---------------------------------------------------------------------------------

CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def candidates(henkilotunnus):
    """All that have the same date of birth and century: 898, where the century has one separator."""
    begin = henkilotunnus[:7]
    for individual in range(2, 900):
        check = CHECK[int(f"{begin[:6]}{individual:03}") % 31]
        yield f"{begin}{individual:03}{check}"


class Guessing:
    """Ranks the candidates for each person by everything that could tell them apart."""

    def __init__(self, collector, attack, seed):
        self.seen, self.attack = collector.seen, attack
        self.collector = collector
        self.random = random.Random(seed)
        self.index_keys = {k for keyring in attack.keyrings for k in keyring.index_keys.values()}
        self.secrets = {s.index_secret for keyring in attack.keyrings for s in keyring.sets}
        self.all_tags = sorted(self.seen.tags)
        self.number_of = {r: n for n, ids in self.seen.numbers.items() for r in ids}
        self.tags_of = collections.defaultdict(set)
        for stored, numbers in self.seen.tags.items():
            for number in numbers:
                self.tags_of[number].add(stored)
        self.features = {
            "tag": self.by_tag, "tag-distance": self.by_tag_distance,
            "gone-distance": self.by_gone_distance, "value-order": self.by_value_order,
            "replay": self.by_replay, "count": self.by_count,
        }
        self.raw = b"".join(self.seen.raw)

    def run(self, guesses):
        ranks = {name: [] for name in self.features}
        traces = []
        for guess in guesses:
            record = uuid.UUID(guess["record"]).bytes
            right = guess["henkilotunnus"]
            some = list(candidates(right))
            assert right in some
            for name, feature in self.features.items():
                scores = {c: feature(record, c, guess.get("body")) for c in some}
                # Nothing but chance parts what scores the same.
                order = sorted(some, key=lambda c: (-scores[c], self.random.random()))
                ranks[name].append((order.index(right) + 0.5) / len(some))
            if self.traced(right):
                traces.append(guess["record"])
        return {"ranks": ranks, "traces": traces,
                "candidates": 0 if not guesses else len(some)}

    def values(self, candidate):
        return [vault.index_value(s, "henkilotunnus", candidate) for s in self.secrets]

    def tags(self, candidate, occurrences=3):
        return [vault.tag(k, t, i) for k in self.index_keys for t in self.values(candidate)
                for i in range(occurrences)]

    def by_tag(self, record, candidate, body):
        """Whether its tag under a live key stood in any index at the record's place."""
        number = self.number_of.get(record)
        return sum(number in self.seen.tags.get(t, ()) for t in self.tags(candidate))

    def by_count(self, record, candidate, body):
        """How many indexes ever seen hold its tag, whosever it is."""
        return sum(t in self.seen.tags for t in self.tags(candidate))

    def by_tag_distance(self, record, candidate, body):
        """How near its tag lies to one of the record's."""
        own = self.tags_of.get(self.number_of.get(record), ())
        return -min((abs(t - o) for t in self.tags(candidate, 1) for o in own), default=0)

    def by_gone_distance(self, record, candidate, body):
        """How near its tag lies to one that went with the record's box."""
        gone = self.collector.gone_with.get(record, ())
        return -min((abs(t - o) for t in self.tags(candidate, 1) for o in gone), default=0)

    def by_value_order(self, record, candidate, body):
        """Whether the record's tags stand where its index value, which no rotation but a deep one
        changes, stands among all values."""
        own = self.tags_of.get(self.number_of.get(record), ())
        low, span = -(1 << 63), 1 << 64
        places = [int.from_bytes(t[:8], order) / span for t in self.values(candidate)
                  for order in ("little", "big")]
        return -min((abs(p - (o - low) / span) for p in places for o in own), default=0)

    def by_replay(self, record, candidate, body):
        """Whether an idempotency row holds the digest of a request with it."""
        if not body:
            return 0
        request = body.replace("{}", candidate).encode()
        return sum(vault.mac(key, request) == digest
                   for key, digest in self.attack.replay_digests)

    def traced(self, right):
        """Whether its index value, its tag or itself lies anywhere."""
        found = [right.encode()]
        found += self.values(right)
        for t in self.tags(right):
            found += [t.to_bytes(8, order, signed=True) for order in ("big", "little")]
            found.append(varint(t))
        return any(piece in self.raw for piece in found)


def varint(number):
    """As SQLite writes the key of a table (file format, 1.6): nine bytes, or fewer for one below 2^56."""
    word = number % (1 << 64)
    if word >> 56:
        return bytes([word >> shift & 0x7F | 0x80 for shift in range(57, 7, -7)] + [word & 0xFF])
    groups = [word & 0x7F]
    while word := word >> 7:
        groups.append(word & 0x7F | 0x80)
    return bytes(reversed(groups))


def open_kept(path, root, recovery):
    data = vault.read_file(path)
    if data.startswith(b"AITTAESC"):
        return vault.open_escrow(recovery, data)
    return vault.open_keyring(root, data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--copies", required=True)
    parser.add_argument("--keys", required=True)
    parser.add_argument("--recovery")
    parser.add_argument("--kept-keyring", action="append", default=[])
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    people = json.load(sys.stdin)

    keyrings, recovery = [vault.open_keys(arguments.keys)], None
    root = vault.read_root_key(vault.read_file(arguments.keys, "root.key").decode())
    if arguments.recovery:
        recovery = vault.read_recovery_key(vault.read_file(arguments.recovery).decode())
        keyrings.append(vault.open_keys(arguments.keys, arguments.recovery))
    keyrings += [open_kept(path, root, recovery) for path in arguments.kept_keyring]

    collector = Collector(arguments.copies)
    seen = collector.run()
    attack = Attack(seen, keyrings, recovery)
    attack.other_keys.add(root)
    attack.run()
    guessing = Guessing(collector, attack, arguments.seed)
    recovered = {}
    for record, _, _ in attack.boxes:
        recovered.setdefault(name_of(record), {})
    for record, fields in attack.fields.items():
        values = {name: sorted(texts) for name, texts in fields.items()}
        recovered.setdefault(name_of(record), {}).update(values)
    json.dump({
        "copies": seen.copies, "pages": seen.pages, "freeBytes": seen.gap_bytes,
        "backupItems": seen.items,
        "wraps": len(seen.wraps), "boxes": len(seen.boxes), "rows": len(seen.rows),
        "tags": len(seen.tags), "replays": len(seen.replays), "tries": attack.tries,
        "segmentKeysOpened": len(attack.segment_keys), "boxesOpened": len(attack.boxes),
        "records": recovered, "replayed": sorted(map(name_of, attack.replayed)),
        "states": sorted(attack.states),
        "guessing": guessing.run(people.get("guesses", [])),
    }, sys.stdout, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
