//! Which pages have all that is needed, without scores: words by their postings, everything else by
//! queries of the index. The rarest comes first; what is frequent is then only asked about the pages
//! that are left.
use crate::any::{SEEKING_COSTS, confirm, cost, union};
use crate::bits::Bits;
use crate::dictionary::Looked;
use crate::query::build::Builder;
use crate::query::narrow::Narrow;
use crate::query::parse::Atom;
use std::rc::Rc;
use std::sync::Arc;
use tantivy::query::{EnableScoring, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, SegmentOrdinal, TERMINATED, Term};

/// Asking whether one page is seen costs about as much as doing so for many at once.
const SEEING_ONE_COSTS: usize = 64;

/// One thing that a page must have.
#[derive(Clone)]
pub(crate) enum Need {
    /// One of these terms.
    Any(Vec<Term>),
    /// What a query finds.
    Query(Arc<dyn Query>),
}

/// All that pages must have, and must not.
pub(crate) struct Matching<'a> {
    builder: &'a Builder<'a>,
    words: Vec<Vec<Rc<Looked>>>,
    at_least: Option<usize>,
    wanted: Vec<Box<dyn Weight>>,
    excluded: Vec<Box<dyn Weight>>,
}

/// Pages of one segment that have what was looked for until now.
enum Pages {
    /// Nothing was looked for.
    All,
    Set(Bits),
    /// In their order.
    List(Vec<DocId>),
}

impl Pages {
    fn is_empty(&self) -> bool {
        match self {
            Self::All => false,
            Self::Set(bits) => bits.count() == 0,
            Self::List(docs) => docs.is_empty(),
        }
    }
}

enum Source<'s> {
    Word(&'s [Rc<Looked>]),
    Scorer(Box<dyn Scorer>),
}

impl<'a> Matching<'a> {
    /// For pages that have all that is needed, and are narrowed.
    pub(crate) fn new(
        builder: &'a Builder<'a>,
        narrow: &Narrow,
        needs: impl IntoIterator<Item = Need>,
    ) -> tantivy::Result<Self> {
        let mut matching = Self {
            builder,
            words: Vec::new(),
            at_least: None,
            wanted: Vec::new(),
            excluded: Vec::new(),
        };
        for need in needs {
            match need {
                Need::Any(terms) => {
                    let mut word = Vec::with_capacity(terms.len());
                    for term in &terms {
                        let looked = builder.dictionary.look(term)?;
                        if looked.pages > 0 {
                            word.push(looked);
                        }
                    }
                    // The most frequent first: it settles most.
                    word.sort_by_key(|looked| std::cmp::Reverse(looked.pages));
                    matching.words.push(word);
                }
                Need::Query(query) => matching.wanted.push(matching.weight(&*query)?),
            }
        }
        for (must, clause) in narrow.clauses() {
            let weight = matching.weight(clause)?;
            if must {
                matching.wanted.push(weight);
            } else {
                matching.excluded.push(weight);
            }
        }
        Ok(matching)
    }

    /// Without pages that have what a query excludes.
    pub(crate) fn without(mut self, excluded: &[Atom]) -> tantivy::Result<Self> {
        for atom in excluded {
            let weight = self.weight(&*self.builder.exclusion(atom))?;
            self.excluded.push(weight);
        }
        Ok(self)
    }

    /// With some of the words only.
    pub(crate) fn at_least(mut self, count: Option<usize>) -> Self {
        self.at_least = count;
        self
    }

    /// The pages of one segment that match and that the viewer may see, in their order.
    pub(crate) fn in_segment(&self, ordinal: SegmentOrdinal) -> tantivy::Result<Vec<DocId>> {
        let segment = self.builder.searcher.segment_reader(ordinal);
        let mut sources = Vec::with_capacity(self.words.len() + self.wanted.len());
        for weight in &self.wanted {
            let scorer = weight.scorer(segment, 1.0)?;
            sources.push((scorer.cost(), Source::Scorer(scorer)));
        }
        let mut pages = Pages::All;
        if let Some(count) = self.at_least {
            pages = Pages::Set(self.some(ordinal, count)?);
        } else {
            for word in &self.words {
                sources.push((cost(word, ordinal), Source::Word(word)));
            }
            sources.sort_by_key(|(cost, _)| *cost);
        }
        for (_, source) in sources {
            pages = self.narrowed(ordinal, source, pages)?;
            if pages.is_empty() {
                return Ok(Vec::new());
            }
        }
        let (view, sight) = (self.builder.view, &self.builder.sight);
        let seen = |mut docs: Vec<DocId>| {
            sight.retain(view, ordinal, &mut docs);
            docs
        };
        let mut docs = match pages {
            Pages::All => Vec::new(),
            Pages::Set(mut bits) if bits.count() > segment.max_doc() as usize / SEEING_ONE_COSTS => {
                sight.retain_bits(view, ordinal, &mut bits);
                bits.docs()
            }
            Pages::Set(bits) => seen(bits.docs()),
            Pages::List(docs) => seen(docs),
        };
        for weight in &self.excluded {
            keep(&mut *weight.scorer(segment, 1.0)?, false, &mut docs);
        }
        Ok(docs)
    }

    /// Keeps of some pages of a segment, in their order, those that have all words.
    pub(crate) fn narrow_words(&self, ordinal: SegmentOrdinal, docs: &mut Vec<DocId>) -> tantivy::Result<()> {
        for word in &self.words {
            confirm(self.builder, word, ordinal, docs)?;
        }
        Ok(())
    }

    /// How many visible pages match, counted up to a limit.
    pub(crate) fn count(&self, limit: usize) -> tantivy::Result<usize> {
        let mut count = 0;
        for ordinal in (0..).take(self.builder.view.materials.len()) {
            count += self.in_segment(ordinal)?.len();
            if count >= limit {
                break;
            }
        }
        Ok(count.min(limit))
    }

    /// Whether any visible page matches.
    pub(crate) fn any(&self) -> tantivy::Result<bool> {
        Ok(self.count(1)? > 0)
    }

    fn weight(&self, query: &dyn Query) -> tantivy::Result<Box<dyn Weight>> {
        query.weight(EnableScoring::disabled_from_searcher(self.builder.searcher))
    }

    /// Of some pages those that a source has too.
    fn narrowed(&self, ordinal: SegmentOrdinal, source: Source, pages: Pages) -> tantivy::Result<Pages> {
        let word = match source {
            Source::Word(word) => word,
            Source::Scorer(mut scorer) => {
                let docs = match pages {
                    Pages::All => all_of(&mut *scorer),
                    Pages::Set(bits) => kept(&mut *scorer, bits.docs()),
                    Pages::List(docs) => kept(&mut *scorer, docs),
                };
                return Ok(Pages::List(docs));
            }
        };
        let cost = cost(word, ordinal);
        Ok(match pages {
            Pages::All if cost == 0 => Pages::List(Vec::new()),
            Pages::All => Pages::Set(union(self.builder, word, ordinal)?),
            Pages::Set(mut bits) if cost <= bits.count() as u64 * SEEKING_COSTS => {
                bits.keep_shared(&union(self.builder, word, ordinal)?);
                Pages::Set(bits)
            }
            Pages::List(mut docs) if cost <= docs.len() as u64 * SEEKING_COSTS => {
                let bits = union(self.builder, word, ordinal)?;
                docs.retain(|doc| bits.contains(*doc));
                Pages::List(docs)
            }
            Pages::Set(bits) => {
                let mut docs = bits.docs();
                confirm(self.builder, word, ordinal, &mut docs)?;
                Pages::List(docs)
            }
            Pages::List(mut docs) => {
                confirm(self.builder, word, ordinal, &mut docs)?;
                Pages::List(docs)
            }
        })
    }

    /// Pages that have some of the words.
    fn some(&self, ordinal: SegmentOrdinal, count: usize) -> tantivy::Result<Bits> {
        let max_doc = self.builder.searcher.segment_reader(ordinal).max_doc();
        // Of pages with one word or more, two or more, and so on.
        let mut with: Vec<Bits> = (0..count).map(|_| Bits::new(max_doc)).collect();
        for word in &self.words {
            if cost(word, ordinal) == 0 {
                continue;
            }
            let bits = union(self.builder, word, ordinal)?;
            for more in (1..count).rev() {
                let (fewer, these) = with.split_at_mut(more);
                these[0].insert_shared(&fewer[more - 1], &bits);
            }
            with[0].insert_set(&bits);
        }
        Ok(with.pop().unwrap_or_default())
    }
}

/// All that a query finds.
fn all_of(scorer: &mut dyn Scorer) -> Vec<DocId> {
    let mut docs = Vec::new();
    while scorer.doc() != TERMINATED {
        docs.push(scorer.doc());
        scorer.advance();
    }
    docs
}

/// Of these pages those that a query finds.
fn kept(scorer: &mut dyn Scorer, mut docs: Vec<DocId>) -> Vec<DocId> {
    keep(scorer, true, &mut docs);
    docs
}

/// Keeps those, in their order, that a query finds, or does not.
fn keep(scorer: &mut dyn Scorer, found: bool, docs: &mut Vec<DocId>) {
    docs.retain(|doc| {
        if scorer.doc() < *doc {
            scorer.seek(*doc);
        }
        (scorer.doc() == *doc) == found
    });
}
