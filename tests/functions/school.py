"""A running server for these tests, and a teacher's few calls."""
import os
import socket
import subprocess
import tempfile
import time

import requests

PASSWORD = "quiet lanterns over 17 hills"
NO_LIMITS = {
    f"HOMEROOM_LIMITS_{which}_PER_MINUTE": "0"
    for which in ("AUTH", "WRITES", "USER_WRITES", "READS", "USER_READS")
}


class School:
    """Serves on a temporary directory until it is closed."""

    def __init__(self, **settings):
        self.binary = os.environ["HOMEROOM_BIN"]
        self.room = tempfile.TemporaryDirectory()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEROOM_")}
        self.environment = {
            **kept,
            **NO_LIMITS,
            "HOMEROOM_DATA": f"{self.room.name}/data",
            "HOMEROOM_LISTEN": self.url.removeprefix("http://"),
            "HOMEROOM_PUBLIC_URL": self.url,
            "HOMEROOM_LOG": "warn",
            **settings,
        }
        self.log = open(f"{self.room.name}/log", "w+b")
        self.process = subprocess.Popen([self.binary, "serve"], env=self.environment, stderr=self.log)
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + 60
        while True:
            try:
                if requests.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except requests.ConnectionError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server does not answer:\n{self.said()}")
            time.sleep(0.05)

    def said(self):
        self.log.flush()
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def close(self):
        self.process.terminate()
        self.process.wait(30)
        said = self.said()
        self.log.close()
        self.room.cleanup()
        assert "panicked" not in said, said

    def stored(self):
        """How many files the embedded store keeps."""
        return sum(len(files) for _, _, files in os.walk(f"{self.room.name}/data/objects"))

    def teacher(self, username="teacher"):
        """A session with the token of a new teacher."""
        subprocess.run(
            [self.binary, "admin", "user", "add", "--username", username, "--email", f"{username}@school.example"]
            + ["--role", "teacher", "--password-stdin"],
            input=PASSWORD.encode(),
            env=self.environment,
            check=True,
            capture_output=True,
        )
        session = requests.Session()
        tokens = session.post(f"{self.url}/api/v1/auth/login", json={"login": username, "password": PASSWORD}, timeout=30)
        session.headers["Authorization"] = f"Bearer {tokens.json()['access_token']}"
        return session

    def function_url(self, teacher, **details):
        """A new class's id and its function URL."""
        made = teacher.post(f"{self.url}/api/v1/classes", json={"name": "Daily video", **details}, timeout=30)
        path = f"{self.url}/api/v1/classes/{made.json()['id']}"
        url = teacher.post(f"{path}/function-url", timeout=30)
        assert url.status_code == 201, url.text
        return path, url.json()["url"]


def box(kind, content):
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def numbers(*values):
    return b"".join(value.to_bytes(4, "big") for value in values)


def quicktime(word):
    """The same as QuickTime writes it, as which phones keep what they record."""
    return mp4(word).replace(b"ftypisom\0\0\2\0isommp42", b"ftypqt  \0\0\2\0qt  qt  ")


def sound(word):
    """An MP4 without a picture."""
    clock = box(b"mvhd", numbers(0, 0, 0, 1_000, 3_000))
    return box(b"ftyp", b"isom\0\0\2\0isommp42") + box(b"mdat", word.encode()) + box(b"moov", clock)


def element(name, content):
    return name + (0x0100_0000_0000_0000 | len(content)).to_bytes(8, "big") + content


def webm(word):
    """A small WebM of 640 by 480 and two seconds, whole."""
    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"webm"))
    information = element(b"\x15\x49\xa9\x66", element(b"\x2a\xd7\xb1", b"\x0f\x42\x40"))
    picture = element(b"\xb0", b"\x02\x80") + element(b"\xba", b"\x01\xe0")
    tracks = element(b"\x16\x54\xae\x6b", element(b"\xae", element(b"\xe0", picture)))
    blocks = b"".join(element(b"\xa3", b"\x81" + at.to_bytes(2, "big") + b"\x80" + word.encode()) for at in (0, 2_000))
    cluster = element(b"\x1f\x43\xb6\x75", element(b"\xe7", b"\0") + blocks)
    return head + element(b"\x18\x53\x80\x67", information + tracks + cluster)


def mp4(word, milliseconds=3_000):
    """A small MP4 of 640 by 360; another word is another file."""
    clock = box(b"mvhd", numbers(0, 0, 0, 1_000, milliseconds))
    matrix = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    header = numbers(7, 0, 0, 1, 0, milliseconds, 0, 0, 0, 0, *matrix, 640 << 16, 360 << 16)
    track = box(b"trak", box(b"tkhd", header))
    return box(b"ftyp", b"isom\0\0\2\0isommp42") + box(b"mdat", word.encode()) + box(b"moov", clock + track)
