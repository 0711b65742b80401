//! How rare a word is, for scores. Titles are repeated on every page of a material, so that a long
//! material would make the words of its title look common; all fields therefore count a word as
//! rare as it is in texts.
use crate::analysis::terms::LOOSE;
use crate::schema::Fields;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

/// Statistics of texts, for all fields.
pub(crate) struct TextStatistics<'a> {
    /// The view.
    pub(crate) searcher: &'a Searcher,
    /// The fields.
    pub(crate) fields: &'a Fields,
}

impl TextStatistics<'_> {
    /// The term whose frequency in texts counts for a term beside them.
    fn in_text(&self, term: &Term) -> Option<Term> {
        let Fields {
            title,
            heading,
            about,
            body,
            stem,
            ..
        } = *self.fields;
        if ![title, heading, about].contains(&term.field()) {
            return None;
        }
        let value = term.value();
        let word = value.as_str()?;
        Some(match word.strip_prefix(LOOSE) {
            Some(form) => Term::from_field_text(stem, form),
            None => Term::from_field_text(body, word),
        })
    }
}

impl Bm25StatisticsProvider for TextStatistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.searcher.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        self.searcher.total_num_docs()
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let here = self.searcher.doc_freq(term)?;
        match self.in_text(term) {
            Some(term) => Ok(here.min(self.searcher.doc_freq(&term)?.max(1))),
            None => Ok(here),
        }
    }
}
