//! Which words of a page are what was looked for.
use crate::web::context::{Emphasis, TextRun};
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What is looked for: the words of the query, and those that the index marked in its snippet,
/// which may be other forms of them.
pub(super) struct Needles {
    exact: HashSet<String>,
    beginnings: Vec<String>,
}

impl Needles {
    /// From what was typed and the index's snippet of the best page.
    pub fn new(query: &str, snippet: Option<&str>) -> Self {
        let mut exact: HashSet<String> = HashSet::new();
        for marked in snippet.unwrap_or_default().split("<mark>").skip(1) {
            let inside = marked.split("</mark>").next().unwrap_or_default();
            exact.extend(words(inside).map(fold));
        }
        let typed: Vec<String> = query
            .split_whitespace()
            .filter(|word| !word.starts_with('-'))
            .flat_map(words)
            .map(fold)
            .collect();
        let beginnings = typed
            .iter()
            .filter(|word| word.chars().count() >= 4)
            .cloned()
            .collect();
        exact.extend(typed);
        exact.remove("");
        Self { exact, beginnings }
    }

    /// Whether a word is looked for.
    pub fn emphasis(&self, text: &str) -> Emphasis {
        let hit = words(text).map(fold).any(|word| {
            self.exact.contains(&word)
                || self
                    .beginnings
                    .iter()
                    .any(|start| word.starts_with(start.as_str()))
        });
        if hit { Emphasis::Hit } else { Emphasis::Plain }
    }

    /// A text with its hits apart from the rest.
    pub fn runs(&self, text: &str) -> Vec<TextRun> {
        let mut runs: Vec<TextRun> = Vec::new();
        let mut push = |piece: &str, emphasis| match runs.last_mut() {
            Some(last) if last.emphasis == emphasis => last.text.push_str(piece),
            _ => runs.push(TextRun {
                text: piece.to_owned(),
                emphasis,
            }),
        };
        let mut rest = text;
        while let Some(start) = rest.find(is_word) {
            let length = rest[start..].find(|c| !is_word(c)).unwrap_or(rest.len() - start);
            let (before, word) = (&rest[..start], &rest[start..start + length]);
            if !before.is_empty() {
                push(before, Emphasis::Plain);
            }
            push(word, self.emphasis(word));
            rest = &rest[start + length..];
        }
        if !rest.is_empty() {
            push(rest, Emphasis::Plain);
        }
        runs
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || is_combining_mark(character)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_word(c)).filter(|word| !word.is_empty())
}

/// Compared without case, accents and vowel points.
fn fold(word: &str) -> String {
    word.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(needles: &Needles, text: &str) -> Vec<String> {
        let runs = needles.runs(text);
        assert_eq!(runs.iter().map(|run| run.text.as_str()).collect::<String>(), text);
        runs.into_iter()
            .filter(|run| run.emphasis == Emphasis::Hit)
            .map(|run| run.text)
            .collect()
    }

    #[test]
    fn words_are_found_without_case_accents_and_points() {
        let needles = Needles::new("Café שלום -tea", None);
        assert_eq!(
            hits(&needles, "a CAFE, a café; שָׁלוֹם and tea"),
            ["CAFE", "café", "שָׁלוֹם"]
        );
    }

    #[test]
    fn longer_forms_and_the_indexs_own_marks_are_found() {
        let needles = Needles::new("cylce mito", Some("the <mark>Cycle</mark> &lt;b&gt;"));
        assert_eq!(
            hits(&needles, "Cycles? the cycle in mitochondria <b>"),
            ["cycle", "mitochondria"]
        );
    }

    #[test]
    fn nothing_is_found_for_nothing() {
        assert!(hits(&Needles::new("", None), "anything").is_empty());
    }
}
