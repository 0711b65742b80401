//! The fields of an entry. One entry is one page; what belongs to the material is repeated on each
//! of its pages, so that one page can match words of its title and of its text together.
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

/// The fields by role.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// The material's id, for replacing, removing and grouping.
    pub(crate) material: Field,
    /// The two halves of the same id, for grouping across segments.
    pub(crate) id_high: Field,
    /// See `id_high`.
    pub(crate) id_low: Field,
    /// The page's number.
    pub(crate) page: Field,
    /// Of the material as it was fed, on first entries.
    pub(crate) fingerprint: Field,
    /// 1 on one entry of each material.
    pub(crate) first: Field,
    /// Who may find it: `public`, `school`, and `u:` with the owner.
    pub(crate) visible: Field,
    /// The owner, for the uploader filter.
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
    /// Microseconds since 1970.
    pub(crate) created: Field,
    /// Lower-cased title, on first entries.
    pub(crate) title_order: Field,
    /// Exact and loose terms of the title.
    pub(crate) title: Pair,
    /// Exact and loose terms of description, tags and uploader.
    pub(crate) about: Pair,
    /// Exact and loose terms of the page.
    pub(crate) body: Pair,
    /// The page's text, or the description of a material without pages, for snippets.
    pub(crate) text: Field,
}

/// A field of words as they are written and one of looser forms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    /// As written, after folding; with positions.
    pub(crate) exact: Field,
    /// Stems and words without prefixes.
    pub(crate) loose: Field,
}

/// Name of the fast field that groups.
pub(crate) const MATERIAL: &str = "material";

/// Makes the schema.
pub(crate) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = |option| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_index_option(option),
        )
    };
    let mut pair = |name: &str| Pair {
        exact: builder.add_text_field(name, words(IndexRecordOption::WithFreqsAndPositions)),
        loose: builder.add_text_field(&format!("{name}_loose"), words(IndexRecordOption::WithFreqs)),
    };
    let (title, about, body) = (pair("title"), pair("about"), pair("body"));
    let fields = Fields {
        material: builder.add_text_field(MATERIAL, STRING | FAST),
        id_high: builder.add_u64_field("id_high", FAST),
        id_low: builder.add_u64_field("id_low", FAST),
        page: builder.add_u64_field("page", FAST),
        fingerprint: builder.add_u64_field("fingerprint", FAST),
        first: builder.add_u64_field("first", INDEXED),
        visible: builder.add_text_field("visible", STRING),
        owner: builder.add_text_field("owner", STRING),
        subject: builder.add_text_field("subject", STRING | FAST),
        grade: builder.add_u64_field("grade", INDEXED | FAST),
        course: builder.add_text_field("course", STRING),
        tag: builder.add_text_field("tag", STRING),
        kind: builder.add_text_field("kind", STRING | FAST),
        language: builder.add_text_field("language", STRING | FAST),
        created: builder.add_i64_field("created", FAST),
        title_order: builder.add_text_field("title_order", TextOptions::default().set_fast("raw")),
        title,
        about,
        body,
        text: builder.add_text_field("text", STORED),
    };
    (builder.build(), fields)
}
