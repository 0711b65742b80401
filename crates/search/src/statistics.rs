//! How rare a word is, for scores. Titles are repeated on every page of a material, so that a long
//! material would make the words of its title look common; all fields therefore count a word as
//! rare as it is in texts.
use crate::schema::{Fields, Pair};
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
    fn in_text(&self, field: Field) -> Option<Field> {
        let Fields {
            title, about, body, ..
        } = *self.fields;
        let twin = |pair: Pair| match field {
            _ if field == pair.exact => Some(body.exact),
            _ if field == pair.loose => Some(body.loose),
            _ => None,
        };
        twin(title).or_else(|| twin(about))
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
        let Some(field) = self.in_text(term.field()) else {
            return Ok(here);
        };
        let word = term.value();
        let in_text = self
            .searcher
            .doc_freq(&Term::from_field_text(field, word.as_str().unwrap_or_default()))?;
        Ok(here.min(in_text.max(1)))
    }
}
