//! Pieces that several pages are made of.
use crate::web::context::{
    Choice, Facet, FacetGroup, FacetOption, Field, Hue, MaterialCard, Picture, SelectOption, SubjectTag,
};
use crate::web::icons::{Icon, icon};
use crate::web::localizer::Localizer;
use homeroom_core::domain::kind::Kind;
use maud::{Markup, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a query value.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A text as the value of a query parameter.
pub fn query_value(text: &str) -> String {
    utf8_percent_encode(text, QUERY_VALUE).to_string()
}

/// Where one logs in and comes back from.
pub fn login_url(here: &str) -> String {
    format!("/login?next={}", query_value(here))
}

/// How large the search field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchSize {
    /// In the header.
    Header,
    /// On the home page.
    FrontDoor,
}

/// The search field.
pub fn search_form(query: &str, size: SearchSize, t: &Localizer) -> Markup {
    let class = match size {
        SearchSize::Header => "search",
        SearchSize::FrontDoor => "search search-large",
    };
    html! {
        form class=(class) role="search" action="/search" method="get" data-search
            data-suggestions=(t.text("suggestions")) data-kind-title=(t.text("suggestion-title")) data-kind-subject=(t.text("facet-subject"))
            data-kind-person=(t.text("suggestion-person")) data-kind-phrase=(t.text("suggestion-phrase")) {
            label.visually-hidden for="q" { (t.text("search-label")) }
            (icon(Icon::Search))
            input #q type="search" name="q" value=(query) dir="auto" maxlength="1000" autocomplete="off" enterkeyhint="search"
                placeholder=(t.text("search-placeholder")) data-focus-key="/";
            kbd.search-key aria-hidden="true" { "/" }
            button.search-go.button.button-primary { (t.text("search-go")) }
        }
    }
}

/// The hidden field that proves a form is ours.
pub fn csrf_field(csrf: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(csrf); }
}

/// A material's cover: its first page, or a drawn sheet with its kind.
pub fn cover(picture: Option<&Picture>, kind: Kind, hue: Option<Hue>, t: &Localizer) -> Markup {
    let class = format!("cover {}", hue.map_or("subject-none", Hue::class));
    html! {
        span class=(class) aria-hidden="true" {
            @if let Some(picture) = picture {
                img src=(picture.url) width=(picture.width) height=(picture.height) alt="" loading="lazy" decoding="async";
            } @else {
                span.cover-drawn { (icon(kind_icon(kind))) span.cover-kind { (t.kind(kind)) } }
            }
        }
    }
}

/// A label that stands in place of a page's number, such as `iv` or `12:30`; longer ones are names.
pub fn short_label(label: Option<&str>) -> Option<&str> {
    label.filter(|label| label.chars().count() <= 8)
}

/// What a page is called in lists: its label, with `p.` before a number; or its number.
pub fn page_called(number: u32, label: Option<&str>, t: &Localizer) -> String {
    match label {
        None => t.with("page-short", &[("n", number.into())]),
        Some(label) if is_numeral(label) => t.with("page-short-labelled", &[("label", label.into())]),
        Some(label) => label.to_owned(),
    }
}

/// Whether a label is a number, in digits or Roman.
fn is_numeral(label: &str) -> bool {
    let all_of = |letters: &str| !label.is_empty() && label.chars().all(|c| letters.contains(c));
    let digits = !label.is_empty() && label.chars().all(char::is_numeric);
    digits || all_of("ivxlcdm") || all_of("IVXLCDM")
}

/// What a page is called beside its hit: its short label, or its number where its name stands apart.
pub fn page_badge(number: u32, label: Option<&str>, t: &Localizer) -> Markup {
    html! { span.page-badge { bdi { (page_called(number, short_label(label), t)) } } }
}

/// The name of a page that has one beside its number.
pub fn page_name(label: Option<&str>) -> Markup {
    let name = label.filter(|label| short_label(Some(label)).is_none());
    html! { @if let Some(name) = name { span.page-name dir="auto" { (name) } } }
}

/// The icon for a kind of file.
pub const fn kind_icon(kind: Kind) -> Icon {
    match kind {
        Kind::Pdf
        | Kind::Docx
        | Kind::Odt
        | Kind::Rtf
        | Kind::Doc
        | Kind::Latex
        | Kind::Text
        | Kind::Markdown
        | Kind::Html
        | Kind::Code
        | Kind::Captions
        | Kind::Xlsx
        | Kind::Ods
        | Kind::Xls
        | Kind::Notebook => Icon::File,
        Kind::Pptx | Kind::Odp | Kind::Ppt | Kind::Epub => Icon::Pages,
        Kind::Image => Icon::Picture,
        Kind::Video => Icon::Film,
        Kind::Audio => Icon::Sound,
        Kind::Archive | Kind::Other => Icon::Folder,
    }
}

/// A subject's name in its colours, leading to its page.
pub fn subject_chip(subject: &SubjectTag) -> Markup {
    html! { a class={ "chip " (subject.hue.class()) } href=(subject.url) { bdi { (subject.name) } } }
}

/// A subject's name where a link would be inside another one.
pub fn subject_mark(subject: &SubjectTag) -> Markup {
    html! { span class={ "subject-mark " (subject.hue.class()) } { bdi { (subject.name) } } }
}

/// The quiet line below a title: subject, grade, kind, pages, uploader.
pub fn meta_line(card: &MaterialCard, t: &Localizer) -> Markup {
    html! {
        span.meta {
            @if let Some(subject) = &card.subject { (subject_mark(subject)) }
            @if let Some(grade) = card.grade { span { (t.grade(grade)) } }
            span { (t.kind(card.kind)) }
            @if let Some(pages) = card.pages { span { (t.with("pages-count", &[("n", pages.into())])) } }
            span.meta-by { (t.with("by-uploader", &[("name", card.uploader.as_str().into())])) }
        }
    }
}

/// Materials as rows with small covers.
pub fn material_rows(cards: &[MaterialCard], t: &Localizer) -> Markup {
    html! {
        ul.rows data-walk {
            @for card in cards {
                li.row {
                    a.row-link href=(card.url) data-walk-item {
                        (cover(card.cover.as_ref(), card.kind, card.subject.as_ref().map(|subject| subject.hue), t))
                        span.row-text {
                            span.row-title dir="auto" { (card.title) }
                            (meta_line(card, t))
                        }
                        time.row-date datetime=(card.shared_on) { (t.day(card.shared_on)) }
                    }
                }
            }
        }
    }
}

/// Materials as a shelf of covers.
pub fn shelf(cards: &[MaterialCard], t: &Localizer) -> Markup {
    html! {
        ul.shelf data-walk {
            @for card in cards {
                li {
                    a.book href=(card.url) data-walk-item {
                        (cover(card.cover.as_ref(), card.kind, card.subject.as_ref().map(|subject| subject.hue), t))
                        span.book-title dir="auto" { (card.title) }
                        span.meta {
                            @if let Some(subject) = &card.subject { (subject_mark(subject)) }
                            @if let Some(grade) = card.grade { span { (t.grade(grade)) } }
                        }
                    }
                }
            }
        }
    }
}

/// What a list can be narrowed by; on a phone a sheet that opens.
pub fn facets(groups: &[FacetGroup], t: &Localizer) -> Markup {
    let chosen = groups
        .iter()
        .flat_map(|group| &group.options)
        .filter(|option| option.state == Choice::Chosen)
        .count();
    html! {
        @if groups.iter().any(|group| !group.options.is_empty()) {
            details.facets {
                summary.button {
                    (icon(Icon::Sliders)) (t.text("facets-narrow"))
                    @if chosen > 0 { span.count-badge { (t.number(chosen as u64)) } }
                }
                nav.facet-groups aria-label=(t.text("facets-narrow")) {
                    @for group in groups.iter().filter(|group| !group.options.is_empty()) { (facet_group(group, t)) }
                }
            }
        }
    }
}

fn facet_group(group: &FacetGroup, t: &Localizer) -> Markup {
    let title = t.text(match group.facet {
        Facet::Subject => "facet-subject",
        Facet::Grade => "facet-grade",
        Facet::Kind => "facet-kind",
        Facet::Language => "facet-language",
    });
    html! {
        section.facet {
            h3 { (title) }
            ul { @for option in &group.options { li { (facet_option(option, t)) } } }
        }
    }
}

fn facet_option(option: &FacetOption, t: &Localizer) -> Markup {
    let class = match option.hue {
        Some(hue) => format!("facet-option {}", hue.class()),
        None => "facet-option".to_owned(),
    };
    let current = match option.state {
        Choice::Chosen => Some("true"),
        Choice::Open => None,
    };
    html! {
        a class=(class) href=(option.url) rel="nofollow" aria-current=[current] {
            @if option.hue.is_some() { span.spine aria-hidden="true" {} }
            bdi.facet-label { (option.label) }
            @if current.is_some() {
                (icon(Icon::Close)) span.visually-hidden { (t.text("facet-remove")) }
            } @else {
                span.facet-count { (t.number(option.count)) }
            }
        }
    }
}

/// What a list is narrowed to now, each to be taken away.
pub fn chosen(groups: &[FacetGroup], t: &Localizer) -> Markup {
    let chosen: Vec<&FacetOption> = groups
        .iter()
        .flat_map(|group| &group.options)
        .filter(|option| option.state == Choice::Chosen)
        .collect();
    html! {
        @if !chosen.is_empty() {
            ul.chosen aria-label=(t.text("facets-chosen")) {
                @for option in chosen {
                    li {
                        a.chosen-option href=(option.url) rel="nofollow" {
                            bdi { (option.label) } (icon(Icon::Close)) span.visually-hidden { (t.text("facet-remove")) }
                        }
                    }
                }
            }
        }
    }
}

/// The link to what follows.
pub fn more(next: Option<&str>, t: &Localizer) -> Markup {
    html! {
        @if let Some(url) = next {
            nav.pager aria-label=(t.text("pager")) {
                a.button href=(url) rel="next" { (t.text("pager-more")) (icon(Icon::Forward)) }
            }
        }
    }
}

/// A labelled one-line input.
pub struct Input<'a> {
    /// Its name in the form, and its id.
    pub name: &'a str,
    /// Above it.
    pub label: String,
    /// Below it.
    pub hint: Option<String>,
    /// `text`, `email`, `password`…
    pub kind: &'a str,
    /// For the browser's memory: `username`, `new-password`…
    pub autocomplete: &'a str,
    /// Whether the form can go without it.
    pub need: Need,
    /// The longest text in characters.
    pub max: u32,
}

/// Whether a field has to be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It has to.
    Required,
    /// It may stay empty.
    Optional,
}

/// An input with label, hint and error, tied together for assistive technology.
pub fn input(input: &Input<'_>, field: &Field) -> Markup {
    let hint_id = input.hint.as_ref().map(|_| format!("{}-hint", input.name));
    let error_id = field.error.as_ref().map(|_| format!("{}-error", input.name));
    let described: Vec<_> = [&error_id, &hint_id].into_iter().flatten().cloned().collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    html! {
        div.field {
            label for=(input.name) { (input.label) }
            input id=(input.name) name=(input.name) type=(input.kind) value=(field.value) dir="auto" maxlength=(input.max)
                autocomplete=(input.autocomplete) required[input.need == Need::Required]
                aria-invalid=[field.error.as_ref().map(|_| "true")] aria-describedby=[described];
            @if let Some(hint) = &input.hint { p.hint id=[hint_id] { (hint) } }
            (field_error(field, error_id))
        }
    }
}

/// What is wrong with a field, beside it.
pub fn field_error(field: &Field, id: Option<String>) -> Markup {
    html! { @if let Some(error) = &field.error { p.field-error id=[id] role="alert" { (icon(Icon::Warning)) (error) } } }
}

/// A labelled choice.
pub fn select(name: &str, label: &str, options: &[SelectOption]) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            select id=(name) name=(name) { (select_options(options)) }
        }
    }
}

/// The options alone, where a template is cloned and has no ids.
pub fn select_options(options: &[SelectOption]) -> Markup {
    html! {
        @for option in options {
            option value=(option.value) selected[option.state == Choice::Chosen] dir="auto" { (option.label) }
        }
    }
}

/// A text of several lines, with its line breaks, never as markup.
pub fn paragraphs(text: &str) -> Markup {
    html! {
        @for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
            p.prose dir="auto" {
                @for (index, line) in paragraph.trim().lines().enumerate() {
                    @if index > 0 { br; }
                    (line)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_roman_numerals_are_pages_and_names_are_not() {
        for label in ["379", "iv", "XII", "٣"] {
            assert!(is_numeral(label), "{label}");
        }
        for label in ["Grades", "12:30", "A-3", "iV", "Mix", ""] {
            assert!(!is_numeral(label), "{label}");
        }
    }
}
