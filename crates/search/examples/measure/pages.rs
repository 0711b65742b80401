//! How fast the index is with many pages, and how large. The pages are those of the corpus with a
//! part of their words exchanged, and now and then a word that was never there, so that dictionaries
//! grow as they do in life.
use super::Outcome;
use super::corpus::{Document, material, request};
use super::hostile;
use super::numbers::Numbers;
use super::typing::with_typo;
use homeroom_core::domain::ids::UserId;
use homeroom_core::ports::search_index::{Audience, Change, SearchIndex, Viewer};
use homeroom_search::TantivyIndex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

const PAGES_EACH: usize = 20;
/// Materials of one call.
const TOGETHER: usize = 50;
const CLIENTS: u64 = 8;
const QUERIES_EACH: u64 = 250;
/// Materials for writing while clients ask.
const MEANWHILE: usize = 1_500;
const AUDIENCES: [Audience; 4] = [
    Audience::School,
    Audience::School,
    Audience::Public,
    Audience::Owner,
];
/// Of a hundred words.
const EXCHANGED: usize = 20;
const INVENTED: usize = 1;

/// Makes pages.
struct Variation {
    documents: Vec<(Vec<Vec<String>>, Vec<String>)>,
    numbers: Numbers,
}

impl Variation {
    fn new(documents: &[Document], seed: u64) -> Self {
        let words = |page: &String| -> Vec<String> { page.split_whitespace().map(str::to_owned).collect() };
        let documents = documents.iter().map(|document| {
            let pages: Vec<Vec<String>> = document
                .pages
                .iter()
                .map(words)
                .filter(|page| page.len() > 20)
                .collect();
            let all = pages.iter().flatten().cloned().collect();
            (pages, all)
        });
        Self {
            documents: documents.filter(|(pages, _)| !pages.is_empty()).collect(),
            numbers: Numbers(seed),
        }
    }

    fn page(&mut self, document: usize) -> String {
        let (pages, all) = &self.documents[document];
        let page = self.numbers.of(pages);
        let mut text = String::with_capacity(page.len() * 8);
        for (at, word) in page.iter().enumerate() {
            match self.numbers.below(100) {
                chance if chance < INVENTED => {
                    let letters = ["ba", "ne", "ko", "ti", "ru", "la"];
                    text.push_str(word);
                    text.push_str(self.numbers.of::<&str>(&letters));
                    text.push_str(self.numbers.of::<&str>(&letters));
                }
                chance if chance < INVENTED + EXCHANGED => text.push_str(self.numbers.of::<String>(all)),
                _ => text.push_str(word),
            }
            text.push(if at % 12 == 11 { '\n' } else { ' ' });
        }
        text
    }

    /// The pages of one material.
    fn pages(&mut self) -> Vec<String> {
        let document = self.numbers.below(self.documents.len());
        (0..PAGES_EACH).map(|_| self.page(document)).collect()
    }

    /// A few words that stand together on a page.
    fn words(&mut self, count: usize) -> String {
        let document = self.numbers.below(self.documents.len());
        let page = self.numbers.of(&self.documents[document].0);
        let from = self.numbers.below(page.len().saturating_sub(count).max(1));
        page[from..page.len().min(from + count)].join(" ")
    }

    fn query(&mut self, n: u64) -> (&'static str, String) {
        match n % 8 {
            0 => ("one word", self.words(1)),
            1 => ("two words", self.words(2)),
            2 | 3 => ("three words", self.words(3)),
            4 => ("five words", self.words(5)),
            5 => {
                let words = self.words(2);
                let cut = words.chars().count().saturating_sub(2).max(3);
                ("a beginning", words.chars().take(cut).collect())
            }
            6 => ("a phrase", format!("\"{}\"", self.words(3).replace('"', ""))),
            _ => {
                let words = self.words(3);
                let typed = with_typo(&words, &mut self.numbers);
                ("a typo", typed.unwrap_or(words))
            }
        }
    }
}

/// What another process prints by `measure dump`, one JSON object on each line.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Page { material: usize, text: String },
    Query { kind: String, query: String },
}

/// Prints figures for so many pages. They are made by another process, so that the memory and the
/// processor time here are those of the index, but for taking the pages in.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub async fn measure(count: usize, kept: Option<&Path>) -> Outcome<()> {
    let passing = tempfile::tempdir()?;
    let dir = kept.unwrap_or(passing.path());
    let there = dir.join("state.json").exists();
    let index = Arc::new(TantivyIndex::open(dir)?);
    if there && !index.needs_rebuild() {
        let (written, queries) = Source::open("more", count)?.rest(0)?;
        ask_alone(&index, &queries).await?;
        ask_while_writing(&index, written, &queries).await?;
        return hostile(&index).await;
    }
    let mut source = Source::open("dump", count)?;
    let (mut wall, mut processor, mut bytes, mut pages) = (Duration::ZERO, 0.0, 0, 0);
    while pages < count {
        let batch = source.changes(TOGETHER, &mut bytes)?;
        pages += batch.len() * PAGES_EACH;
        let (started, used) = (Instant::now(), processor_seconds());
        index.apply(batch).await?;
        wall += started.elapsed();
        processor += processor_seconds() - used;
    }
    index.rebuilt().await?;
    println!(
        "{pages} pages, {:.0} MB of text; {:.0} pages/s by the clock, {:.0} pages per processor second; load {}",
        bytes as f64 / 1e6,
        pages as f64 / wall.as_secs_f64(),
        pages as f64 / processor,
        load()
    );
    println!("resident memory after indexing {}", resident());
    let (written, queries) = source.rest(bytes)?;
    println!(
        "resident memory before queries, with {} MB of pages to come {}",
        written.bytes / 1_000_000,
        resident()
    );
    let meanwhile = ask_while_writing(&index, written, &queries).await?;
    hostile(&index).await?;
    let (stored, all) = size(dir)?;
    let share = |size: u64| size as f64 / (bytes as f64 * (pages + meanwhile) as f64 / pages as f64);
    println!(
        "on disk {:.2} of the text for the index and {:.2} for the stored text",
        share(all - stored),
        share(stored)
    );
    drop(index);
    let started = Instant::now();
    let index = TantivyIndex::open(dir)?;
    println!(
        "opened in {:.1?}, needs rebuild: {}",
        started.elapsed(),
        index.needs_rebuild()
    );
    Ok(())
}

/// Prints how fast queries are answered while more is indexed; gives how many pages that were.
async fn ask_while_writing(
    index: &Arc<TantivyIndex>,
    written: Meanwhile,
    queries: &[(String, String)],
) -> Outcome<usize> {
    let busy = Arc::new(AtomicBool::new(true));
    let writing = write_on(index, written.changes, &busy);
    ask(index, queries).await?;
    busy.store(false, Ordering::Relaxed);
    let meanwhile = writing.await??;
    println!(
        "{meanwhile} pages indexed meanwhile; resident memory {}; load {}",
        resident(),
        load()
    );
    Ok(meanwhile)
}

/// Prints the pages, those that are written while clients ask, and the queries of each client.
pub fn dump(documents: &[Document], count: usize) -> Outcome<()> {
    print(documents, 42, 0..count.div_ceil(PAGES_EACH) + MEANWHILE)
}

/// The same without the pages of an index that is there.
pub fn dump_more(documents: &[Document], count: usize) -> Outcome<()> {
    let before = count.div_ceil(PAGES_EACH) + MEANWHILE;
    print(documents, 43, before..before + MEANWHILE)
}

fn print(documents: &[Document], seed: u64, materials: Range<usize>) -> Outcome<()> {
    let mut variation = Variation::new(documents, seed);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for material in materials {
        for text in variation.pages() {
            serde_json::to_writer(&mut out, &Line::Page { material, text })?;
            out.write_all(b"\n")?;
        }
    }
    for client in 0..CLIENTS {
        let mut asking = Variation::new(documents, client * 7_919 + 3);
        for n in 0..QUERIES_EACH {
            let (kind, query) = asking.query(n + client);
            let kind = kind.to_owned();
            serde_json::to_writer(&mut out, &Line::Query { kind, query })?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(())
}

/// Lines of the process that makes pages and queries.
struct Source {
    lines: std::io::Lines<std::io::BufReader<std::process::ChildStdout>>,
    next: Option<Line>,
    process: std::process::Child,
}

/// What is written while clients ask.
struct Meanwhile {
    changes: Vec<Change>,
    bytes: usize,
}

impl Source {
    fn open(what: &str, count: usize) -> Outcome<Self> {
        let mut process = std::process::Command::new(std::env::current_exe()?)
            .args([what, &count.to_string()])
            .stdout(std::process::Stdio::piped())
            .spawn()?;
        let out = process.stdout.take().ok_or("no output")?;
        let mut source = Self {
            lines: std::io::BufReader::new(out).lines(),
            next: None,
            process,
        };
        source.advance()?;
        Ok(source)
    }

    fn advance(&mut self) -> Outcome<Option<Line>> {
        let next = self.lines.next().transpose()?;
        let next = next.map(|line| serde_json::from_str(&line)).transpose()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    /// The next materials, at most so many.
    fn changes(&mut self, most: usize, bytes: &mut usize) -> Outcome<Vec<Change>> {
        let mut changes = Vec::new();
        while changes.len() < most
            && let Some(Line::Page { material: n, .. }) = self.next
        {
            let mut pages = Vec::with_capacity(PAGES_EACH);
            while matches!(self.next, Some(Line::Page { material, .. }) if material == n) {
                if let Some(Line::Page { text, .. }) = self.advance()? {
                    *bytes += text.len();
                    pages.push(text);
                }
            }
            let audience = AUDIENCES[n % AUDIENCES.len()];
            changes.push(Change::Replace(Box::new(material(n, audience, pages))));
        }
        Ok(changes)
    }

    /// What is left: pages that are written while clients ask, and queries.
    fn rest(mut self, before: usize) -> Outcome<(Meanwhile, Vec<(String, String)>)> {
        let mut bytes = before;
        let changes = self.changes(usize::MAX, &mut bytes)?;
        let mut queries = Vec::new();
        while let Some(Line::Query { kind, query }) = self.advance()? {
            queries.push((kind, query));
        }
        self.process.wait()?;
        let bytes = bytes - before;
        Ok((Meanwhile { changes, bytes }, queries))
    }
}

/// Indexes more until told to stop.
fn write_on(
    index: &Arc<TantivyIndex>,
    changes: Vec<Change>,
    busy: &Arc<AtomicBool>,
) -> tokio::task::JoinHandle<Outcome<usize>> {
    let (index, busy) = (Arc::clone(index), Arc::clone(busy));
    tokio::spawn(async move {
        let mut written = 0;
        let mut changes = changes.into_iter();
        while busy.load(Ordering::Relaxed) {
            let some: Vec<Change> = changes.by_ref().take(5).collect();
            if some.is_empty() {
                break;
            }
            written += some.len() * PAGES_EACH;
            index.apply(some).await?;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(written)
    })
}

async fn ask(index: &Arc<TantivyIndex>, queries: &[(String, String)]) -> Outcome<()> {
    let used = processor_seconds();
    let started = Instant::now();
    let each = usize::try_from(QUERIES_EACH)?;
    let clients = queries.chunks(each).map(|queries| {
        let index = Arc::clone(index);
        let queries = queries.to_vec();
        tokio::spawn(async move {
            let mut times = Vec::new();
            let mut empty = 0;
            for (n, (kind, text)) in (0_u128..).zip(queries) {
                let viewer = Viewer::User(UserId::new(Uuid::from_u128(n)));
                let started = Instant::now();
                let found = index.find(&request(&text, viewer)).await;
                times.push((kind, started.elapsed()));
                empty += usize::from(found.is_ok_and(|found| found.total == 0));
            }
            (times, empty)
        })
    });
    let mut times: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    let mut without = 0;
    for client in clients.collect::<Vec<_>>() {
        let (asked, empty) = client.await?;
        without += empty;
        for (kind, time) in asked {
            times.entry(kind).or_default().push(time);
            times.entry("all".to_owned()).or_default().push(time);
        }
    }
    let wall = started.elapsed();
    for (kind, mut times) in times {
        times.sort_unstable();
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
        println!(
            "{kind}: p50 {:.1?}, p95 {:.1?}, worst {:.1?}",
            at(50),
            at(95),
            at(100)
        );
    }
    println!(
        "{:.2} ms of processor time for each query, with what was indexed meanwhile; {:.0} queries/s; {without} of {} without an answer",
        1e3 * (processor_seconds() - used) / f64::from(u32::try_from(queries.len())?),
        f64::from(u32::try_from(queries.len())?) / wall.as_secs_f64(),
        queries.len()
    );
    Ok(())
}

/// One query at a time, while nothing is written; the best of three times counts, since others use the machine too.
async fn ask_alone(index: &TantivyIndex, queries: &[(String, String)]) -> Outcome<()> {
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for (kind, text) in queries {
        let mut best = Duration::MAX;
        for _ in 0..3 {
            let started = Instant::now();
            index
                .find(&request(text, Viewer::User(UserId::new(Uuid::nil()))))
                .await?;
            best = best.min(started.elapsed());
        }
        times.entry(kind).or_default().push(best);
        times.entry("all").or_default().push(best);
    }
    for (kind, mut times) in times {
        times.sort_unstable();
        let all: Duration = times.iter().sum();
        println!(
            "{kind}, alone: mean {:.2?}, p50 {:.2?}, p95 {:.2?}",
            all / u32::try_from(times.len())?,
            times[times.len() / 2],
            times[times.len() * 95 / 100]
        );
    }
    Ok(())
}

/// Queries that nobody means well with, one at a time; each is asked three times, and the best time
/// counts, since others use the machine too.
async fn hostile(index: &Arc<TantivyIndex>) -> Outcome<()> {
    let mut slowest: Vec<(Duration, String)> = Vec::new();
    for (name, text) in hostile::queries() {
        let mut best = Duration::MAX;
        for _ in 0..3 {
            let started = Instant::now();
            let found = index.find(&request(&text, Viewer::Anonymous)).await;
            best = best.min(started.elapsed());
            assert!(found.is_ok(), "{name}");
        }
        slowest.push((best, name));
    }
    slowest.sort_unstable();
    slowest.reverse();
    println!("hostile queries, slowest of {} first:", slowest.len());
    for (time, name) in slowest.iter().take(6) {
        println!("  {name}: {time:.1?}");
    }
    Ok(())
}

/// Bytes of stored texts, and of all.
fn size(dir: &Path) -> Outcome<(u64, u64)> {
    let (mut stored, mut all) = (0, 0);
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            let inside = size(&entry.path())?;
            stored += inside.0;
            all += inside.1;
        } else {
            all += metadata.len();
            if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "store")
            {
                stored += metadata.len();
            }
        }
    }
    Ok((stored, all))
}

/// Of all threads, in user and system mode.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.unwrap_or_default()
            .split_whitespace()
            .skip(1)
            .collect::<Vec<_>>()
            .join(" ")
    };
    format!("{} (of it {} not of files)", line("VmRSS"), line("RssAnon"))
}

/// The machine's load of the last minute.
fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or_default().to_owned()
}
