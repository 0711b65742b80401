//! How fast the index is with many pages, and how large. The pages are those of the corpus with a
//! part of their words exchanged, and now and then a word that was never there, so that dictionaries
//! grow as they do in life.
use super::Outcome;
use super::corpus::{Document, material, request};
use super::numbers::Numbers;
use super::typing::with_typo;
use homeroom_core::domain::ids::UserId;
use homeroom_core::ports::search_index::{Audience, Change, SearchIndex, Viewer};
use homeroom_search::TantivyIndex;
use std::collections::BTreeMap;
use std::io::Write;
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
/// Of a hundred words.
const EXCHANGED: usize = 20;
const INVENTED: usize = 1;

/// Makes pages.
struct Variation {
    documents: Vec<(Vec<Vec<String>>, Vec<String>)>,
    numbers: Numbers,
    made: usize,
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
            made: 0,
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

    fn change(&mut self, bytes: &mut usize) -> Change {
        let n = self.made;
        self.made += 1;
        let audiences = [
            Audience::School,
            Audience::School,
            Audience::Public,
            Audience::Owner,
        ];
        let document = self.numbers.below(self.documents.len());
        let pages: Vec<String> = (0..PAGES_EACH).map(|_| self.page(document)).collect();
        *bytes += pages.iter().map(String::len).sum::<usize>();
        Change::Replace(Box::new(material(n, audiences[n % 4], pages)))
    }

    /// A few words that stand together on a page.
    fn words(&mut self, count: usize) -> String {
        let document = self.numbers.below(self.documents.len());
        let page = self.numbers.of(&self.documents[document].0).clone();
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

/// Prints figures for so many pages.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub async fn measure(documents: Vec<Document>, count: usize) -> Outcome<()> {
    let dir = tempfile::tempdir()?;
    let index = Arc::new(TantivyIndex::open(dir.path())?);
    let mut variation = Variation::new(&documents, 42);
    let (mut wall, mut processor, mut bytes) = (Duration::ZERO, 0.0, 0);
    for _ in 0..count.div_ceil(PAGES_EACH * TOGETHER) {
        let batch: Vec<Change> = (0..TOGETHER).map(|_| variation.change(&mut bytes)).collect();
        let (started, used) = (Instant::now(), processor_seconds());
        index.apply(batch).await?;
        wall += started.elapsed();
        processor += processor_seconds() - used;
    }
    index.rebuilt().await?;
    let pages = variation.made * PAGES_EACH;
    println!(
        "{pages} pages, {:.0} MB of text; {:.0} pages/s by the clock, {:.0} pages per processor second",
        bytes as f64 / 1e6,
        pages as f64 / wall.as_secs_f64(),
        pages as f64 / processor
    );
    println!("resident memory after indexing {}", resident());
    let busy = Arc::new(AtomicBool::new(true));
    let writing = write_on(&index, variation, &busy);
    query(&index, &documents).await?;
    busy.store(false, Ordering::Relaxed);
    let written = writing.await??;
    println!(
        "{written} pages indexed meanwhile; resident memory {}",
        resident()
    );
    let (stored, all) = size(dir.path())?;
    let share = |size: u64| size as f64 / (bytes as f64 * (pages + written) as f64 / pages as f64);
    println!(
        "on disk {:.2} of the text for the index and {:.2} for the stored text",
        share(all - stored),
        share(stored)
    );
    drop(index);
    let started = Instant::now();
    let index = TantivyIndex::open(dir.path())?;
    println!(
        "opened in {:.1?}, needs rebuild: {}",
        started.elapsed(),
        index.needs_rebuild()
    );
    Ok(())
}

/// Prints the pages, and queries of one client, one JSON object on each line.
pub fn dump(documents: &[Document], count: usize) -> Outcome<()> {
    let mut variation = Variation::new(documents, 42);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for _ in 0..count.div_ceil(PAGES_EACH) {
        let Change::Replace(material) = variation.change(&mut 0) else {
            continue;
        };
        for page in material.pages {
            writeln!(out, "{}", serde_json::json!({"text": page.text}))?;
        }
    }
    let mut asking = Variation::new(documents, 3);
    for n in 0..QUERIES_EACH {
        let (kind, query) = asking.query(n);
        writeln!(out, "{}", serde_json::json!({"kind": kind, "query": query}))?;
    }
    out.flush()?;
    Ok(())
}

/// Indexes more until told to stop.
fn write_on(
    index: &Arc<TantivyIndex>,
    mut variation: Variation,
    busy: &Arc<AtomicBool>,
) -> tokio::task::JoinHandle<Outcome<usize>> {
    let (index, busy) = (Arc::clone(index), Arc::clone(busy));
    tokio::spawn(async move {
        let mut written = 0;
        while busy.load(Ordering::Relaxed) {
            let changes = (0..5).map(|_| variation.change(&mut 0)).collect();
            index.apply(changes).await?;
            written += 5 * PAGES_EACH;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(written)
    })
}

async fn query(index: &Arc<TantivyIndex>, documents: &[Document]) -> Outcome<()> {
    let used = processor_seconds();
    let clients = (0..CLIENTS).map(|client| {
        let index = Arc::clone(index);
        let mut variation = Variation::new(documents, client * 7_919 + 3);
        tokio::spawn(async move {
            let mut times = Vec::new();
            for n in 0..QUERIES_EACH {
                let (kind, text) = variation.query(n + client);
                let viewer = Viewer::User(UserId::new(Uuid::from_u128(n.into())));
                let started = Instant::now();
                let found = index.find(&request(&text, viewer)).await;
                times.push((kind, started.elapsed()));
                assert!(found.is_ok());
            }
            times
        })
    });
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for client in clients.collect::<Vec<_>>() {
        for (kind, time) in client.await? {
            times.entry(kind).or_default().push(time);
            times.entry("all").or_default().push(time);
        }
    }
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
        "{:.1} ms of processor time for each query, with what was indexed meanwhile",
        1e3 * (processor_seconds() - used) / f64::from(u32::try_from(CLIENTS * QUERIES_EACH)?)
    );
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
