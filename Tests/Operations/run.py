#!/usr/bin/env python3
"""Runs the commands of docs/OPERATIONS.md, block by block, with real processes and users.

    run.py BIN [HEADING]

Every block of commands (```sh, ```sh new-host) under a heading is run, in the document's order, as root on a
machine that stands for the vault's: namespaces of mounts and processes with an /etc, /run, /root, /mnt and
/var/lib of its own, `aittad` and `aitta` from BIN, and a `systemctl` that starts and stops the daemon as
the unit's user. Each heading has a scene beside this file, `heading.sh`: `before` and `after` are run around
the blocks, in the same place, and `before_block N` before the N-th of several. They say what a command reads
from standard input by writing /run/input.
`# machine: new` gives a heading a machine of its own, on which only "Install" was run. A command that
fails, a block without a scene, a scene without a block and a fence without a language are errors."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LIMIT_SECONDS = 60
LANGUAGES = {"sh", "sh new-host", "yaml", "json", "text"}
# The first line of a block that is not run here, and why.
NOT_RUN = {
    "apt-get install libsodium23 libsqlite3-0": "it needs a network; tools/test builds the same",
    "(umask 077; echo \"aitta-root-key-1:$(head -c 32 /dev/urandom | base64)\" |":
        "it needs systemd and a TPM; RootKeyChangeTests starts from a credential",
}


class Block:
    def __init__(self, heading, language, line):
        self.heading, self.language, self.line, self.text = heading, language, line, ""


def blocks():
    """All fenced blocks of the document."""
    found, heading, open_block = [], "", None
    with open(os.path.join(ROOT, "docs/OPERATIONS.md"), encoding="utf-8") as document:
        for number, line in enumerate(document, 1):
            if line.startswith("```"):
                if open_block is None:
                    open_block = Block(heading, line[3:].strip(), number)
                else:
                    found.append(open_block)
                    open_block = None
            elif open_block is not None:
                open_block.text += line
            elif line.startswith("##"):
                heading = line.strip("# \n")
    return found


def slug(heading):
    return re.sub("[^a-z0-9]+", "-", heading.lower()).strip("-")


class Machine:
    """Directories of its own, and a process that keeps the namespaces and waits for orphans."""

    def __init__(self, programs, shared):
        self.path = tempfile.mkdtemp(prefix="aitta-machine-")
        os.chmod(self.path, 0o755)
        shutil.copytree("/etc", self.path + "/etc", symlinks=True)
        for name in ["run", "var-lib", "root", "etc/systemd/system"]:
            os.makedirs(f"{self.path}/{name}", exist_ok=True)
        binds = [("etc", "/etc"), ("run", "/run"), ("var-lib", "/var/lib"), ("root", "/root")]
        script = "mount --make-rprivate /\n" + "".join(
            f"mount --bind {self.path}/{inner} {outer}\n" for inner, outer in binds)
        script += f"mount --bind {shared} /mnt\nmount -t proc proc /proc\necho ready\nwhile :; do sleep 1; done\n"
        self.keeper = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", script],
            stdout=subprocess.PIPE)
        if self.keeper.stdout.readline() != b"ready\n":
            raise SystemExit("the machine does not start")
        children = f"/proc/{self.keeper.pid}/task/{self.keeper.pid}/children"
        with open(children, encoding="ascii") as file:
            self.root = file.read().split()[0]
        self.programs = programs

    def run(self, script):
        """Runs a script; its standard input is /run/input, if that is there."""
        whole = (
            "set -euo pipefail\n"
            f"export PATH={HERE}/bin:{self.programs}:/usr/sbin:/usr/bin:/sbin:/bin\n"
            f"cd {ROOT}\n. {HERE}/support.sh\n"
            "[ -e /run/input ] || : > /run/input\nexec < /run/input\n" + script)
        return subprocess.run(
            ["nsenter", "-t", self.root, "-m", "-p", "bash", "-c", whole],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_SECONDS,
            env={"LANG": "C.UTF-8", "HOME": "/root"}, check=False)

    def end(self):
        self.keeper.send_signal(signal.SIGKILL)
        self.keeper.wait()
        shutil.rmtree(self.path, ignore_errors=True)


class Rehearsal:
    def __init__(self, programs):
        self.programs = programs
        self.shared = tempfile.mkdtemp(prefix="aitta-shared-")
        os.chmod(self.shared, 0o755)
        for name in ["other", "backup"]:
            os.mkdir(f"{self.shared}/{name}")
        self.machines = []
        self.install = ""
        self.failures = 0

    def machine(self):
        made = Machine(self.programs, self.shared)
        self.machines.append(made)
        if self.install:
            self.do(made, "Install", self.install)
        return made

    def do(self, machine, what, script):
        run = machine.run(script)
        if run.returncode != 0:
            self.failures += 1
            print(f"FAILED {what}: ended with {run.returncode}")
            print("    " + run.stdout.decode(errors="replace")[-3000:].replace("\n", "\n    "))
        return run.returncode == 0

    def procedure(self, heading, some, host):
        scene_file = f"{HERE}/{slug(heading)}.sh"
        with open(scene_file, encoding="utf-8") as file:
            scene = file.read()
        if "# machine: new" in scene:
            host = self.machine()
        other = None
        scene = f". {scene_file}\n"
        is_done = self.do(host, f"{heading}: before", scene + "before")
        for number, block in enumerate(some, 1):
            if not is_done:
                break
            on = host
            if block.language == "sh new-host":
                other = on = other or self.machine()
                is_done = self.do(on, f"{heading}: before_on_new_host", scene + "before_on_new_host")
            hook = f"if declare -F before_block > /dev/null; then before_block {number}; fi\n"
            is_done = is_done and self.do(on, f"{heading}: before_block {number}", scene + hook)
            where = f"docs/OPERATIONS.md:{block.line}, {heading}"
            prelude = "[ -e /run/variables ] && . /run/variables\n"
            is_done = is_done and self.do(on, where, prelude + block.text)
        if is_done and other:
            is_done = self.do(other, f"{heading}: after_on_new_host", scene + "after_on_new_host")
        is_done = is_done and self.do(host, f"{heading}: after", scene + "after")
        print(f"{'ok' if is_done else 'not ok':8}{heading}, {len(some)} blocks", flush=True)
        return host

    def end(self):
        for machine in self.machines:
            machine.end()
        shutil.rmtree(self.shared, ignore_errors=True)


def main():
    # Whoever runs this may have another one; the machine's directories are as a system has them.
    os.umask(0o022)
    rehearsal = Rehearsal(os.path.abspath(sys.argv[1]))
    only = sys.argv[2] if len(sys.argv) > 2 else None
    procedures, problems = {}, []
    for block in blocks():
        if block.language not in LANGUAGES:
            problems.append(f"docs/OPERATIONS.md:{block.line}: a fence without a known language")
        if not block.language.startswith("sh") or block.text.split("\n")[0] in NOT_RUN:
            continue
        procedures.setdefault(block.heading, []).append(block)
    scenes = {name[:-3] for name in os.listdir(HERE) if name.endswith(".sh")} - {"support"}
    for heading in procedures:
        if slug(heading) not in scenes:
            problems.append(f"{heading}: no scene Tests/Operations/{slug(heading)}.sh")
    for scene in scenes - {slug(heading) for heading in procedures}:
        problems.append(f"Tests/Operations/{scene}.sh: no commands under its heading")
    for problem in problems:
        print(problem)
    if problems:
        sys.exit(1)
    try:
        host = rehearsal.machine()
        for heading, some in procedures.items():
            if only and heading not in (only, "Install", "Make the vault", "Start"):
                continue
            rehearsal.procedure(heading, some, host)
            if heading == "Install":
                rehearsal.install = "\n".join(block.text for block in some)
    finally:
        rehearsal.end()
    sys.exit(1 if rehearsal.failures else 0)


main()
