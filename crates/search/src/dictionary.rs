//! Terms of one view, looked up once for each query: where their postings are, and on how many pages
//! they stand, for scores.
//!
//! What is on few pages is counted as the viewer sees it, so that scores do not tell whether a hidden
//! page has a word. What is on many is counted with hidden pages, where one more or less says nothing.
use crate::analysis::terms::LOOSE;
use crate::materials::View;
use crate::schema::Fields;
use crate::sight::Sight;
use foldhash::fast::RandomState;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::{BlockSegmentPostings, SegmentPostings, TermInfo};
use tantivy::query::{Bm25StatisticsProvider, Bm25Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{SegmentOrdinal, Term};

/// Terms on at most so many pages are counted as the viewer sees them.
const COUNTED_EXACTLY: u64 = 1_024;

/// Where a term stands.
pub(crate) struct Looked {
    term: Term,
    infos: Vec<Option<TermInfo>>,
    /// Pages that have it, also hidden and removed ones.
    pub(crate) pages: u64,
    visible: Cell<Option<u64>>,
}

impl Looked {
    /// Pages of one segment that have it, also hidden and removed ones.
    pub(crate) fn pages_in(&self, ordinal: SegmentOrdinal) -> u32 {
        self.infos[ordinal as usize]
            .as_ref()
            .map_or(0, |info| info.doc_freq)
    }
}

/// All segments' indexes of one field.
type Readers = Rc<[Arc<InvertedIndexReader>]>;

/// The terms of one view for one viewer.
pub(crate) struct Dictionary<'a> {
    view: &'a View,
    fields: &'a Fields,
    sight: Sight,
    readers: RefCell<HashMap<Field, Readers, RandomState>>,
    known: RefCell<HashMap<Term, Rc<Looked>, RandomState>>,
    averages: RefCell<HashMap<Field, f32, RandomState>>,
    entries: OnceCell<u64>,
}

impl<'a> Dictionary<'a> {
    /// For one query.
    pub(crate) fn new(view: &'a View, fields: &'a Fields, sight: Sight) -> Self {
        Self {
            view,
            fields,
            sight,
            readers: RefCell::default(),
            known: RefCell::default(),
            averages: RefCell::default(),
            entries: OnceCell::new(),
        }
    }

    /// The indexes of a field, segment by segment.
    pub(crate) fn readers(&self, field: Field) -> tantivy::Result<Readers> {
        if let Some(known) = self.readers.borrow().get(&field) {
            return Ok(Rc::clone(known));
        }
        let segments = self.view.searcher.segment_readers().iter();
        let readers: Readers = segments
            .map(|segment| segment.inverted_index(field))
            .collect::<tantivy::Result<Vec<_>>>()?
            .into();
        self.readers.borrow_mut().insert(field, Rc::clone(&readers));
        Ok(readers)
    }

    /// Looks a term up in all segments.
    pub(crate) fn look(&self, term: &Term) -> tantivy::Result<Rc<Looked>> {
        if let Some(known) = self.known.borrow().get(term) {
            return Ok(Rc::clone(known));
        }
        let mut infos = Vec::with_capacity(self.view.materials.len());
        for reader in self.readers(term.field())?.iter() {
            infos.push(reader.get_term_info(term)?);
        }
        let looked = Rc::new(Looked {
            term: term.clone(),
            pages: infos.iter().flatten().map(|info| u64::from(info.doc_freq)).sum(),
            infos,
            visible: Cell::new(None),
        });
        self.known.borrow_mut().insert(term.clone(), Rc::clone(&looked));
        Ok(looked)
    }

    /// The postings of a term in one segment, if it has any there.
    pub(crate) fn postings(
        &self,
        looked: &Looked,
        ordinal: SegmentOrdinal,
        option: IndexRecordOption,
    ) -> tantivy::Result<Option<BlockSegmentPostings>> {
        let Some(info) = &looked.infos[ordinal as usize] else {
            return Ok(None);
        };
        let readers = self.readers(looked.term.field())?;
        Ok(Some(
            readers[ordinal as usize].read_block_postings_from_terminfo(info, option)?,
        ))
    }

    /// The same with the places of the term on each page.
    pub(crate) fn positions(
        &self,
        term: &Term,
        ordinal: SegmentOrdinal,
    ) -> tantivy::Result<Option<SegmentPostings>> {
        let looked = self.look(term)?;
        let Some(info) = &looked.infos[ordinal as usize] else {
            return Ok(None);
        };
        let reader = &self.readers(term.field())?[ordinal as usize];
        let option = IndexRecordOption::WithFreqsAndPositions;
        Ok(Some(reader.read_postings_from_terminfo(info, option)?))
    }

    /// On how many pages a term stands, as far as the viewer may know.
    pub(crate) fn counted(&self, term: &Term) -> tantivy::Result<u64> {
        let looked = self.look(term)?;
        if looked.pages == 0 || looked.pages > COUNTED_EXACTLY {
            return Ok(looked.pages);
        }
        if let Some(visible) = looked.visible.get() {
            return Ok(visible);
        }
        let mut visible = 0;
        for ordinal in (0..).take(self.view.materials.len()) {
            if let Some(mut postings) = self.postings(&looked, ordinal, IndexRecordOption::Basic)? {
                let mut docs = Vec::with_capacity(postings.doc_freq() as usize);
                while postings.block_len() > 0 {
                    docs.extend_from_slice(postings.docs());
                    postings.advance();
                }
                self.sight.retain(self.view, ordinal, &mut docs);
                visible += docs.len() as u64;
            }
        }
        looked.visible.set(Some(visible));
        Ok(visible)
    }

    /// What a term is worth on each page that has it.
    pub(crate) fn weight(&self, term: &Term) -> tantivy::Result<Bm25Weight> {
        let entries = self.total_num_docs()?;
        let pages = self.doc_freq(term)?;
        Ok(Bm25Weight::for_one_term_without_explain(
            pages,
            entries,
            self.average_length(term.field())?,
        ))
    }

    #[expect(clippy::cast_precision_loss, reason = "a mean of many")]
    fn average_length(&self, field: Field) -> tantivy::Result<f32> {
        if let Some(known) = self.averages.borrow().get(&field) {
            return Ok(*known);
        }
        let average = self.total_num_tokens(field)? as f32 / self.total_num_docs()? as f32;
        self.averages.borrow_mut().insert(field, average);
        Ok(average)
    }

    /// The term whose frequency in texts counts for a term beside them. Titles are repeated on every
    /// page of a material, so that a long material would make the words of its title look common; all
    /// fields therefore count a word as rare as it is in texts.
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

impl Bm25StatisticsProvider for Dictionary<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        let readers = self.readers(field)?;
        Ok(readers.iter().map(|reader| reader.total_num_tokens()).sum())
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        let segments = self.view.searcher.segment_readers().iter();
        Ok(*self
            .entries
            .get_or_init(|| segments.map(|segment| u64::from(segment.max_doc())).sum()))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let here = self.counted(term)?;
        match self.in_text(term) {
            Some(term) => Ok(here.min(self.counted(&term)?.max(1))),
            None => Ok(here),
        }
    }
}
