//! Corrections: words near one that was typed, words that were split or joined. Something is
//! proposed only when the viewer may see a page that has it, and first what stands on one page with
//! the other words.
use super::build::Builder;
use super::narrow::Narrow;
use super::near::{LONGEST_CHARS, distance, is_letters, near};
use super::parse::{Parsed, Sought};
use super::spelling::spelled;
use crate::matching::{Matching, Need};
use std::collections::HashSet;
use std::ops::Range;
use tantivy::Term;

/// Words of one query that are corrected when nobody wrote them, and that are doubted when somebody
/// did, but nobody beside the others.
const MOST_CORRECTIONS: usize = 3;
const MOST_DOUBTED: usize = 5;
/// Candidates that are tried for one word at one distance.
const MOST_CANDIDATES: usize = 16;
/// Pages that are counted to tell candidates apart.
const MOST_COUNTED: usize = 1_000;
/// A word on so few pages may be a typo although it was found, if another is on so many times more.
const RARE_PAGES: u64 = 3;
const FAR_MORE: usize = 8;

/// Another text in the place of a word or two.
struct Fix {
    span: Range<usize>,
    text: String,
    need: Need,
    /// Words that it stands for, from the first.
    covers: Range<usize>,
}

impl Fix {
    /// Its words as documents spell them.
    fn spelled(&self, builder: &Builder, narrow: &Narrow) -> tantivy::Result<String> {
        let words = self.text.split(' ');
        let spelled: tantivy::Result<Vec<String>> =
            words.map(|word| spelled(builder, narrow, word)).collect();
        Ok(spelled?.join(" "))
    }
}

/// The query's text with words corrected, when there is something to correct.
pub(crate) fn correct(
    builder: &Builder,
    parsed: &Parsed,
    narrow: &Narrow,
) -> tantivy::Result<Option<String>> {
    let words: Vec<&Sought> = parsed.words().collect();
    let corrector = Corrector {
        builder,
        narrow,
        words: &words,
        text: &parsed.text,
    };
    let mut fixes: Vec<Fix> = Vec::new();
    let mut missing = Vec::new();
    for (place, word) in words.iter().enumerate() {
        if !corrector.seen(vec![corrector.word(word)?])? {
            missing.push(place);
        }
    }
    if missing.is_empty() {
        fixes.extend(corrector.doubt()?);
    } else {
        for place in missing.iter().copied().take(MOST_CORRECTIONS) {
            let covered = fixes.iter().any(|fix| fix.covers.contains(&place));
            if !covered && let Some(fix) = corrector.fix(place, &missing, &fixes, true)? {
                fixes.push(fix);
            }
        }
    }
    if fixes.is_empty() {
        return Ok(None);
    }
    fixes.sort_by_key(|fix| std::cmp::Reverse(fix.span.start));
    let mut text = parsed.text.clone();
    for fix in fixes {
        text.replace_range(fix.span.clone(), &fix.spelled(builder, narrow)?);
    }
    Ok(Some(text.trim().to_owned()))
}

/// The query's text with its rarest word replaced by one that is near and far more frequent, together
/// with the other words; only when so few pages have that word that it may be a typo.
pub(crate) fn suggest(
    builder: &Builder,
    parsed: &Parsed,
    narrow: &Narrow,
) -> tantivy::Result<Option<String>> {
    let Some(words) = parsed.plain_words().filter(|words| words.len() <= MOST_DOUBTED) else {
        return Ok(None);
    };
    let corrector = Corrector {
        builder,
        narrow,
        words: &words,
        text: &parsed.text,
    };
    let mut rarest: Option<(u64, usize)> = None;
    for (place, word) in words.iter().enumerate() {
        let mut pages = 0;
        for term in builder.as_written(&word.exact) {
            pages += builder.dictionary.counted(&term)?;
        }
        if pages <= RARE_PAGES && rarest.is_none_or(|(least, _)| pages < least) {
            rarest = Some((pages, place));
        }
    }
    let Some((_, place)) = rarest.filter(|(_, place)| distance(words[*place]) > 0) else {
        return Ok(None);
    };
    let typed = corrector.count(corrector.word(words[place])?, place)?;
    let mut near = near(builder, words[place], 1)?;
    near.truncate(MOST_CANDIDATES);
    let mut best: Option<(usize, String)> = None;
    for word in near {
        let pages = corrector.count(Need::Any(builder.standing_as(&word)), place)?;
        if pages >= FAR_MORE * typed.max(1) && pages > best.as_ref().map_or(0, |(most, _)| *most) {
            best = Some((pages, word));
        }
    }
    let Some((_, word)) = best else {
        return Ok(None);
    };
    let mut text = parsed.text.clone();
    text.replace_range(words[place].span.clone(), &spelled(builder, narrow, &word)?);
    Ok(Some(text.trim().to_owned()))
}

struct Corrector<'a> {
    builder: &'a Builder<'a>,
    narrow: &'a Narrow,
    words: &'a [&'a Sought],
    text: &'a str,
}

impl Corrector<'_> {
    /// Every word is somewhere, but never all on one page: the first that has a neighbour which is.
    fn doubt(&self) -> tantivy::Result<Option<Fix>> {
        if self.words.len() < 2 {
            return Ok(None);
        }
        for place in 0..self.words.len().min(MOST_DOUBTED) {
            if let Some(fix) = self.fix(place, &[], &[], false)? {
                return Ok(Some(fix));
            }
        }
        Ok(None)
    }

    /// What to put in the place of one word. `alone` accepts what stands on no page with the others.
    fn fix(
        &self,
        place: usize,
        missing: &[usize],
        fixes: &[Fix],
        alone: bool,
    ) -> tantivy::Result<Option<Fix>> {
        let free = |place: &usize| !fixes.iter().any(|fix| fix.covers.contains(place));
        let before = match place.checked_sub(1).filter(free) {
            Some(before) => self.joined(before)?,
            None => None,
        };
        for fix in [self.joined(place)?, before, self.split(place)?]
            .into_iter()
            .flatten()
        {
            let others = self.others(&fix.covers, missing, fixes)?;
            if self.with(&fix.need, &others)? {
                return Ok(Some(fix));
            }
        }
        let word = self.words[place];
        let others = self.others(&(place..place + 1), missing, fixes)?;
        let mut known = HashSet::new();
        // Of a word that somebody wrote only its nearest neighbours are tried: looking further costs most.
        let furthest = distance(word).min(if alone { 2 } else { 1 });
        for distance in 1..=furthest {
            let mut candidates = near(self.builder, word, distance)?;
            candidates.retain(|candidate| known.insert(candidate.clone()));
            candidates.truncate(MOST_CANDIDATES);
            for candidate in &candidates {
                let written = Need::Any(self.builder.standing_as(candidate));
                if !others.is_empty() && self.with(&written, &others)? {
                    return Ok(Some(self.replaced(place, candidate.clone())));
                }
            }
            if alone && let Some(candidate) = self.most_seen(candidates)? {
                return Ok(Some(self.replaced(place, candidate)));
            }
        }
        Ok(None)
    }

    fn replaced(&self, place: usize, text: String) -> Fix {
        Fix {
            span: self.words[place].span.clone(),
            need: Need::Any(self.builder.standing_as(&text)),
            covers: place..place + 1,
            text,
        }
    }

    /// The candidate on most pages that the viewer sees; the first of equals.
    fn most_seen(&self, candidates: Vec<String>) -> tantivy::Result<Option<String>> {
        let mut best: Option<(usize, String)> = None;
        for candidate in candidates {
            let written = Need::Any(self.builder.standing_as(&candidate));
            let pages = Matching::new(self.builder, self.narrow, [written])?.count(MOST_COUNTED)?;
            if pages > best.as_ref().map_or(0, |(most, _)| *most) {
                best = Some((pages, candidate));
            }
        }
        Ok(best.map(|(_, candidate)| candidate))
    }

    /// This word and the next as one.
    fn joined(&self, place: usize) -> tantivy::Result<Option<Fix>> {
        let (word, Some(next)) = (self.words[place], self.words.get(place + 1)) else {
            return Ok(None);
        };
        let between = self.text.get(word.span.end..next.span.start);
        let parted = between.is_some_and(|between| between.chars().all(|c| c.is_whitespace() || c == '-'));
        // Numbers only where a hyphen joins them to a word: `F-16`.
        let hyphen = between == Some("-") && (is_letters(word) || is_letters(next));
        if !hyphen && (!is_letters(word) || !is_letters(next)) || !parted {
            return Ok(None);
        }
        let text = format!("{}{}", word.exact, next.exact);
        if self.frequency(&text)? == 0 {
            return Ok(None);
        }
        Ok(Some(Fix {
            span: word.span.start..next.span.end,
            need: Need::Any(self.builder.as_written(&text)),
            covers: place..place + 2,
            text,
        }))
    }

    /// This word as two that stand side by side; the halves that are least rare.
    fn split(&self, place: usize) -> tantivy::Result<Option<Fix>> {
        let word = self.words[place];
        if !is_letters(word) || word.exact.chars().count() > LONGEST_CHARS {
            return Ok(None);
        }
        let mut best: Option<(u64, Fix)> = None;
        for (at, _) in word.exact.char_indices().skip(2) {
            let (left, right) = word.exact.split_at(at);
            if right.chars().count() < 2 {
                break;
            }
            let rarer = self.frequency(left)?.min(self.frequency(right)?);
            if rarer <= best.as_ref().map_or(0, |(most, _)| *most) {
                continue;
            }
            let need = Need::Query(self.builder.side_by_side(&[left, right]).into());
            if self.seen(vec![need.clone()])? {
                let fix = Fix {
                    span: word.span.clone(),
                    text: format!("{left} {right}"),
                    need,
                    covers: place..place + 1,
                };
                best = Some((rarer, fix));
            }
        }
        Ok(best.map(|(_, fix)| fix))
    }

    /// How often somebody wrote a word, to leave out at once what nobody did.
    fn frequency(&self, word: &str) -> tantivy::Result<u64> {
        let fields = self.builder.fields;
        let mut pages = 0;
        for field in [fields.body, fields.title] {
            let term = Term::from_field_text(field, word);
            pages += self.builder.dictionary.look(&term)?.pages;
        }
        Ok(pages)
    }

    /// What else a page must have: the other words that somebody wrote, and what was put in the
    /// place of those that nobody did.
    fn others(&self, covered: &Range<usize>, missing: &[usize], fixes: &[Fix]) -> tantivy::Result<Vec<Need>> {
        let mut others: Vec<Need> = fixes.iter().map(|fix| fix.need.clone()).collect();
        for (place, word) in self.words.iter().enumerate() {
            let replaced = fixes.iter().any(|fix| fix.covers.contains(&place));
            if !covered.contains(&place) && !missing.contains(&place) && !replaced {
                others.push(self.word(word)?);
            }
        }
        Ok(others)
    }

    fn word(&self, word: &Sought) -> tantivy::Result<Need> {
        Ok(Need::Any(self.builder.forms(word)?.terms()))
    }

    /// Pages that have this and all other words than the one in a place, counted up to a limit.
    fn count(&self, need: Need, place: usize) -> tantivy::Result<usize> {
        let mut needs = self.others(&(place..place + 1), &[], &[])?;
        needs.push(need);
        Matching::new(self.builder, self.narrow, needs)?.count(MOST_COUNTED)
    }

    fn with(&self, need: &Need, others: &[Need]) -> tantivy::Result<bool> {
        self.seen(std::iter::once(need).chain(others).cloned().collect())
    }

    fn seen(&self, needs: Vec<Need>) -> tantivy::Result<bool> {
        Matching::new(self.builder, self.narrow, needs)?.any()
    }
}
