//! Finding pages. One entry per page, grouped by material; permissions are part of the query.
//!
//! # Contract
//! - `apply` is atomic for each change and durable enough to be rebuilt: an index may be lost at
//!   any time and is then fed again from the records.
//! - When `apply` returns, its changes are visible to every later `find` and `list`.
//! - Nothing that [`Viewer`] may not see influences hits, totals or facets.
use crate::domain::classmates::Classmates;
use crate::domain::ids::{MaterialId, UserId};
use crate::domain::kind::Kind;
pub use crate::domain::material::RatingSummary;
use async_trait::async_trait;
use jiff::Timestamp;

/// Who is looking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Not signed in: public material only.
    Anonymous,
    /// Signed in: public and school material, and their own.
    User(UserId),
    /// Signed in and in classes: as [`Viewer::User`], and what these people share with their classes.
    Classmate(UserId, Classmates),
    /// Moderators and administrators: everything that is shared, and their own.
    Everything(UserId),
}

/// Who may find a material.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Its owner only.
    Owner,
    /// Whoever is in a class with its owner, which the viewer brings along: the index knows no classes.
    Classmates,
    /// Any signed-in user.
    School,
    /// Anybody.
    Public,
}

/// A material with its pages, as the index keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexedMaterial {
    /// Which.
    pub id: MaterialId,
    /// Whose.
    pub owner: UserId,
    /// Who may find it.
    pub audience: Audience,
    /// Its title: found on every page, weighs more than text.
    pub title: String,
    /// Its description.
    pub description: String,
    /// The uploader's name.
    pub uploader_name: String,
    /// A subject's slug.
    pub subject: Option<String>,
    /// 7 to 12.
    pub grade: Option<u8>,
    /// A course's id.
    pub course: Option<String>,
    /// Lower-cased.
    pub tags: Vec<String>,
    /// BCP 47 primary subtag.
    pub language: Option<String>,
    /// True type.
    pub kind: Kind,
    /// For sorting by newest.
    pub created_at: Timestamp,
    /// How it was rated.
    pub rating: RatingSummary,
    /// A digest of everything here: the index keeps it and tells it by [`SearchIndex::held`], so that
    /// drift from the records can be seen.
    pub fingerprint: u64,
    /// A material without pages is still found by its title, as page 0.
    pub pages: Vec<IndexedPage>,
}

/// A page, as the index keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexedPage {
    /// From 1.
    pub number: u32,
    /// All its text.
    pub text: String,
    /// What people call it, where that is not its number.
    pub label: Option<String>,
    /// Its headings, and what else weighs more than text: what its subject is called now.
    pub headings: Vec<String>,
    /// Lines of the text that many pages repeat: they weigh less.
    pub repeated: Vec<String>,
    /// BCP 47 primary subtag where it can be told; else the material's.
    pub language: Option<String>,
}

impl IndexedPage {
    /// A page of which nothing is known but its text.
    pub fn plain(number: u32, text: String) -> Self {
        Self {
            number,
            text,
            ..Self::default()
        }
    }
}

/// A change to the index.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Replaces all entries of the material.
    Replace(Box<IndexedMaterial>),
    /// Removes all entries of the material.
    Remove(MaterialId),
}

/// Narrows what is found or listed. Values are exact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A subject's slug.
    pub subject: Option<String>,
    /// 7 to 12.
    pub grade: Option<u8>,
    /// A course's id.
    pub course: Option<String>,
    /// The owner.
    pub uploader: Option<UserId>,
    /// One material, for finding inside it.
    pub material: Option<MaterialId>,
    /// One tag.
    pub tag: Option<String>,
    /// Types, any of which will do; empty for all.
    pub kinds: Vec<Kind>,
    /// BCP 47 primary subtag.
    pub language: Option<String>,
}

/// What a material is narrowed to by a field of the query, such as `subject:biology`. A value that
/// names nothing is an empty list, which no material fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldClause {
    /// Slugs, any of which will do.
    Subject(Vec<String>),
    /// One of these owners, or somebody whose name has all the words of the text, each at least
    /// begun.
    Person(Vec<UserId>, String),
    /// Types, any of which will do.
    Kind(Vec<Kind>),
    /// Grades, any of which will do.
    Grade(Vec<u8>),
    /// BCP 47 primary subtags, any of which will do.
    Language(Vec<String>),
}

/// Fields of a query. Clauses of one kind are alternatives; different kinds must all fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldClauses {
    /// What a material must fit.
    pub wanted: Vec<FieldClause>,
    /// What it must not.
    pub excluded: Vec<FieldClause>,
}

impl FieldClauses {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.excluded.is_empty()
    }
}

/// A search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindRequest {
    /// What was typed without its fields, at most 1,000 characters: words are AND, `"phrases"`,
    /// `-exclusion`, `OR`, `(groups)`; any text is a valid query. Empty with fields finds all that
    /// fits them.
    pub text: String,
    /// The fields that were typed.
    pub fields: FieldClauses,
    /// Who asks.
    pub viewer: Viewer,
    /// Narrowed to.
    pub filter: Filter,
    /// The order of the answer.
    pub sort: FindSort,
    /// Materials per answer, 1 to 100.
    pub limit: u32,
    /// How many materials to pass over (at most 10,000).
    pub offset: u32,
}

/// The order of what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FindSort {
    /// Best match first.
    #[default]
    Relevance,
    /// Latest first.
    Newest,
    /// Best rated first; a mean of few ratings counts less (Bayesian mean).
    BestRated,
}

impl FindSort {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Relevance, Self::Newest, Self::BestRated];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Newest => "newest",
            Self::BestRated => "best_rated",
        }
    }

    /// The one of this name.
    pub fn called(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.name() == name)
    }
}

/// A material that was found, by its best page.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Which material.
    pub material: MaterialId,
    /// The best page; 0 when only title or description matched a material without pages.
    pub page: u32,
    /// What people call that page, where it is not its number.
    pub label: Option<String>,
    /// HTML: hits in `<mark>`, everything else escaped. At most about 240 characters of text.
    pub snippet: String,
    /// Higher is better; comparable within one answer only.
    pub score: f32,
    /// Further pages of the same material with hits, ascending, at most 20.
    pub also: Vec<AlsoPage>,
}

/// A further page of a material that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlsoPage {
    /// From 1.
    pub number: u32,
    /// What people call it, where that is not its number.
    pub label: Option<String>,
}

/// How many materials have one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetCount {
    /// The value as a filter takes it.
    pub value: String,
    /// Materials, not pages.
    pub count: u64,
}

/// Counts over all that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// By subject slug.
    pub subject: Vec<FacetCount>,
    /// By grade.
    pub grade: Vec<FacetCount>,
    /// By kind.
    pub kind: Vec<FacetCount>,
    /// By language.
    pub language: Vec<FacetCount>,
}

/// What a search gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    /// Counted in materials.
    pub facets: Facets,
    /// Materials that match in all.
    pub total: u64,
    /// What was searched instead, when a typo was corrected.
    pub corrected: Option<String>,
    /// What was perhaps meant, when something was found for what was typed, but much more would be
    /// for this.
    pub suggested: Option<String>,
    /// Words that were left out because nothing has all, as they were typed. What stands in quotes is
    /// never left out, nor are alternatives, exclusions, fields and filters.
    pub without: Vec<String>,
}

/// The order of a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Latest first.
    #[default]
    Newest,
    /// By title, in code point order of its lower-cased form.
    Title,
}

impl Sort {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Newest, Self::Title];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Title => "title",
        }
    }

    /// The one of this name.
    pub fn called(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.name() == name)
    }
}

/// A listing without a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRequest {
    /// Who asks.
    pub viewer: Viewer,
    /// Narrowed to.
    pub filter: Filter,
    /// The order.
    pub sort: Sort,
    /// Materials per answer, 1 to 100.
    pub limit: u32,
    /// How many to pass over (at most 10,000).
    pub offset: u32,
}

/// What a listing gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// In the asked order.
    pub materials: Vec<MaterialId>,
    /// Materials that match in all.
    pub total: u64,
    /// Counts over all that match.
    pub facets: Facets,
}

/// What a field is being typed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestRequest {
    /// What was typed so far, at most 200 characters.
    pub text: String,
    /// Who asks.
    pub viewer: Viewer,
    /// At most 20.
    pub limit: u32,
}

/// What a suggestion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuggestionKind {
    /// The title of a material.
    Title,
    /// Somebody who shared.
    Person,
    /// A run of words that stands on several pages.
    Phrase,
}

/// One proposal of what to search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What it is.
    pub kind: SuggestionKind,
    /// What to show and to search.
    pub text: String,
    /// The material, for a title.
    pub material: Option<MaterialId>,
    /// The user, for a person.
    pub person: Option<UserId>,
}

/// Why the index did not answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// Being rebuilt, or its disk failed; a retry may help.
    #[error("search index unavailable: {0}")]
    Unavailable(String),
}

/// The port.
#[async_trait]
pub trait SearchIndex: Send + Sync + 'static {
    /// Applies changes in order; visible when it returns.
    async fn apply(&self, changes: Vec<Change>) -> Result<(), SearchError>;

    /// Finds pages.
    async fn find(&self, request: &FindRequest) -> Result<Found, SearchError>;

    /// Lists materials.
    async fn list(&self, request: &ListRequest) -> Result<Listed, SearchError>;

    /// Proposes what to search, best first; only what the viewer may see.
    async fn suggest(&self, request: &SuggestRequest) -> Result<Vec<Suggestion>, SearchError>;

    /// Materials that are like this one, best first, without it; nothing if the viewer may not see
    /// it. At most 20.
    async fn similar(
        &self,
        material: MaterialId,
        viewer: &Viewer,
        limit: u32,
    ) -> Result<Vec<MaterialId>, SearchError>;

    /// Whether the index was found missing, torn or of another format when it was opened, and so
    /// must be fed all materials again; stays true until [`SearchIndex::rebuilt`].
    fn needs_rebuild(&self) -> bool;

    /// All materials that the index holds, with the fingerprints they were fed with, in no order.
    async fn held(&self) -> Result<Vec<(MaterialId, u64)>, SearchError>;

    /// Empties the index, for a rebuild from the records.
    async fn clear(&self) -> Result<(), SearchError>;

    /// Says that all materials have been fed.
    async fn rebuilt(&self) -> Result<(), SearchError>;

    /// Up to when the index has taken up all changes, as it was last noted.
    fn followed(&self) -> Option<Timestamp>;

    /// Notes, durably, that the index has taken up all changes from before `at`.
    async fn note_followed(&self, at: Timestamp) -> Result<(), SearchError>;

    /// Whether there is an index behind this. A process that only runs jobs keeps none: what it
    /// changes reaches the others by the log of events.
    fn is_kept(&self) -> bool {
        true
    }
}
