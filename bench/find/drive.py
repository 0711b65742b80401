"""Shares documents, waits until they can be found, and asks for their pages.

  drive.py SERVER TOKEN DIR [SECTION…]

DIR/manifest.csv names the documents (column `path`), DIR/queries.csv what to ask: `query`, `expected_file`,
`unit_number` (the right page, where there is one) and `lang`. SECTIONs, all unless named: quality, typos, rate, fresh, scans.
"""
import collections
import csv
import http.client
import json
import pathlib
import random
import re
import sys
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from threading import local

server, token, corpus = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
sections = sys.argv[4:] or ["fresh", "quality", "typos", "rate", "scans"]
address = urllib.parse.urlsplit(server)
connections = local()


def ask(method, path, body=None, headers=None):
    """One request on this thread's connection; the answer's JSON."""
    if not hasattr(connections, "one"):
        connections.one = http.client.HTTPConnection(address.hostname, address.port, timeout=120)
    headers = dict(headers or {})
    if path.startswith("/api"):
        headers["authorization"] = f"Bearer {token}"
        if body is not None:
            body, headers["content-type"] = json.dumps(body), "application/json"
    connections.one.request(method, path, body, headers)
    answer = connections.one.getresponse()
    content = answer.read()
    if answer.status >= 400:
        raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
    return json.loads(content) if content.startswith(b"{") else None


def share(name, content):
    """Takes one file through create, PUT and complete; its material."""
    upload = ask("POST", "/api/v1/uploads", {"filename": name, "size": len(content)})
    for part in upload["parts"]:
        url = urllib.parse.urlsplit(part["url"])
        start = part["offset"]
        ask("PUT", f"{url.path}?{url.query}", content[start : start + part["size"]], part["headers"])
    return ask("POST", f"/api/v1/uploads/{upload['id']}/complete", {})


def settled(material, pause=0.02):
    """The material once it was read; looked at again after so many seconds."""
    while True:
        now = ask("GET", f"/api/v1/materials/{material['id']}")
        if now["status"] != "processing":
            return now
        time.sleep(pause)


def fetch(path):
    """The bytes behind a path of the API."""
    if not hasattr(connections, "one"):
        connections.one = http.client.HTTPConnection(address.hostname, address.port, timeout=120)
    connections.one.request("GET", path, None, {"authorization": f"Bearer {token}"})
    answer = connections.one.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"GET {path}: {answer.status}")
    return content


def words(text):
    """How often each word stands in a text, without case and punctuation."""
    return collections.Counter(re.findall(r"\w+", text.casefold()))


def recognised(picture, name):
    """What is read from a picture alone, and how long after its upload."""
    material = share(name, picture)
    began = time.perf_counter()
    settled(material)
    while "progress" in ask("GET", f"/api/v1/materials/{material['id']}"):
        time.sleep(0.1)
    took = time.perf_counter() - began
    page = ask("GET", f"/api/v1/materials/{material['id']}/pages/1")
    return page["text"], took


def search(query):
    return ask("GET", "/api/v1/search?" + urllib.parse.urlencode({"q": query, "limit": 10}))


def mistyped(query, random):
    """The query with one letter of one word of six letters or more changed; None where there is none."""
    words = query.split()
    places = [place for place, word in enumerate(words) if len(word) >= 6 and word.isalpha()]
    if not places:
        return None
    place = random.choice(places)
    word = words[place]
    at = random.randrange(1, len(word) - 1)
    other = random.choice(word)
    words[place] = random.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + other + word[at:],
            word[:at] + other + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )
    return " ".join(words) if words[place] != word else None


class Score:
    """How often the right file came first and among three, by language."""

    def __init__(self):
        self.rows = collections.defaultdict(lambda: [0, 0, 0, 0, 0])

    def add(self, row, hits, ids, seconds):
        expected = ids[row["expected_file"]]
        place = next((n for n, hit in enumerate(hits) if hit["material"]["id"] == expected), 99)
        score = self.rows[row["lang"]]
        score[0] += 1
        score[1] += place == 0
        score[2] += place < 3
        if row["unit_number"] and place < 99:
            score[3] += 1
            score[4] += hits[place]["page"] == int(row["unit_number"])
        times.append(seconds)

    def print(self, what):
        whole = [sum(row[n] for row in self.rows.values()) for n in range(5)]
        pages = f", right page {whole[4]}/{whole[3]}" if whole[3] else ""
        print(f"{what}: {whole[0]} queries, first {whole[1] / whole[0]:.3f}, top 3 {whole[2] / whole[0]:.3f}{pages}")
        weak = [f"{lang} {row[2]}/{row[0]}" for lang, row in sorted(self.rows.items()) if row[2] < row[0]]
        print("   below all in top 3: " + (", ".join(weak) or "none"))


documents = [row for row in csv.DictReader(open(corpus / "manifest.csv")) if (corpus / row["path"]).is_file()]
queries = list(csv.DictReader(open(corpus / "queries.csv")))
names = {row["path"]: pathlib.PurePath(row["path"]).name for row in documents}
ids, times = {}, []

with ThreadPoolExecutor(8) as pool:
    if "quality" in sections or "typos" in sections:
        small = [row for row in documents if not row["path"].startswith("malformed/")]
        shared = pool.map(lambda row: share(names[row["path"]], (corpus / row["path"]).read_bytes()), small)
        materials = list(pool.map(settled, list(shared)))
        ids = {row["path"]: material["id"] for row, material in zip(small, materials)}
        failed = [f"{m['filename']} ({m['reason']})" for m in materials if m["status"] == "failed"]
        print(f"{len(materials)} documents shared, failed: {', '.join(failed) or 'none'}")
        queries = [row for row in queries if row["expected_file"] in ids]

if "quality" in sections:
    score = Score()
    for row in queries:
        began = time.perf_counter()
        hits = search(row["query"])["hits"]
        score.add(row, hits, ids, time.perf_counter() - began)
        if not hits or hits[0]["material"]["id"] != ids[row["expected_file"]]:
            print(f"   not first: {row['query']!r} in {row['expected_file']}")
    score.print("as they stand")
if "typos" in sections:
    score = Score()
    for seed in range(5):
        chance = random.Random(seed)
        for row in queries:
            if query := mistyped(row["query"], chance):
                began = time.perf_counter()
                hits = search(query)["hits"]
                score.add(row, hits, ids, time.perf_counter() - began)
    score.print("with one typo")
if times:
    times.sort()
    print(f"a search: p50 {times[len(times) // 2] * 1000:.1f} ms, p95 {times[len(times) * 95 // 100] * 1000:.1f} ms")

if "fresh" in sections:
    counted = [row for row in documents if row["path"].endswith(".pdf") and row["pages"].isdigit()]
    row = min(counted, key=lambda row: abs(int(row["pages"]) - 40))
    content = (corpus / row["path"]).read_bytes()
    took = []
    for n in range(3):
        material = share(f"fresh{n}-{names[row['path']]}", content)
        began = time.perf_counter()
        settled(material)
        took.append(time.perf_counter() - began)
    print(f"{row['pages']} pages of {names[row['path']]} found after {min(took):.2f}–{max(took):.2f} s")

if "rate" in sections:
    sound = [row for row in documents if row["path"].startswith(("docs/", "multilingual/"))]
    files = [(f"{n}-{names[row['path']]}", corpus / row["path"]) for n in range(1000) for row in [sound[n % len(sound)]]]
    with ThreadPoolExecutor(8) as pool:
        began = time.perf_counter()
        shared = list(pool.map(lambda file: share(file[0], file[1].read_bytes()), files))
        sent = time.perf_counter() - began
        # Asking all the time would be a tenth of the work.
        read = pool.map(lambda material: settled(material, 0.1), shared)
        states = collections.Counter(material["status"] for material in read)
        took = time.perf_counter() - began
    pages = sum(ask("GET", f"/api/v1/materials/{material['id']}")["pages"] for material in shared[: len(sound)])
    print(f"{len(files)} documents ({dict(states)}, about {pages * len(files) // len(sound)} pages): all sent after {sent:.1f} s, all found after {took:.1f} s, {len(files) / took:.1f}/s")

if "scans" in sections:
    # A printed page of each PDF is drawn, as a scanner would see it, and shared as a picture.
    printed = [row for row in documents if row["path"].endswith(".pdf") and row["lang"] in ("en", "de", "he", "ar") and row["path"].startswith(("docs/", "multilingual/"))]
    found, expected, longest = collections.Counter(), collections.Counter(), 0
    for row in printed:
        material = settled(share(f"print-{names[row['path']]}", (corpus / row["path"]).read_bytes()))
        if material["status"] != "ready" or "notice" in material:
            continue
        number = min(3, material["pages"])
        path = f"/api/v1/materials/{material['id']}/pages/{number}"
        right = words(ask("GET", path)["text"])
        if sum(right.values()) < 50:
            continue
        text, took = recognised(fetch(f"{path}/image"), f"scan-{names[row['path']]}.jpg")
        read, longest = words(text), max(longest, took)
        hits = sum(min(count, read[word]) for word, count in right.items())
        found[row["lang"]] += hits
        expected[row["lang"]] += sum(right.values())
        print(f"   {names[row['path']]}, page {number}: {hits} of {sum(right.values())} words after {took:.1f} s")
    shares = ", ".join(f"{lang} {found[lang] / expected[lang]:.3f}" for lang in sorted(expected))
    print(f"words read from pictures of pages: {sum(found.values()) / sum(expected.values()):.3f} ({shares}); slowest {longest:.1f} s")
