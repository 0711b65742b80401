//! Who sees what. Everything that reads matching pages does it through [`Sight::each`], so that what
//! a viewer may not see influences nothing.
use crate::schema::{Fields, PUBLIC, SCHOOL};
use homeroom_core::ports::search_index::Viewer;
use std::ops::ControlFlow;
use std::sync::Arc;
use tantivy::columnar::ColumnValues;
use tantivy::query::{EnableScoring, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

/// What a viewer sees.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    least: u64,
    own: Option<Term>,
}

impl Sight {
    /// For a viewer.
    pub(crate) fn new(fields: &Fields, viewer: &Viewer) -> Self {
        match viewer {
            Viewer::Anonymous => Self {
                least: PUBLIC,
                own: None,
            },
            // Moderators see all that is shared; what is private stays its owner's.
            Viewer::User(user) | Viewer::Everything(user) => Self {
                least: SCHOOL,
                own: Some(Term::from_field_text(fields.owner, &user.to_string())),
            },
        }
    }

    /// In one segment.
    pub(crate) fn of(&self, segment: &SegmentReader) -> tantivy::Result<SegmentSight> {
        let mut own = Vec::new();
        if let Some(term) = &self.own {
            let index = segment.inverted_index(term.field())?;
            if let Some(mut postings) = index.read_postings(term, IndexRecordOption::Basic)? {
                own.reserve(postings.doc_freq() as usize);
                while postings.doc() != TERMINATED {
                    own.push(postings.doc());
                    postings.advance();
                }
            }
        }
        Ok(SegmentSight {
            least: self.least,
            audience: segment.fast_fields().column_first_or_default("audience")?,
            own,
            alive: segment.alive_bitset().cloned(),
        })
    }

    /// Calls back for each visible page of a segment that matches, in order, until told to stop.
    pub(crate) fn each(
        &self,
        segment: &SegmentReader,
        weight: &dyn Weight,
        mut f: impl FnMut(DocId, &mut dyn Scorer) -> ControlFlow<()>,
    ) -> tantivy::Result<()> {
        let mut scorer = weight.scorer(segment, 1.0)?;
        if scorer.doc() == TERMINATED {
            return Ok(());
        }
        let sight = self.of(segment)?;
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            if sight.sees(doc) && f(doc, &mut *scorer).is_break() {
                break;
            }
            doc = scorer.advance();
        }
        Ok(())
    }

    /// How many visible pages match, counted up to a limit.
    pub(crate) fn count(
        &self,
        searcher: &Searcher,
        query: &dyn Query,
        limit: usize,
    ) -> tantivy::Result<usize> {
        let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
        let mut count = 0;
        for segment in searcher.segment_readers() {
            self.each(segment, &*weight, |_, _| {
                count += 1;
                if count < limit {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
            if count >= limit {
                break;
            }
        }
        Ok(count)
    }

    /// Whether any visible page matches.
    pub(crate) fn any(&self, searcher: &Searcher, query: &dyn Query) -> tantivy::Result<bool> {
        Ok(self.count(searcher, query, 1)? > 0)
    }
}

/// [`Sight`] in a segment.
pub(crate) struct SegmentSight {
    least: u64,
    audience: Arc<dyn ColumnValues<u64>>,
    own: Vec<DocId>,
    alive: Option<tantivy::fastfield::AliveBitSet>,
}

impl SegmentSight {
    /// Whether the viewer may see a page, and it was not removed.
    pub(crate) fn sees(&self, doc: DocId) -> bool {
        (self.audience.get_val(doc) >= self.least || self.own.binary_search(&doc).is_ok())
            && self.alive.as_ref().is_none_or(|alive| alive.is_alive(doc))
    }
}
