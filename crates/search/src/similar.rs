//! Materials like another: those that share its rarest words.
use crate::analysis::scan;
use crate::entry::{Shown, material_term};
use crate::find::material_id;
use crate::group::{Group, gather};
use crate::query::build::Builder;
use crate::sight::Sight;
use crate::storage::Generation;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::ports::search_index::Viewer;
use std::collections::HashMap;
use std::ops::ControlFlow;
use tantivy::query::{BooleanQuery, BoostQuery, EnableScoring, Occur, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, TantivyDocument, Term};

const MOST_SIMILAR: usize = 20;
/// Pages of the material that are read, spread over it, and how much of each.
const PAGES_READ: usize = 12;
const LONGEST_PAGE_BYTES: usize = 8_000;
/// Words that stand for the material.
const TELLING_WORDS: usize = 24;
/// Words of its title count this often.
const TITLE_COUNTS: f32 = 3.0;
/// Of the telling words a page needs one in this many.
const ONE_IN: usize = 4;

/// Answers the question; nothing if the viewer may not see the material.
pub(crate) fn similar(
    generation: &Generation,
    material: MaterialId,
    viewer: &Viewer,
    limit: u32,
) -> tantivy::Result<Vec<MaterialId>> {
    let view = generation.view()?;
    let builder = Builder::new(&view, &generation.fields, Sight::new(viewer));
    let sight = &builder.sight;
    let itself = || {
        let term = material_term(&generation.fields, material);
        Box::new(TermQuery::new(term, IndexRecordOption::Basic))
    };
    let pages = pages(&builder, &*itself(), sight)?;
    let words = telling_words(&builder, &pages)?;
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let needed = (words.len() / ONE_IN).max(1);
    let any = words.into_iter().map(|(term, worth)| -> (Occur, Box<dyn Query>) {
        let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
        (Occur::Should, Box::new(BoostQuery::new(Box::new(query), worth)))
    });
    let alike = BooleanQuery::with_minimum_required_clauses(any.collect(), needed);
    let others = BooleanQuery::new(vec![
        (Occur::Must, Box::new(alike) as Box<dyn Query>),
        (Occur::MustNot, itself()),
    ]);
    let weight = others.weight(EnableScoring::enabled_from_statistics_provider(
        &builder.dictionary,
        &view.searcher,
    ))?;
    let mut groups = gather(&view, &*weight, sight, 0)?.groups;
    let id = |group: &Group| group.id(&view);
    groups.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(id(a).cmp(&id(b))));
    groups.truncate((limit as usize).min(MOST_SIMILAR));
    Ok(groups.iter().map(|group| material_id(id(group))).collect())
}

/// Some visible pages of the material, spread over it.
fn pages(builder: &Builder, itself: &dyn Query, sight: &Sight) -> tantivy::Result<Vec<TantivyDocument>> {
    let searcher = builder.searcher;
    let weight = itself.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let mut found = Vec::new();
    for ordinal in (0..).take(builder.view.materials.len()) {
        sight.each(builder.view, ordinal, &*weight, |doc, _| {
            found.push(DocAddress::new(ordinal, doc));
            ControlFlow::Continue(())
        })?;
    }
    let step = found.len().div_ceil(PAGES_READ).max(1);
    found
        .into_iter()
        .step_by(step)
        .map(|address| searcher.doc(address))
        .collect()
}

/// The words that say most of what the material is about, with their worth.
fn telling_words(builder: &Builder, pages: &[TantivyDocument]) -> tantivy::Result<Vec<(Term, f32)>> {
    let fields = builder.fields;
    let mut counts: HashMap<String, f32> = HashMap::new();
    for page in pages {
        let stored = |field| {
            page.get_first(field)
                .and_then(|text| text.as_str())
                .unwrap_or_default()
        };
        let title = Shown::read(stored(fields.shown)).map_or("", |shown| shown.title);
        for (text, weight) in [(stored(fields.text), 1.0), (title, TITLE_COUNTS)] {
            for word in scan(&text[..text.floor_char_boundary(LONGEST_PAGE_BYTES)]) {
                let term = word.also.filter(|_| word.gram).unwrap_or(word.exact);
                if term.chars().count() > 1 && !term.chars().all(char::is_numeric) {
                    *counts.entry(term).or_default() += weight;
                }
            }
        }
    }
    let mut words = Vec::with_capacity(counts.len());
    for (word, count) in counts {
        let term = Term::from_field_text(fields.body, &word);
        let pages = builder.dictionary.counted(&term)?;
        // A word of one page says nothing about others.
        if pages > 1 && pages < builder.searcher.num_docs().max(8) / 2 {
            let worth = (1.0 + count).ln() * builder.rarity(&term)?;
            words.push((term, worth));
        }
    }
    words.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.truncate(TELLING_WORDS);
    let most = words.first().map_or(1.0, |(_, worth)| *worth);
    Ok(words
        .into_iter()
        .map(|(term, worth)| (term, worth / most))
        .collect())
}
