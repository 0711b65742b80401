"""The same pages and queries in SQLite FTS5: reads what `measure dump COUNT` prints; takes COUNT of the
pages, and the queries of one client."""
import json
import os
import resource
import sqlite3
import statistics
import sys
import tempfile
import time


def processor():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def expression(query):
    """All words, as FTS5 takes them; the last may be a beginning."""
    phrase = query.startswith('"')
    words = query.replace('"', " ").split()
    if phrase:
        return '"' + " ".join(words) + '"'
    return " ".join(f'"{word}"' for word in words) + "*"


CLIENT = 250


def main():
    count = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "fts.db")
        db = sqlite3.connect(path)
        db.execute("pragma journal_mode=wal")
        db.execute("create virtual table page using fts5(text, tokenize='unicode61 remove_diacritics 2')")
        pages, size, queries, spent, batch = 0, 0, [], 0.0, []

        def write():
            nonlocal spent
            used = processor()
            with db:
                db.executemany("insert into page(text) values (?)", batch)
            spent += processor() - used
            batch.clear()

        for line in sys.stdin:
            item = json.loads(line)
            if "query" in item:
                if len(queries) < CLIENT:
                    queries.append((item["kind"], item["query"]))
                continue
            if pages == count:
                continue
            pages += 1
            size += len(item["text"].encode())
            batch.append((item["text"],))
            if len(batch) == 1000:
                write()
        write()
        db.execute("pragma wal_checkpoint(truncate)")
        load = os.getloadavg()[0]
        print(
            f"FTS5: {pages} pages, {size / 1e6:.0f} MB of text; "
            f"{pages / spent:.0f} pages per processor second; load {load}"
        )
        stored = db.execute("select sum(length(cast(c0 as blob))) from page_content").fetchone()[0]
        print(f"FTS5: on disk {(os.path.getsize(path) - stored) / size:.2f} of the text for the index")
        times, empty = [], 0
        used = processor()
        for _, query in queries:
            started = time.perf_counter()
            try:
                sql = "select rowid, bm25(page) from page where page match ? order by rank limit 20"
                rows = db.execute(sql, (expression(query),)).fetchall()
                db.execute("select count(*) from page where page match ?", (expression(query),)).fetchone()
            except sqlite3.OperationalError:
                rows = []
            empty += not rows
            times.append(time.perf_counter() - started)
        times.sort()
        print(
            f"FTS5: one client: p50 {1e3 * statistics.median(times):.1f} ms, "
            f"p95 {1e3 * times[len(times) * 95 // 100]:.1f} ms, "
            f"{1e3 * (processor() - used) / len(times):.1f} ms of processor time for each query; "
            f"{empty} of {len(times)} without an answer"
        )


main()
