"""Drives a server for bench/classes/run: URL TOKEN PID STUDENTS MEGABYTES. Uses nothing but Python's own library."""
import datetime
import http.client
import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

URL, TEACHER, PID, STUDENTS, MEGABYTES = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
HOST = urlsplit(URL).netloc
PASSWORD = "seven red kites"


class Client:
    """One connection with one token."""

    def __init__(self, token=None):
        self.connection = http.client.HTTPConnection(HOST, timeout=300)
        self.token = token

    def raw(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def call(self, method, path, body=None):
        given = None if body is None else json.dumps(body)
        status, content = self.raw(method, path, given, {"Content-Type": "application/json"})
        if status >= 300:
            sys.exit(f"{method} {path}: {status} {content.decode()}")
        return json.loads(content) if content else None


def memory(which):
    with open(f"/proc/{PID}/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(which))


def student(name):
    client = Client()
    client.call("POST", "/api/v1/auth/signup", {"username": name, "email": f"{name}@school.example", "password": PASSWORD})
    client.token = client.call("POST", "/api/v1/auth/login", {"login": name, "password": PASSWORD})["access_token"]
    return client


def box(kind, content):
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def numbers(*values):
    return b"".join(value.to_bytes(4, "big") for value in values)


def video(word, size):
    """An MP4 of 640 by 360 with so many bytes that nobody can see."""
    header = numbers(7, 0, 0, 1, 0, 3000, 0, 0, 0, 0, 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000, 640 << 16, 360 << 16)
    film = box(b"moov", box(b"mvhd", numbers(0, 0, 0, 1000, 3000)) + box(b"trak", box(b"tkhd", header)))
    noise = os.urandom(1 << 20)
    content = word.encode().ljust(64) + (noise * (size // len(noise) + 1))[: max(size - 64, 0)]
    return box(b"ftyp", b"isom\0\0\2\0isommp42") + film + box(b"mdat", content)


def instant(seconds):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now + datetime.timedelta(seconds=seconds)).isoformat()


def put(client, upload, content):
    for part in upload["parts"]:
        target = urlsplit(part["url"])
        connection = http.client.HTTPConnection(target.netloc, timeout=300)
        piece = memoryview(content)[part["offset"] : part["offset"] + part["size"]]
        connection.request(part["method"], f"{target.path}?{target.query}", piece, part["headers"])
        answer = connection.getresponse()
        if answer.status != 200:
            sys.exit(f"PUT: {answer.status} {answer.read().decode()}")
        answer.read()
        connection.close()


def percentile(times, share):
    times = sorted(times)
    return 1000 * times[min(len(times) - 1, int(len(times) * share))]


def measure(what, times, ask):
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - before)
    print(f"{what}: p50 {percentile(taken, 0.5):.1f} ms, p95 {percentile(taken, 0.95):.1f} ms ({times} requests, one client)")


class Watcher(threading.Thread):
    """A teacher who has the board open: reads it whenever an event comes, and notes when each row was first seen."""

    def __init__(self, lesson):
        super().__init__(daemon=True)
        self.lesson, self.seen, self.ready = lesson, {}, threading.Event()

    def run(self):
        connection = http.client.HTTPConnection(HOST, timeout=300)
        connection.request("GET", f"/api/v1/lessons/{self.lesson}/board/events", headers={"Authorization": f"Bearer {TEACHER}"})
        stream, board = connection.getresponse(), Client(TEACHER)
        while line := stream.readline():
            if line.startswith(b"data:"):
                rows = board.call("GET", f"/api/v1/lessons/{self.lesson}/board")["rows"]
                now = time.perf_counter()
                for row in rows:
                    if row.get("submission"):
                        self.seen.setdefault(row["member"]["id"], now)
                self.ready.set()


def at_once(teacher):
    made = teacher.call("POST", "/api/v1/classes", {"name": "At once"})
    with ThreadPoolExecutor(8) as pool:
        people = list(pool.map(student, [f"sender-{number}" for number in range(STUDENTS)]))
    for person in people:
        person.call("POST", "/api/v1/classes/join", {"code": made["join_code"]})
    lesson = teacher.call(
        "POST",
        f"/api/v1/classes/{made['id']}/lessons",
        {"opens_at": instant(-60), "late_after": instant(3000), "closes_at": instant(3600)},
    )["id"]
    watcher = Watcher(lesson)
    watcher.start()
    watcher.ready.wait(10)
    before, begin = memory("VmRSS"), threading.Barrier(STUDENTS)
    highest = [before]
    over = threading.Event()

    def sample():
        while not over.wait(0.05):
            highest[0] = max(highest[0], memory("VmRSS"))

    threading.Thread(target=sample, daemon=True).start()

    def send(number):
        content, person = video(f"sender {number}", MEGABYTES * 1_000_000), people[number]
        begin.wait()
        upload = person.call("POST", "/api/v1/uploads", {"filename": "day.mp4", "size": len(content)})
        put(person, upload, content)
        arrived = time.perf_counter()
        done = person.call("POST", f"/api/v1/lessons/{lesson}/submissions", {"upload": upload["id"], "title": "My day"})
        return done["member"], arrived, time.perf_counter()

    started = time.perf_counter()
    with ThreadPoolExecutor(STUDENTS) as pool:
        sent = list(pool.map(send, range(STUDENTS)))
    took = time.perf_counter() - started
    deadline = time.monotonic() + 10
    while len(watcher.seen) < STUDENTS and time.monotonic() < deadline:
        time.sleep(0.01)
    over.set()
    rows = teacher.call("GET", f"/api/v1/lessons/{lesson}/board")["rows"]
    shown = [row["member"]["id"] for row in rows if row.get("submission")]
    late = [watcher.seen.get(member, float("inf")) - done for member, _, done in sent]
    judged = [done - arrived for _, arrived, done in sent]
    print(f"{STUDENTS} students, {MEGABYTES} MB each: all in {took:.1f} s; {len(shown)} rows, {len(set(shown))} members")
    print(f"  row on the board after its completion: at most {max(max(late), 0):.2f} s (bound: 2 s)")
    print(f"  handing in (examined, signed): p50 {percentile(judged, 0.5) / 1000:.2f} s, highest {max(judged):.2f} s")
    print(f"  server memory: {before:.0f} MiB before, at most {highest[0] - before:.0f} MiB more (bound: 64 MiB)")


def a_year(teacher):
    begins = datetime.date.today() - datetime.timedelta(days=300)
    # A series ends before today; 200 lessons are forty weeks of five days.
    while begins.weekday() != 0:
        begins -= datetime.timedelta(days=1)
    ends = begins + datetime.timedelta(days=40 * 7 - 3)
    details = {"name": "A year", "term_starts": str(begins), "term_ends": str(datetime.date.today())}
    path = f"/api/v1/classes/{teacher.call('POST', '/api/v1/classes', details)['id']}"
    roster = "name,email,number\n" + "".join(f"Student {n},pupil-{n}@school.example,{n}\n" for n in range(40))
    teacher.raw("PUT", f"{path}/roster", roster.encode(), {"Content-Type": "text/csv"})
    days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    series = teacher.call(
        "POST",
        f"{path}/lessons",
        {"date": str(begins), "opens_at": "08:00", "closes_at": "08:15", "repeat": {"weekdays": days, "until": str(ends)}},
    )["series"]
    page = teacher.call("GET", f"{path}/roster?limit=100")["items"]
    members = [member["id"] for member in page]
    for number, lesson in enumerate(series):
        for state, chosen in (("excused", members[number % 7 :: 7]), ("absent", members[number % 11 + 1 :: 11])):
            body = {"members": chosen, "state": state, "reason": "As it was that day"}
            teacher.call("PUT", f"/api/v1/lessons/{lesson['id']}/attendance", body)
    print(f"a class of {len(members)} with {len(series)} lessons, all of them marked")
    last = series[-1]["id"]
    measure("  board", 300, lambda: teacher.raw("GET", f"/api/v1/lessons/{last}/board"))
    measure("  term grid", 100, lambda: teacher.raw("GET", f"{path}/term"))
    measure("  export of a term", 20, lambda: teacher.raw("GET", f"{path}/term.csv"))
    measure("  export of a lesson", 100, lambda: teacher.raw("GET", f"/api/v1/lessons/{last}/export.csv"))
    measure("  calendar of a month", 100, lambda: teacher.raw("GET", f"/api/v1/calendar?month={str(begins)[:7]}"))


def a_list(teacher):
    path = f"/api/v1/classes/{teacher.call('POST', '/api/v1/classes', {'name': 'Everybody'})['id']}/roster"
    lines = (f'"Surname {n}, First";learner-{n}@school.example;{n}\r\n' for n in range(5_000))
    csv = ("Name;E-mail;Student number\r\n" + "".join(lines)).encode()
    kind = {"Content-Type": "text/csv"}
    measure("a roster of 5,000 lines, previewed", 10, lambda: teacher.raw("POST", f"{path}/preview", csv, kind))
    before = time.perf_counter()
    status, _ = teacher.raw("PUT", path, csv, kind)
    print(f"  imported: {status} after {time.perf_counter() - before:.2f} s")


client = Client(TEACHER)
a_list(client)
a_year(client)
at_once(client)
