//! From a material to its entries, one for each page.
use crate::analysis::terms::{Analyst, Analysts, gap, mark};
use crate::schema::{self, Fields};
use homeroom_core::ports::search_index::{Audience, IndexedMaterial, IndexedPage, RatingSummary};
use std::collections::{BTreeMap, HashMap, HashSet};
use tantivy::{TantivyDocument, Term};

/// Longer titles are ordered by their beginning.
const TITLE_ORDER_CHARS: usize = 200;
/// Parts what [`Shown`] holds.
const PART: char = '\u{1F}';

/// The term that all entries of a material hold.
pub(crate) fn material_term(fields: &Fields, id: impl std::fmt::Display) -> Term {
    Term::from_field_text(fields.material, &id.to_string())
}

/// All entries of a material, in the order of its pages; at least one.
pub(crate) fn entries(
    fields: &Fields,
    analysts: &mut Analysts,
    material: &IndexedMaterial,
) -> Vec<TantivyDocument> {
    let common = common(fields, material);
    let nothing = [IndexedPage::default()];
    let mut pages: Vec<&IndexedPage> = material.pages.iter().collect();
    pages.sort_by_key(|page| page.number);
    if pages.is_empty() {
        pages.extend(&nothing);
    }
    let mut repeated: HashMap<Option<&str>, Repeated> = HashMap::new();
    let mut entries = Vec::with_capacity(pages.len());
    for (index, page) in pages.into_iter().enumerate() {
        let language = page.language.as_deref().or(material.language.as_deref());
        let analyst = analysts.of(language);
        let repeated = repeated
            .entry(language)
            .or_insert_with(|| Repeated::new(analyst, material));
        let mut entry = common.clone();
        if index == 0 {
            first(&mut entry, fields, material);
        }
        if let Some(language) = language {
            entry.add_text(fields.stemmed, language);
        }
        add_page(&mut entry, fields, material, page, analyst, repeated);
        entries.push(entry);
    }
    entries
}

/// Terms of what all pages of a material in one language repeat.
struct Repeated {
    title: String,
    about: String,
    /// The subject's words, which weigh as much as those of headings.
    subject: String,
    person: String,
}

impl Repeated {
    fn new(analyst: &mut Analyst, material: &IndexedMaterial) -> Self {
        let mut about = vec![material.description.as_str(), &material.uploader_name];
        about.extend(material.tags.iter().map(String::as_str));
        about.extend(material.subject.as_deref());
        let mut person = String::new();
        analyst.terms(&material.uploader_name, &mut person, &mut String::new());
        Self {
            title: marked(analyst, [material.title.as_str()]),
            about: marked(analyst, about),
            subject: marked(analyst, material.subject.as_deref()),
            person,
        }
    }
}

/// Exact words and marked loose forms of several texts.
fn marked<'t>(analyst: &mut Analyst, texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut terms = String::new();
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        let mut loose = String::new();
        analyst.terms(text, &mut terms, &mut loose);
        gap(&mut terms);
        mark(&mut terms, &loose);
        gap(&mut terms);
    }
    terms
}

/// What every entry of the material holds.
fn common(fields: &Fields, material: &IndexedMaterial) -> TantivyDocument {
    let mut entry = TantivyDocument::default();
    let (high, low) = material.id.uuid().as_u64_pair();
    entry.add_text(fields.material, material.id.to_string());
    entry.add_u64(fields.id_high, high);
    entry.add_u64(fields.id_low, low);
    let audience = match material.audience {
        Audience::Owner => schema::OWNER,
        Audience::Classmates => schema::CLASSMATES,
        Audience::School => schema::SCHOOL,
        Audience::Public => schema::PUBLIC,
    };
    entry.add_u64(fields.audience, audience);
    entry.add_text(fields.owner, material.owner.to_string());
    let language = material.language.as_deref().or_else(|| most_pages(material));
    for (field, value) in [
        (fields.subject, material.subject.as_deref()),
        (fields.course, material.course.as_deref()),
        (fields.language, language),
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
    entry.add_u64(fields.rating, bayesian_mean(material.rating));
    entry
}

/// What only the first entry of a material holds.
fn first(entry: &mut TantivyDocument, fields: &Fields, material: &IndexedMaterial) {
    entry.add_u64(fields.first, 1);
    entry.add_u64(fields.fingerprint, material.fingerprint);
    let order: String = material
        .title
        .to_lowercase()
        .chars()
        .take(TITLE_ORDER_CHARS)
        .collect();
    entry.add_text(fields.title_order, order);
    let shown = format!(
        "{}{PART}{}{PART}{}",
        material.owner, material.uploader_name, material.title
    );
    entry.add_text(fields.shown, shown);
}

fn add_page(
    entry: &mut TantivyDocument,
    fields: &Fields,
    material: &IndexedMaterial,
    page: &IndexedPage,
    analyst: &mut Analyst,
    repeated: &Repeated,
) {
    entry.add_u64(fields.page, u64::from(page.number));
    let headings = repeated.subject.clone() + &marked(analyst, page.headings.iter().map(String::as_str));
    let mut about = page.repeated.iter().map(String::as_str).collect::<Vec<_>>();
    about.extend(page.label.as_deref());
    let about = repeated.about.clone() + &marked(analyst, about);
    let (mut body, mut stem) = (String::with_capacity(page.text.len()), String::new());
    // Lines that many pages repeat are found beside the text.
    if page.repeated.is_empty() {
        analyst.terms(&page.text, &mut body, &mut stem);
    } else {
        let text = without_lines(&page.text, &page.repeated);
        analyst.terms(&text, &mut body, &mut stem);
    }
    for (field, terms) in [
        (fields.title, &repeated.title),
        (fields.heading, &headings),
        (fields.about, &about),
        (fields.person, &repeated.person),
        (fields.body, &body),
        (fields.stem, &stem),
    ] {
        if !terms.is_empty() {
            entry.add_text(field, terms);
        }
    }
    let shown = if page.text.trim().is_empty() {
        &material.description
    } else {
        &page.text
    };
    entry.add_text(fields.text, shown);
    if let Some(label) = &page.label {
        entry.add_text(fields.label, label);
    }
}

fn without_lines(text: &str, repeated: &[String]) -> String {
    let repeated: HashSet<&str> = repeated.iter().map(|line| line.trim()).collect();
    let mut kept = String::with_capacity(text.len());
    for line in text.lines().filter(|line| !repeated.contains(line.trim())) {
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

/// The language of most pages.
fn most_pages(material: &IndexedMaterial) -> Option<&str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for language in material.pages.iter().filter_map(|page| page.language.as_deref()) {
        *counts.entry(language).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(language, _)| language)
}

/// In thousandths of a star; as if four people had given three and a half before.
fn bayesian_mean(rating: RatingSummary) -> u64 {
    const PRIOR_COUNT: u64 = 4;
    const PRIOR_MEAN: u64 = 3_500;
    (PRIOR_COUNT * PRIOR_MEAN + u64::from(rating.stars) * 1_000) / (PRIOR_COUNT + u64::from(rating.count))
}

/// What a suggestion shows of a material.
pub(crate) struct Shown<'a> {
    /// Whose.
    pub(crate) owner: &'a str,
    /// The uploader's name.
    pub(crate) person: &'a str,
    /// Its title.
    pub(crate) title: &'a str,
}

impl<'a> Shown<'a> {
    /// Reads what the first entry holds.
    pub(crate) fn read(stored: &'a str) -> Option<Self> {
        let (owner, rest) = stored.split_once(PART)?;
        let (person, title) = rest.split_once(PART)?;
        Some(Self { owner, person, title })
    }
}
