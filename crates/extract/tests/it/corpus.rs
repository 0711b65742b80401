//! Real files, where a corpus is at hand (HOMEROOM_CORPUS names its directory): each is read without
//! harm to the parent, and the text of PDFs is compared with what another reader finds.
use crate::extractor;
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{ExtractError, Extraction};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

pub(crate) fn corpus() -> Option<PathBuf> {
    std::env::var_os("HOMEROOM_CORPUS").map(PathBuf::from)
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn describe(outcome: &Result<Extraction, ExtractError>) -> String {
    match outcome {
        Ok(found) => format!(
            "{} {} pages {:?} {:?}",
            found.kind,
            found.pages.len(),
            found.language,
            found.title
        ),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn every_file_of_the_corpus_is_survived() {
    let Some(corpus) = corpus() else { return };
    for folder in ["docs", "multilingual", "malformed", "media"] {
        for path in files(&corpus.join(folder)) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let begun = Instant::now();
            let outcome = extractor().extract(&path, &name, &|_| {}).await;
            let extracted = begun.elapsed();
            let pictures = extractor().render(&path, 1, 2, 800).await;
            println!(
                "{folder}/{name}: {} ({extracted:?}); {:?}",
                describe(&outcome),
                pictures.as_ref().map(|list| list
                    .iter()
                    .map(|one| (one.content_type, one.content.len()))
                    .collect::<Vec<_>>())
            );
            assert!(!matches!(outcome, Err(ExtractError::Unavailable(_))), "{name}");
            assert!(!matches!(pictures, Err(ExtractError::Unavailable(_))), "{name}");
            if folder != "malformed" {
                assert!(outcome.is_ok(), "{name}: {}", describe(&outcome));
            }
        }
    }
}

fn words(text: &str) -> HashMap<String, usize> {
    use unicode_normalization::UnicodeNormalization;
    let mut counts = HashMap::new();
    let folded = text.nfkc().collect::<String>().to_lowercase();
    let mut count = |word: String| *counts.entry(word).or_default() += 1;
    for word in folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        if word.chars().any(is_written_without_spaces) {
            word.chars().for_each(|c| count(c.to_string()));
        } else {
            count(word.to_owned());
        }
    }
    counts
}

/// Thai, Lao, Chinese, Japanese: each character counts as a word, for who knows where words end.
fn is_written_without_spaces(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..)
}

/// How many of the expected words were found.
pub(crate) fn recall(expected: &str, found: &str) -> f64 {
    let (expected, found) = (words(expected), words(found));
    let all: usize = expected.values().sum();
    let hit: usize = expected
        .iter()
        .map(|(word, count)| *count.min(found.get(word).unwrap_or(&0)))
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "word counts")]
    let share = hit as f64 / all.max(1) as f64;
    share
}

#[tokio::test]
async fn words_of_pdfs_are_found() {
    let Some(corpus) = corpus() else { return };
    let index = std::fs::read_to_string(corpus.join("truth/index.csv")).unwrap();
    let mut shares = Vec::new();
    let begun = Instant::now();
    for line in index.lines().skip(1) {
        let mut fields = line.split(',');
        let (hash, path) = (fields.next().unwrap(), fields.next().unwrap());
        let expected = std::fs::read_to_string(corpus.join(format!("truth/{hash}.txt"))).unwrap();
        let outcome = extractor().extract(&corpus.join(path), path, &|_| {}).await;
        let Ok(found) = outcome else { continue };
        if found.kind != Kind::Pdf || words(&expected).len() < 20 {
            continue;
        }
        let text: Vec<&str> = found.pages.iter().map(|page| page.text.as_str()).collect();
        let share = recall(&expected, &text.join("\n"));
        println!("{share:.4} {path}");
        shares.push(share);
    }
    #[expect(clippy::cast_precision_loss, reason = "a few files")]
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    println!(
        "mean word recall {mean:.4} of {} files in {:?}",
        shares.len(),
        begun.elapsed()
    );
    assert!(mean > 0.9, "{mean}");
}
