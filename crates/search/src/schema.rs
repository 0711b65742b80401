//! The fields of an entry. One entry is one page; what belongs to the material is repeated on each
//! of its pages, so that one page can match words of its title and of its text together.
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

/// The fields by role.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// The material's id, for replacing, removing and filtering.
    pub(crate) material: Field,
    /// The two halves of the same id, for grouping.
    pub(crate) id_high: Field,
    /// See `id_high`.
    pub(crate) id_low: Field,
    /// The page's number.
    pub(crate) page: Field,
    /// Of the material as it was fed, on first entries.
    pub(crate) fingerprint: Field,
    /// 1 on one entry of each material.
    pub(crate) first: Field,
    /// Who may find it: [`OWNER`], [`CLASSMATES`], [`SCHOOL`] or [`PUBLIC`].
    pub(crate) audience: Field,
    /// The owner, who always may, and for the uploader filter.
    pub(crate) owner: Field,
    /// Filters.
    pub(crate) subject: Field,
    /// 7 to 12.
    pub(crate) grade: Field,
    /// A course's id.
    pub(crate) course: Field,
    /// Tags.
    pub(crate) tag: Field,
    /// A kind's name.
    pub(crate) kind: Field,
    /// BCP 47 primary subtag.
    pub(crate) language: Field,
    /// The language whose stems the page is indexed with.
    pub(crate) stemmed: Field,
    /// Microseconds since 1970.
    pub(crate) created: Field,
    /// The Bayesian mean of its stars, in thousandths.
    pub(crate) rating: Field,
    /// Lower-cased title, on first entries.
    pub(crate) title_order: Field,
    /// Words of the uploader's name.
    pub(crate) person: Field,
    /// Words of the title.
    pub(crate) title: Field,
    /// Words of the page's headings.
    pub(crate) heading: Field,
    /// Words of what surrounds the text: description, tags, uploader, repeated lines.
    pub(crate) about: Field,
    /// Words of the page's own text.
    pub(crate) body: Field,
    /// Looser forms of the words of the page's own text, where they differ.
    pub(crate) stem: Field,
    /// The page's text, or the description of a material without pages, for snippets.
    pub(crate) text: Field,
    /// What people call the page, where that is not its number.
    pub(crate) label: Field,
    /// On first entries: owner, uploader's name and title, for suggestions.
    pub(crate) shown: Field,
}

/// The tokenizer of all fields of words: see `analysis::terms`.
pub(crate) const TERMS: &str = "terms";
/// Values of the field `audience`.
pub(crate) const OWNER: u64 = 0;
/// Whoever is in a class with its owner.
pub(crate) const CLASSMATES: u64 = 1;
/// Any signed-in user.
pub(crate) const SCHOOL: u64 = 2;
/// Anybody.
pub(crate) const PUBLIC: u64 = 3;

/// Makes the schema.
pub(crate) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = |option| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(TERMS)
                .set_index_option(option),
        )
    };
    let positions = || words(IndexRecordOption::WithFreqsAndPositions);
    let fields = Fields {
        material: builder.add_text_field("material", STRING),
        id_high: builder.add_u64_field("id_high", FAST),
        id_low: builder.add_u64_field("id_low", FAST),
        page: builder.add_u64_field("page", FAST),
        fingerprint: builder.add_u64_field("fingerprint", FAST),
        first: builder.add_u64_field("first", INDEXED),
        audience: builder.add_u64_field("audience", FAST),
        owner: builder.add_text_field("owner", STRING | FAST),
        subject: builder.add_text_field("subject", STRING | FAST),
        grade: builder.add_u64_field("grade", INDEXED | FAST),
        course: builder.add_text_field("course", STRING),
        tag: builder.add_text_field("tag", STRING),
        kind: builder.add_text_field("kind", STRING | FAST),
        language: builder.add_text_field("language", STRING | FAST),
        stemmed: builder.add_text_field("stemmed", STRING),
        created: builder.add_i64_field("created", FAST),
        rating: builder.add_u64_field("rating", FAST),
        title_order: builder.add_text_field("title_order", TextOptions::default().set_fast("raw")),
        person: builder.add_text_field("person", words(IndexRecordOption::Basic)),
        title: builder.add_text_field("title", positions()),
        heading: builder.add_text_field("heading", words(IndexRecordOption::WithFreqs)),
        about: builder.add_text_field("about", positions()),
        body: builder.add_text_field("body", positions()),
        stem: builder.add_text_field("stem", words(IndexRecordOption::WithFreqs)),
        text: builder.add_text_field("text", STORED),
        label: builder.add_text_field("label", TextOptions::default().set_stored().set_fast("raw")),
        shown: builder.add_text_field("shown", STORED),
    };
    (builder.build(), fields)
}
