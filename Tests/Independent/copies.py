"""The copies that Tests/Shims/copy_at_sync.c made, and what lies in SQLite's pages.

Written from the SQLite file format (sqlite.org/fileformat2.html). Every page of every copy is looked
at: of the database and of its write-ahead log, current or left over, used, free or deleted.
"""

import hashlib
import os
import struct

BLOCK = 4096


class Copies:
    """The copies of one run, one after the other."""

    def __init__(self, directory):
        self.logs = sorted(
            os.path.join(directory, name) for name in os.listdir(directory)
            if name.endswith(".copies"))
        # The files of the copy that was given last, by path.
        self.files = {}
        self.count = 0

    def __iter__(self):
        """Each copy, as what changed since the one before: path → list of (offset, length)."""
        for log in self.logs:
            # A process begins with everything.
            self.files = {}
            yield from self._replay(log)

    def _replay(self, log):
        with open(log, "rb") as file:
            data = file.read()
        at, names, changed = 0, {}, {}
        try:
            while at < len(data):
                kind = data[at : at + 1]
                if kind == b"C":
                    at += 9
                    self.count += 1
                    yield changed
                    changed = {}
                    continue
                (index,) = struct.unpack_from("<I", data, at + 1)
                at += 5
                if kind == b"N":
                    (length,) = struct.unpack_from("<H", data, at)
                    names[index] = data[at + 2 : at + 2 + length].decode()
                    at += 2 + length
                elif kind == b"S":
                    (size,) = struct.unpack_from("<Q", data, at)
                    at += 8
                    content = self.files.setdefault(names[index], bytearray())
                    del content[size:]
                    content.extend(bytes(size - len(content)))
                    changed.setdefault(names[index], [])
                elif kind == b"B":
                    offset, length = struct.unpack_from("<QI", data, at)
                    at += 12
                    if at + length > len(data):
                        return
                    self.files[names[index]][offset : offset + length] = data[at : at + length]
                    at += length
                    changed.setdefault(names[index], []).append((offset, length))
                elif kind == b"D":
                    self.files.pop(names[index], None)
                    changed.setdefault(names[index], [])
                else:
                    raise ValueError(f"{log}: not a copy at {at}")
        except struct.error:
            # The process was killed while it wrote.
            return


# --- SQLite -----------------------------------------------------------------------------------

TABLE_LEAF, INDEX_LEAF, INDEX_INNER, TABLE_INNER = 0x0D, 0x0A, 0x02, 0x05
PAGE = 4096
FRAME = 24 + PAGE


def varint(data, at):
    value = 0
    for place in range(9):
        byte = data[at]
        at += 1
        if place == 8:
            return value << 8 | byte, at
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at
    raise IndexError


class Cell:
    __slots__ = ("rowid", "local", "size", "overflow", "span")

    def __init__(self, rowid, local, size, overflow, span):
        self.rowid, self.local, self.size = rowid, local, size
        self.overflow, self.span = overflow, span


def cells(page, header=0):
    """The cells of a b-tree page that have a payload, and the spans of bytes that are neither these
    nor the page's own; None, None where it is no such page."""
    kind = page[header]
    if kind not in (TABLE_LEAF, INDEX_LEAF, INDEX_INNER, TABLE_INNER):
        return None, None
    count = int.from_bytes(page[header + 3 : header + 5], "big")
    start = header + (12 if kind in (INDEX_INNER, TABLE_INNER) else 8)
    if start + 2 * count > PAGE:
        return None, None
    found, used = [], [(0, start + 2 * count)]
    for place in range(count):
        at = int.from_bytes(page[start + 2 * place : start + 2 * place + 2], "big")
        try:
            cell = _cell(page, at, kind)
        except IndexError:
            continue
        if cell is None:
            continue
        used.append(cell.span)
        if kind != TABLE_INNER:
            found.append(cell)
    gaps, at = [], 0
    for begin, end in sorted(used):
        if begin > at:
            gaps.append((at, begin))
        at = max(at, end)
    if at < PAGE:
        gaps.append((at, PAGE))
    return found, gaps


def _cell(page, at, kind):
    begin = at
    if kind in (INDEX_INNER, TABLE_INNER):
        at += 4
    if kind == TABLE_INNER:
        rowid, at = varint(page, at)
        return Cell(rowid, b"", 0, 0, (begin, at))
    size, at = varint(page, at)
    rowid = None
    if kind == TABLE_LEAF:
        rowid, at = varint(page, at)
        if rowid >= 1 << 63:
            rowid -= 1 << 64
    most = PAGE - 35 if kind == TABLE_LEAF else (PAGE - 12) * 64 // 255 - 23
    least = (PAGE - 12) * 32 // 255 - 23
    local, overflow = size, 0
    if size > most:
        local = least + (size - least) % (PAGE - 4)
        if local > most:
            local = least
        overflow = int.from_bytes(page[at + local : at + local + 4], "big")
    end = at + local + (4 if overflow else 0)
    if end > PAGE:
        return None
    return Cell(rowid, bytes(page[at : at + local]), size, overflow, (begin, end))


def decode(payload):
    """The values of a row in SQLite's record format; None where it is none."""
    try:
        size, at = varint(payload, 0)
        types = []
        while at < size:
            kind, at = varint(payload, at)
            types.append(kind)
        values = []
        for kind in types:
            if kind == 0:
                value, count = None, 0
            elif kind in (1, 2, 3, 4, 5, 6):
                count = (1, 2, 3, 4, 6, 8)[kind - 1]
                value = int.from_bytes(payload[at : at + count], "big", signed=True)
            elif kind in (8, 9):
                value, count = kind - 8, 0
            elif kind >= 12:
                count = (kind - 12) // 2
                value = payload[at : at + count]
                if kind % 2:
                    value = value.decode()
            else:
                return None
            if at + count > len(payload):
                return None
            at += count
            values.append(value)
        return values if at == len(payload) else None
    except (IndexError, UnicodeDecodeError):
        return None


class Pages:
    """The pages of one database in copy after copy: each new content once, and what is current."""

    def __init__(self):
        self.seen = set()
        # page number → its content as it is now: of the log's last frame, or else of the database.
        self.current = {}
        self.in_log = set()
        self.salts = None

    def update(self, database, log, changed_database, changed_log):
        """Takes one copy in.

        Gives (number, content) of each page that was never seen before, and the numbers of the pages
        whose current content changed."""
        news, moved = [], set()

        def look(number, content):
            digest = hashlib.blake2b(content, digest_size=16).digest()
            if digest not in self.seen:
                self.seen.add(digest)
                news.append((number, content))

        for number in _places(changed_database, 0, PAGE, len(database)):
            content = bytes(database[number * PAGE : number * PAGE + PAGE])
            look(number + 1, content)
            if number + 1 not in self.in_log:
                self.current[number + 1] = content
                moved.add(number + 1)
        salts = bytes(log[16:24]) if len(log) >= 32 else None
        if salts != self.salts:
            # The log begins anew: what it held is in the database by now.
            self.salts = salts
            for number in self.in_log:
                self.current[number] = bytes(database[(number - 1) * PAGE : number * PAGE])
                moved.add(number)
            self.in_log = set()
            changed_log = [(0, len(log))]
        for place in _places(changed_log, 32, FRAME, len(log)):
            begin = 32 + place * FRAME
            frame = log[begin : begin + FRAME]
            if len(frame) < FRAME:
                continue
            number = int.from_bytes(frame[:4], "big")
            content = bytes(frame[24:])
            look(number, content)
            if bytes(frame[8:16]) == salts:
                self.current[number] = content
                self.in_log.add(number)
                moved.add(number)
        return news, moved


def _places(changed, start, size, end):
    """The numbers of the parts of `size` bytes, from `start` on, that the changes touch."""
    touched = set()
    for offset, length in changed:
        first = max(0, offset - start) // size
        last = (min(end, offset + length) - start - 1) // size
        touched.update(range(first, last + 1))
    return sorted(touched)
