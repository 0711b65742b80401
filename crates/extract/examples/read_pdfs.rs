//! Measures what the extractor makes of PDFs, beside `pdftotext`: right words, right order, speed.
//!
//! `read_pdfs right CORPUS` compares with the corpus' reference text; `read_pdfs fast FILE…` times both
//! programs; `read_pdfs show FILE` prints a file's text. See `bench/extract/run`.
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{ExtractError, Extraction};
use homeroom_extract::{ExtractorConfig, ProcessExtractor};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use unicode_normalization::UnicodeNormalization;

/// As in the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The hidden argument that makes this program the extractor's child.
const CHILD: &str = "extract-child";
/// How often each program reads each file when timed; processor time is counted in hundredths.
const ROUNDS: u32 = 10;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [CHILD, ..] => return homeroom_extract::child_main(),
        ["right", corpus] => compare_all(Path::new(corpus)),
        ["fast", files @ ..] => time_all(files),
        ["show", file] => show(Path::new(file)),
        _ => {
            eprintln!("usage: read_pdfs right CORPUS | fast FILE… | show FILE");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn extract(file: &Path) -> Result<Extraction, ExtractError> {
    let program = std::env::current_exe().expect("this program has a path");
    let extractor = ProcessExtractor::new(ExtractorConfig::new(program, CHILD));
    let name = file.to_string_lossy().into_owned();
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime without threads starts")
        .block_on(extractor.extract(file, &name, &|_| {}))
}

fn show(file: &Path) {
    match extract(file) {
        Ok(found) => {
            let text: Vec<String> = found.pages.into_iter().map(|page| page.text).collect();
            println!("{}", text.join("\n\u{C}"));
        }
        Err(error) => println!("{error}"),
    }
}

/// One line for each PDF of the corpus with at least 20 words, and the means.
fn compare_all(corpus: &Path) {
    let index = std::fs::read_to_string(corpus.join("truth/index.csv")).expect("truth/index.csv is there");
    let mut scores = Vec::new();
    println!("recall  order   pairs   words   file");
    for line in index.lines().skip(1) {
        let mut fields = line.split(',');
        let (Some(hash), Some(path)) = (fields.next(), fields.next()) else {
            continue;
        };
        if Path::new(path)
            .extension()
            .is_none_or(|extension| extension != "pdf")
        {
            continue;
        }
        let truth = std::fs::read_to_string(corpus.join(format!("truth/{hash}.txt"))).unwrap_or_default();
        let expected = words(&truth);
        if expected.len() < 20 {
            continue;
        }
        let found = match extract(&corpus.join(path)) {
            Ok(found) => {
                let text: Vec<String> = found.pages.into_iter().map(|page| page.text).collect();
                words(&text.join("\n"))
            }
            Err(error) => {
                println!("{path}: {error}");
                Vec::new()
            }
        };
        let score = [
            recall(&expected, &found),
            in_order(&expected, &found),
            pairs(&truth, &found),
        ];
        let [recall, order, pairs] = score;
        println!(
            "{recall:.4}  {order:.4}  {pairs:.4}  {:6}  {path}",
            expected.len()
        );
        scores.push(score);
    }
    let mean = |place: usize| scores.iter().map(|score| score[place]).sum::<f64>() / ratio(scores.len(), 1);
    println!(
        "{:.4}  {:.4}  {:.4}  mean of {} files",
        mean(0),
        mean(1),
        mean(2),
        scores.len()
    );
}

/// Letters and digits between anything else, folded; scripts that part no words count by the letter.
fn words(text: &str) -> Vec<String> {
    let folded = text.nfkc().collect::<String>().to_lowercase();
    let mut words = Vec::new();
    for word in folded.split(|c: char| !c.is_alphanumeric()) {
        if word.chars().any(is_written_without_spaces) {
            words.extend(word.chars().map(String::from));
        } else if !word.is_empty() {
            words.push(word.to_owned());
        }
    }
    words
}

fn is_written_without_spaces(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..)
}

/// The share of the expected words that were found anywhere.
fn recall(expected: &[String], found: &[String]) -> f64 {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for word in found {
        *left.entry(word).or_default() += 1;
    }
    let hits = expected
        .iter()
        .filter(|word| match left.get_mut(word.as_str()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        })
        .count();
    ratio(hits, expected.len())
}

/// The share of neighbouring words on a line of the reference text that are neighbours in ours: it tells
/// words torn apart or mixed from parts of a page that are only read in another order.
fn pairs(truth: &str, found: &[String]) -> f64 {
    let lines: Vec<Vec<String>> = truth.lines().map(words).collect();
    let mut left: HashMap<(&str, &str), usize> = HashMap::new();
    for pair in found.windows(2) {
        *left.entry((&pair[0], &pair[1])).or_default() += 1;
    }
    let (mut all, mut hits) = (0, 0);
    for line in &lines {
        for pair in line.windows(2) {
            all += 1;
            if let Some(count) = left.get_mut(&(pair[0].as_str(), pair[1].as_str()))
                && *count > 0
            {
                *count -= 1;
                hits += 1;
            }
        }
    }
    ratio(hits, all)
}

/// The longest common subsequence over the number of expected words, by Hyyrö's bit vectors.
fn in_order(expected: &[String], found: &[String]) -> f64 {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, word) in expected.iter().enumerate() {
        places.entry(word).or_default().push(place);
    }
    let mut row = vec![u64::MAX; expected.len().div_ceil(64)];
    let mut matches = vec![0_u64; row.len()];
    for places in found.iter().filter_map(|word| places.get(word.as_str())) {
        for place in places {
            matches[place / 64] |= 1 << (place % 64);
        }
        let mut carry = false;
        for (block, hits) in row.iter_mut().zip(&matches) {
            let both = *block & hits;
            let (sum, first) = block.overflowing_add(both);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            carry = first || second;
            *block = sum | (*block & !hits);
        }
        for place in places {
            matches[place / 64] = 0;
        }
    }
    let common = (0..expected.len())
        .filter(|place| row[place / 64] >> (place % 64) & 1 == 0)
        .count();
    ratio(common, expected.len())
}

#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Processor time of both programs, interleaved, and the peak memory of ours.
fn time_all(files: &[&str]) {
    let mut sums = (0.0, 0.0, 0_usize);
    println!("pages   ours ms/page  pdftotext ms/page  ratio  file");
    for file in files.iter().map(PathBuf::from) {
        let Ok(found) = extract(&file) else {
            println!("{}: not read", file.display());
            continue;
        };
        let pages = found.pages.len();
        let (mut ours, mut theirs) = (0.0, 0.0);
        for _ in 0..ROUNDS {
            ours += seconds_of_children(|| run_child(&file));
            theirs += seconds_of_children(|| {
                let mut pdftotext = Command::new("pdftotext");
                pdftotext.arg(&file).arg("/dev/null").stderr(Stdio::null());
                pdftotext
                    .status()
                    .expect("pdftotext (Debian package poppler-utils) starts");
            });
        }
        let per_page = |seconds: f64| seconds * 1000.0 / f64::from(ROUNDS) / ratio(pages, 1);
        println!(
            "{pages:5}  {:12.3}  {:17.3}  {:5.1}  {}",
            per_page(ours),
            per_page(theirs),
            theirs / ours,
            file.display()
        );
        sums = (sums.0 + ours, sums.1 + theirs, sums.2 + pages);
    }
    println!(
        "in all {} pages: ours {:.2} s, pdftotext {:.2} s, ratio {:.1}",
        sums.2,
        sums.0 / f64::from(ROUNDS),
        sums.1 / f64::from(ROUNDS),
        sums.1 / sums.0
    );
}

/// The confined child, with its output drained by nobody: what it costs by itself.
///
/// Panics where it does not read: its time would mean nothing.
fn run_child(file: &Path) {
    let request = r#"{"Read":{"task":{"Extract":{"hint":"Plain","cover_width":null}},"limits":{"cpu_seconds":10,"memory_bytes":469762048,"document_bytes":201326592,"pages":5000}}}"#;
    let status = Command::new(std::env::current_exe().expect("this program has a path"))
        .args([CHILD, request])
        .env("MIMALLOC_ARENA_RESERVE", "32768")
        .env("MIMALLOC_PURGE_DELAY", "-1")
        .stdin(std::fs::File::open(file).expect("the file was read before"))
        .stdout(Stdio::null())
        .status()
        .expect("this program starts");
    assert!(status.success(), "the child ended with {status}");
}

/// User and system time that ended children took, from `/proc/self/stat` in ticks of 10 ms.
fn seconds_of_children(run: impl FnOnce()) -> f64 {
    let ticks = || {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let of_children = fields.split_whitespace().skip(13).take(2);
        of_children
            .filter_map(|field| field.parse::<f64>().ok())
            .sum::<f64>()
    };
    let before = ticks();
    run();
    (ticks() - before) / 100.0
}
