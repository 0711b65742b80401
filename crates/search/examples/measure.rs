//! Measures the index: `measure pages [COUNT]` with made-up pages, and `measure corpus` with the
//! documents and queries below `$HOMEROOM_CORPUS`. Run it in release.
use homeroom_core::domain::ids::{MaterialId, UserId};
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::material::RatingSummary;
use homeroom_core::ports::search_index::{
    Audience, Change, Filter, FindRequest, FindSort, IndexedMaterial, IndexedPage, SearchIndex, Viewer,
};
use homeroom_search::TantivyIndex;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const PAGES_EACH: usize = 20;
const WORDS_EACH: usize = 250;
const CLIENTS: u64 = 8;
const QUERIES_EACH: u64 = 250;

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("corpus") => corpus(Path::new(&std::env::var("HOMEROOM_CORPUS")?)).await,
        _ => pages(arguments.get(1).map_or(Ok(100_000), |count| count.parse())?).await,
    }
}

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Small numbers often, large ones rarely, as words are in a language.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    fn zipf(&mut self, count: usize) -> usize {
        let uniform = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        ((count as f64).powf(uniform) - 1.0) as usize
    }
}

fn vocabulary() -> Vec<String> {
    let syllables = [
        "ka", "lo", "mi", "ter", "on", "sta", "ve", "ri", "pla", "nu", "es", "do", "ing", "gra", "phe", "tu",
    ];
    let mut numbers = Numbers(7);
    let mut word = || -> String {
        let length = 2 + numbers.next() % 3;
        (0..length)
            .map(|_| syllables[usize::try_from(numbers.next() % 16).unwrap_or(0)])
            .collect()
    };
    (0..50_000).map(|_| word()).collect()
}

fn material(n: usize, title: String, pages: Vec<IndexedPage>) -> IndexedMaterial {
    IndexedMaterial {
        id: MaterialId::new(Uuid::from_u128(
            (n as u128 + 1) << 64 | (n as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15),
        )),
        owner: UserId::new(Uuid::from_u128(n as u128 % 50)),
        audience: [
            Audience::School,
            Audience::School,
            Audience::Public,
            Audience::Owner,
        ][n % 4],
        title,
        description: String::new(),
        uploader_name: "Somebody".to_owned(),
        subject: Some(format!("subject{}", n % 12)),
        grade: u8::try_from(7 + n % 6).ok(),
        course: None,
        tags: Vec::new(),
        language: Some("en".to_owned()),
        kind: Kind::Pdf,
        created_at: jiff::Timestamp::UNIX_EPOCH,
        rating: RatingSummary::default(),
        fingerprint: 0,
        pages,
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
async fn pages(count: usize) -> Outcome<()> {
    let dir = tempfile::tempdir()?;
    let index = Arc::new(TantivyIndex::open(dir.path())?);
    let words = Arc::new(vocabulary());
    let mut numbers = Numbers(42);
    let mut indexing = Duration::ZERO;
    let mut batch = Vec::new();
    for n in 0..count / PAGES_EACH {
        let mut text = |length| {
            (0..length)
                .map(|_| words[numbers.zipf(words.len())].as_str())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let pages = (1..)
            .take(PAGES_EACH)
            .map(|page| IndexedPage::plain(page, text(WORDS_EACH)))
            .collect();
        batch.push(Change::Replace(Box::new(material(n, text(4), pages))));
        if batch.len() == 50 {
            let started = Instant::now();
            index.apply(std::mem::take(&mut batch)).await?;
            indexing += started.elapsed();
        }
    }
    index.apply(batch).await?;
    index.rebuilt().await?;
    println!(
        "{count} pages indexed in {indexing:.1?}, {:.0} pages/s",
        count as f64 / indexing.as_secs_f64()
    );
    println!("{:.0} MB on disk", size(dir.path())? as f64 / 1e6);
    query(&index, &words).await?;
    drop(index);
    let started = Instant::now();
    let index = TantivyIndex::open(dir.path())?;
    println!(
        "opened in {:.1?}, needs rebuild: {}",
        started.elapsed(),
        index.needs_rebuild()
    );
    let started = Instant::now();
    let findings = index.examine().await;
    println!("examined in {:.1?}: {findings:?}", started.elapsed());
    println!("resident memory {} ", resident());
    Ok(())
}

async fn query(index: &Arc<TantivyIndex>, words: &Arc<Vec<String>>) -> Outcome<()> {
    let clients = (0..CLIENTS).map(|client| {
        let (index, words) = (Arc::clone(index), Arc::clone(words));
        tokio::spawn(async move {
            let mut numbers = Numbers(client * 7_919 + 3);
            let mut times = Vec::new();
            for n in 0..QUERIES_EACH {
                let mut word = || words[numbers.zipf(words.len())].clone();
                let (kind, text) = match n % 6 {
                    0 => ("one word", word()),
                    1 => ("two words", format!("{} {}", word(), word())),
                    2 => ("three words", format!("{} {} {}", word(), word(), word())),
                    3 => ("a beginning", word().chars().take(4).collect()),
                    4 => ("200 words", (0..200).map(|_| word() + " ").collect()),
                    _ => ("a typo", word().replacen('t', "q", 1).replacen('o', "w", 1)),
                };
                let request = FindRequest {
                    text,
                    viewer: Viewer::User(UserId::new(Uuid::from_u128(n.into()))),
                    filter: Filter::default(),
                    sort: FindSort::Relevance,
                    limit: 20,
                    offset: 0,
                };
                let started = Instant::now();
                let found = index.find(&request).await;
                times.push((kind, started.elapsed()));
                assert!(found.is_ok());
            }
            times
        })
    });
    let mut times: HashMap<&str, Vec<Duration>> = HashMap::new();
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
    Ok(())
}

fn size(dir: &Path) -> Outcome<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() {
            size(&entry.path())?
        } else {
            metadata.len()
        };
    }
    Ok(bytes)
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap_or("unknown")
        .to_owned()
}

/// The columns of a line, with quotes taken off.
fn columns(line: &str) -> Vec<String> {
    let mut columns = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => columns.push(String::new()),
            other => columns
                .last_mut()
                .into_iter()
                .for_each(|column| column.push(other)),
        }
    }
    columns
}

async fn corpus(root: &Path) -> Outcome<()> {
    let dir = tempfile::tempdir()?;
    let index = TantivyIndex::open(dir.path())?;
    let mut files = HashMap::new();
    for (n, line) in std::fs::read_to_string(root.join("truth/index.csv"))?
        .lines()
        .skip(1)
        .enumerate()
    {
        let columns = columns(line);
        let text = std::fs::read_to_string(root.join(format!("truth/{}.txt", columns[0])))?;
        let pages = (1..)
            .zip(text.split('\u{c}'))
            .map(|(number, text)| IndexedPage::plain(number, text.to_owned()))
            .collect();
        let material = IndexedMaterial {
            language: None,
            audience: Audience::Public,
            ..material(n, format!("Document {n}"), pages)
        };
        files.insert(columns[1].clone(), material.id);
        index.apply(vec![Change::Replace(Box::new(material))]).await?;
    }
    let (mut asked, mut first, mut third, mut paged, mut right) = (0, 0, 0, 0, 0);
    for line in std::fs::read_to_string(root.join("queries.csv"))?.lines().skip(1) {
        let columns = columns(line);
        let Some(expected) = files.get(&columns[1]) else {
            continue;
        };
        asked += 1;
        let request = FindRequest {
            text: columns[0].clone(),
            viewer: Viewer::Anonymous,
            filter: Filter::default(),
            sort: FindSort::Relevance,
            limit: 20,
            offset: 0,
        };
        let found = index.find(&request).await?;
        let place = found.hits.iter().position(|hit| hit.material == *expected);
        first += usize::from(place == Some(0));
        third += usize::from(place.is_some_and(|place| place < 3));
        if let Ok(page) = columns[4].parse::<u32>() {
            paged += 1;
            let hit = place.map(|place| &found.hits[place]);
            let is_right = hit.is_some_and(|hit| hit.page == page);
            right += usize::from(is_right);
            if !is_right {
                println!(
                    "  page {page} but {:?} {:?}: {}",
                    hit.map(|hit| hit.page),
                    hit.map(|hit| &hit.also),
                    columns[0]
                );
            }
        }
        if place != Some(0) {
            println!("  place {place:?}: {}", columns[0]);
        }
    }
    println!("{asked} queries: first {first}, in the first three {third}; right page {right} of {paged}");
    Ok(())
}
