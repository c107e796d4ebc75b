"""tools/bench --rotation: what a rotation costs, and what readers notice of it."""

import concurrent.futures
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import bench_openbao

LOAD_CLIENTS = 8
ERASURES = 1000
# Records that are read, of all that there are.
READ = 20000
# What a rotation does for the erasures that it settles, and what a backup costs, are no part of the swap.
BESIDES = ("rekeySegments", "rebuildIndex", "writeKeysPart", "certifyFinality", "clearOldIndex")


class Readers:
    """A steady load of reads, each with the moment when it began and how long it took."""

    def __init__(self, bench, vault, ids, rate):
        self.log = os.path.join(vault.folder, "latencies")
        self.read = 0
        uris = os.path.join(vault.folder, "uris")
        with open(uris, "w") as file:
            file.write("\n".join(f"http://localhost/v1/records/{id}" for id in ids) + "\n")
        open(self.log, "w").close()
        self.process = subprocess.Popen(
            ["h2load", "--h1", "-t", "1", "-c", str(LOAD_CLIENTS), "-D", "36000", "-i", uris]
            + [f"--rps={rate / LOAD_CLIENTS}", "-B", f"unix:{vault.socket}"]
            + [f"--log-file={self.log}", "-H", "aitta-purpose: customer-service"],
            stdout=subprocess.DEVNULL)

    def latencies_ms(self, windows):
        """Of the reads that were under way within windows of time (Unix seconds)."""
        with open(self.log, encoding="ascii") as file:
            lines = [line.split() for line in file.read().split("\n")[:-1]]
        if any(line[1] != "200" for line in lines):
            sys.exit("error: a read was not answered")
        return [
            int(took) / 1000
            for began, _, took in lines
            if any(
                int(began) / 1e6 <= end and (int(began) + int(took)) / 1e6 >= start
                for start, end in windows)
        ]

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Rotation:
    """One rotation, by its steps in seconds and the window of time that each took."""

    def __init__(self, vault, deep=False):
        began = time.time()
        status, document = vault.call("POST", "/v1/keys/rotation", {"scheduled": False, "deep": deep})
        if status != 202:
            sys.exit(f"error: no rotation: {document}")
        while True:
            document = vault.call("GET", "/v1/keys/rotation")[1]
            if "outcome" in document:
                break
            time.sleep(0.02)
        if document["outcome"] != "final":
            sys.exit(f"error: not final: {document}")
        self.seconds = {step["step"]: step["seconds"] for step in document["steps"]}
        self.windows = {}
        for step, seconds in self.seconds.items():
            self.windows[step] = (began, began + seconds)
            began += seconds

    def swap_seconds(self):
        return sum(s for step, s in self.seconds.items() if step not in BESIDES)


def measure(bench, arguments):
    sizes = [int(size) for size in arguments.sizes.split(",")]
    tables = [measured(bench, arguments, size) for size in sizes]
    rows = list(dict.fromkeys(name for table in tables for name in table))
    print("| customers | " + " | ".join(f"{size:,}" for size in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    for name in rows:
        print(f"| {name} | " + " | ".join(text(table.get(name)) for table in tables) + " |")


def measured(bench, arguments, size):
    folder = arguments.folder and os.path.join(arguments.folder, str(size))
    keeps = folder is not None
    folder = folder or tempfile.mkdtemp(prefix="aitta-bench-")
    os.makedirs(folder, exist_ok=True)
    vault = None
    try:
        durability = "process" if arguments.durability == "process" else "power"
        vault = filled(bench, folder, size, durability)
        return Measurement(bench, vault, arguments).table()
    finally:
        if vault and vault.daemon.poll() is None:
            vault.stop()
        if not keeps:
            shutil.rmtree(folder, ignore_errors=True)


def filled(bench, folder, size, durability):
    """A vault of so many customers; one that is in the folder already serves again."""
    done = os.path.join(folder, "imported")
    if os.path.exists(done):
        return bench.Vault(folder, durability, isNew=False)
    vault = bench.Vault(folder, durability)
    customers = os.path.join(folder, "customers.csv")
    bench.write_customers(customers, size)
    bench.imported(vault, customers, "order")
    os.remove(customers)
    open(done, "w").close()
    vault.stop()
    vault.start()
    return vault


class Measurement:
    def __init__(self, bench, vault, arguments):
        self.bench, self.vault, self.arguments = bench, vault, arguments
        status = vault.call("GET", "/v1/status")[1]
        self.records = status["records"]
        self.segments = status["segments"]
        ids = listed_ids(vault)
        # A vault that is measured again has fewer.
        random.Random(self.records).shuffle(ids)
        count = ERASURES * arguments.runs
        self.erased, self.read = ids[:count], ids[count : count + READ]
        self.rows = {}

    def table(self):
        self.rows["records"] = self.records
        self.rows["segments"] = self.segments
        self.compare_with_openbao()
        readers = Readers(self.bench, self.vault, self.read, self.arguments.rate)
        try:
            time.sleep(2)
            usual = []
            self.note_rotations("clean", readers, usual, lambda: None)
            self.note_rotations(f"{ERASURES:,} erasures", readers, usual, self.erase)
            if self.arguments.deep:
                self.note_deep_rotation(readers)
        finally:
            readers.stop()
        rewrap = self.rows["OpenBao, rewrap of as many values as segments, s"]
        swap = self.rows["clean: swap, s"]
        self.rows["OpenBao / swap, values as segments"] = rewrap / swap
        rewrap = self.rows["OpenBao, rewrap of as many values as records, s"]
        self.rows["OpenBao / swap, values as records"] = rewrap / swap
        return self.rows

    def note_rotations(self, name, readers, usual, prepare):
        rotations = []
        for _ in range(self.arguments.runs):
            prepare()
            time.sleep(1)
            began = time.time()
            time.sleep(self.arguments.seconds)
            usual.append((began, time.time()))
            rotations.append(Rotation(self.vault))
        time.sleep(0.5)
        self.rows[f"{name}: swap, s"] = statistics.median(r.swap_seconds() for r in rotations)
        for step in rotations[0].seconds:
            self.rows[f"{name}: {step}, s"] = statistics.median(r.seconds[step] for r in rotations)
        quiet = quantiles(readers.latencies_ms(usual))
        self.rows["usual reads: p50, ms"], self.rows["usual reads: p99, ms"] = quiet
        for part, steps in (
            ("all of it", rotations[0].seconds), ("rekeySegments", ["rekeySegments"]),
            ("rebuildIndex", ["rebuildIndex"]), ("clearOldIndex", ["clearOldIndex"]),
        ):
            windows = [r.windows[step] for r in rotations for step in steps if step in r.windows]
            latencies = readers.latencies_ms(windows)
            if len(latencies) < 1000:
                continue
            median, late = quantiles(latencies)
            self.rows[f"{name}: reads in {part}: p50, ms"] = median
            self.rows[f"{name}: reads in {part}: p99, ms"] = late
            self.rows[f"{name}: reads in {part}: p99 / usual"] = late / quiet[1]

    def note_deep_rotation(self, readers):
        records = self.vault.call("GET", "/v1/status")[1]["records"]
        began = time.time()
        time.sleep(self.arguments.seconds)
        usual = quantiles(readers.latencies_ms([(began, time.time())]))
        rotation = Rotation(self.vault, deep=True)
        time.sleep(0.5)
        median, late = quantiles(readers.latencies_ms(rotation.windows.values()))
        self.rows |= {
            "deep: all of it, s": sum(rotation.seconds.values()),
            "deep: resealRecords, s": rotation.seconds["resealRecords"],
            "deep: resealed, records/s": records / rotation.seconds["resealRecords"],
            "deep: reads: p50, ms": median,
            "deep: reads: p99, ms": late,
            "deep: reads: p99 / usual": late / usual[1],
        }

    def erase(self):
        ids, self.erased = self.erased[:ERASURES], self.erased[ERASURES:]

        def erase(id):
            status, answer = self.vault.call(
                "POST", f"/v1/records/{id}/erasure", {"reason": "data-subject-request"},
                purpose="data-subject-rights")
            if status != 200:
                sys.exit(f"error: not erased: {answer}")

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(erase, ids))

    def compare_with_openbao(self):
        server = bench_openbao.OpenBao(self.bench.ROOT)
        try:
            for name, count in (("segments", self.segments), ("records", self.records)):
                self.rows[f"OpenBao, rewrap of as many values as {name}, s"] = statistics.median(
                    server.rewrap_seconds(count) for _ in range(3))
        finally:
            server.stop()


def listed_ids(vault):
    listed = []
    after = ""
    while True:
        page = vault.call("GET", f"/v1/records?limit=1000{after}", purpose="data-subject-rights")[1]
        listed += [item["id"] for item in page["items"] if item["state"] == "live"]
        if not page["next"]:
            return listed
        after = f"&after={page['next']}"


def quantiles(latencies):
    ordered = sorted(latencies)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]


def text(value):
    if value is None:
        return ""
    if isinstance(value, int) or value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"
