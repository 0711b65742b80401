//! How near the words of a query stand to one another on a page, for the best pages only: reading
//! the places of frequent words on all pages would cost most and say least.
use crate::query::build::Builder;
use crate::query::parse::{Parsed, Sought};
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::{DocAddress, DocId, DocSet, Score, SegmentOrdinal, TERMINATED, Term};

/// Forms of one word whose places are read.
const MOST_FORMS: usize = 10;
/// Places of one word on one page.
const MOST_PLACES: usize = 512;
/// What all words in their order are worth, of what the words are worth.
const WHOLE: f32 = 0.6;
/// What neighbours in their order are worth.
const NEIGHBOURS: f32 = 0.5;
/// What standing close together is worth.
const CLOSE: f32 = 0.5;

/// A word, as its places are read.
struct Placed {
    forms: Vec<Term>,
    offset: usize,
    worth: f32,
}

/// The words of a query whose nearness counts.
pub(crate) struct Nearness {
    words: Vec<Placed>,
}

impl Nearness {
    /// For a query of several plain words; `None` for any other.
    pub(crate) fn new(builder: &Builder, parsed: &Parsed) -> tantivy::Result<Option<Self>> {
        let Some(sought) = parsed.plain_words().filter(|words| words.len() > 1) else {
            return Ok(None);
        };
        let mut words = Vec::with_capacity(sought.len());
        for word in sought {
            words.push(placed(builder, word)?);
        }
        Ok(Some(Self { words }))
    }

    /// What each of some pages of one segment, in their order, gains.
    pub(crate) fn gains(
        &self,
        builder: &Builder,
        segment: SegmentOrdinal,
        pages: &[(Score, DocAddress)],
    ) -> tantivy::Result<Vec<Score>> {
        let mut readers = Vec::with_capacity(self.words.len());
        for word in &self.words {
            let mut forms = Vec::new();
            for term in &word.forms {
                forms.extend(builder.dictionary.positions(term, segment)?);
            }
            readers.push(forms);
        }
        let mut places: Vec<Vec<u32>> = vec![Vec::new(); self.words.len()];
        let mut gains = Vec::with_capacity(pages.len());
        let mut buffer = Vec::new();
        for (_, address) in pages {
            for (places, forms) in places.iter_mut().zip(&mut readers) {
                places.clear();
                for form in forms {
                    read(form, address.doc_id, &mut buffer, places);
                }
                places.sort_unstable();
                places.truncate(MOST_PLACES);
            }
            gains.push(self.gain(&places));
        }
        Ok(gains)
    }

    fn gain(&self, places: &[Vec<u32>]) -> Score {
        let worth: f32 = self.words.iter().map(|word| word.worth).sum();
        let delta = |from: usize, to: usize| {
            u32::try_from(self.words[to].offset - self.words[from].offset).unwrap_or(u32::MAX)
        };
        let begins = |from: usize, to: usize, place: u32| {
            let expected = place.saturating_add(delta(from, to));
            places[to].binary_search(&expected).is_ok()
        };
        let last = self.words.len() - 1;
        let whole = places[0]
            .iter()
            .any(|place| (1..=last).all(|to| begins(0, to, *place)));
        let mut neighbours = 0.0;
        let mut possible = 0.0;
        for (from, first_places) in places.iter().take(last).enumerate() {
            let pair = self.words[from].worth.min(self.words[from + 1].worth);
            possible += pair;
            if whole || first_places.iter().any(|place| begins(from, from + 1, *place)) {
                neighbours += pair;
            }
        }
        let whole = if whole { WHOLE } else { 0.0 };
        let neighbours = if possible > 0.0 {
            NEIGHBOURS * neighbours / possible
        } else {
            0.0
        };
        let side_by_side = whole > 0.0 && self.words[last].offset - self.words[0].offset == last;
        let close = if side_by_side { 1.0 } else { closeness(places) };
        worth * (whole + neighbours + CLOSE * close)
    }
}

fn placed(builder: &Builder, word: &Sought) -> tantivy::Result<Placed> {
    let body = builder.fields.body;
    let exact = Term::from_field_text(body, &word.exact);
    let worth = builder.rarity(&exact)?;
    let mut forms = vec![exact];
    let others = word.loose.iter().filter(|form| **form != word.exact);
    forms.extend(others.map(|form| Term::from_field_text(body, form)));
    if word.prefix {
        let completions = builder.completions(body, &word.exact)?;
        forms.extend(completions.iter().map(|form| Term::from_field_text(body, form)));
    }
    forms.truncate(MOST_FORMS);
    Ok(Placed {
        forms,
        offset: word.position,
        worth,
    })
}

/// Adds the places of a form on a page.
fn read(postings: &mut SegmentPostings, doc: DocId, buffer: &mut Vec<u32>, places: &mut Vec<u32>) {
    if postings.doc() == TERMINATED || postings.doc() > doc {
        return;
    }
    if postings.doc() < doc && postings.seek(doc) != doc {
        return;
    }
    postings.positions(buffer);
    places.extend(buffer.iter().take(MOST_PLACES));
}

/// 1 when all words stand side by side in any order, less the wider the narrowest stretch that has
/// them all; words that are not in the text count as missing.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn closeness(places: &[Vec<u32>]) -> f32 {
    let mut merged: Vec<(u32, usize)> = Vec::new();
    for (word, places) in places.iter().enumerate() {
        merged.extend(places.iter().map(|place| (*place, word)));
    }
    merged.sort_unstable();
    let present = places.iter().filter(|places| !places.is_empty()).count();
    if present < 2 {
        return 0.0;
    }
    let mut inside = vec![0_usize; places.len()];
    let (mut from, mut different, mut narrowest) = (0, 0, u32::MAX);
    for to in 0..merged.len() {
        inside[merged[to].1] += 1;
        different += usize::from(inside[merged[to].1] == 1);
        while different == present {
            narrowest = narrowest.min(merged[to].0 - merged[from].0 + 1);
            inside[merged[from].1] -= 1;
            different -= usize::from(inside[merged[from].1] == 0);
            from += 1;
        }
    }
    let share = present as f32 / places.len() as f32;
    share * (present as f32 / narrowest as f32).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn side_by_side_is_closest() {
        let near = |places: &[&[u32]]| {
            let places: Vec<Vec<u32>> = places.iter().map(|places| places.to_vec()).collect();
            closeness(&places)
        };
        assert!((near(&[&[4], &[5]]) - 1.0).abs() < 1e-6);
        assert!((near(&[&[5], &[4]]) - 1.0).abs() < 1e-6);
        assert!(near(&[&[1, 50], &[10, 52]]) > near(&[&[1], &[10]]));
        assert!(near(&[&[1], &[2], &[]]) < near(&[&[1], &[2]]));
        assert!(near(&[&[1], &[]]).abs() < 1e-6);
    }
}
