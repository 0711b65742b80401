//! From a material to its entries, one for each page.
use crate::analysis::{Languages, Word, exact_terms, loose_terms, scan};
use crate::schema::{Fields, Pair};
use homeroom_core::ports::search_index::{Audience, IndexedMaterial};
use tantivy::{TantivyDocument, Term};

/// Longer titles are ordered by their beginning.
const TITLE_ORDER_CHARS: usize = 200;

/// The term that all entries of a material hold.
pub(crate) fn material_term(fields: &Fields, id: impl std::fmt::Display) -> Term {
    Term::from_field_text(fields.material, &id.to_string())
}

/// All entries of a material, in the order of its pages; at least one.
pub(crate) fn entries(fields: &Fields, material: &IndexedMaterial) -> impl Iterator<Item = TantivyDocument> {
    let languages = Languages::of_page(material.language.as_deref());
    let common = common(fields, material, &languages);
    let mut pages: Vec<(u32, &str)> = material
        .pages
        .iter()
        .map(|page| (page.number, page.text.as_str()))
        .collect();
    pages.sort_by_key(|(page, _)| *page);
    if pages.is_empty() {
        pages.push((0, ""));
    }
    let fields = *fields;
    let fingerprint = material.fingerprint;
    let (title, description) = (material.title.to_lowercase(), material.description.clone());
    pages.into_iter().enumerate().map(move |(index, (page, text))| {
        let mut entry = common.clone();
        if index == 0 {
            entry.add_u64(fields.first, 1);
            entry.add_u64(fields.fingerprint, fingerprint);
            let order: String = title.chars().take(TITLE_ORDER_CHARS).collect();
            entry.add_text(fields.title_order, order);
        }
        entry.add_u64(fields.page, u64::from(page));
        add_words(&mut entry, fields.body, &scan(text), &languages);
        entry.add_text(
            fields.text,
            if text.trim().is_empty() {
                &description
            } else {
                text
            },
        );
        entry
    })
}

/// What every entry of the material holds.
fn common(fields: &Fields, material: &IndexedMaterial, languages: &Languages) -> TantivyDocument {
    let mut entry = TantivyDocument::default();
    let (high, low) = material.id.uuid().as_u64_pair();
    entry.add_text(fields.material, material.id.to_string());
    entry.add_u64(fields.id_high, high);
    entry.add_u64(fields.id_low, low);
    for value in visible_to(material) {
        entry.add_text(fields.visible, value);
    }
    entry.add_text(fields.owner, material.owner.to_string());
    for (field, value) in [
        (fields.subject, material.subject.as_deref()),
        (fields.course, material.course.as_deref()),
        (fields.language, material.language.as_deref()),
        (fields.kind, Some(material.kind.name())),
    ] {
        if let Some(value) = value {
            entry.add_text(field, value);
        }
    }
    if let Some(grade) = material.grade {
        entry.add_u64(fields.grade, u64::from(grade));
    }
    for tag in &material.tags {
        entry.add_text(fields.tag, tag);
    }
    entry.add_i64(fields.created, material.created_at.as_microsecond());
    add_words(&mut entry, fields.title, &scan(&material.title), languages);
    let about = format!(
        "{}\n{}\n{}",
        material.description,
        material.tags.join("\n"),
        material.uploader_name
    );
    add_words(&mut entry, fields.about, &scan(&about), languages);
    entry
}

/// The values of the field that every query is narrowed by.
fn visible_to(material: &IndexedMaterial) -> Vec<String> {
    let mut values = vec![format!("u:{}", material.owner)];
    match material.audience {
        Audience::Owner => {}
        Audience::School => values.push("school".to_owned()),
        Audience::Public => values.extend(["school".to_owned(), "public".to_owned()]),
    }
    values
}

fn add_words(entry: &mut TantivyDocument, pair: Pair, words: &[Word], languages: &Languages) {
    entry.add_pre_tokenized_text(pair.exact, exact_terms(words));
    entry.add_pre_tokenized_text(pair.loose, loose_terms(words, languages));
}
