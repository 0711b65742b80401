//! About the material: what its uploader says, facts, versions.
use super::context::{ReaderPage, VersionLine};
use crate::web::context::MaterialCard;
use crate::web::localizer::Localizer;
use crate::web::parts;
use maud::{Markup, html};

pub(super) fn about(ctx: &ReaderPage, t: &Localizer) -> Markup {
    let about = &ctx.about;
    html! {
        aside.about #about-panel aria-labelledby="about" {
            h2 #about { (t.text("about")) }
            (parts::paragraphs(&about.description))
            dl {
                (fact(&t.text("about-uploader"), &html! { bdi { (about.uploader) } }))
                @if let Some(subject) = &about.subject { (fact(&t.text("facet-subject"), &parts::subject_chip(subject))) }
                @if let Some(grade) = about.grade { (fact(&t.text("facet-grade"), &html! { (t.grade(grade)) })) }
                (fact(&t.text("facet-kind"), &html! { (t.kind(about.kind)) " · " (t.size(about.size)) }))
                @if let Some(language) = &about.language { (fact(&t.text("facet-language"), &html! { (t.language(language)) })) }
                (fact(&t.text("about-visibility"), &html! { (about.visibility) }))
                (fact(&t.text("about-shared"), &html! { time datetime=(about.shared_on) { (t.day(about.shared_on)) } }))
                (fact(&t.text("about-file"), &html! { bdi.filename { (about.filename) } }))
            }
            @if !about.tags.is_empty() { ul.tags { @for tag in &about.tags { li { bdi { (tag) } } } } }
            @if about.versions.len() > 1 {
                h3 { (t.text("about-versions")) }
                ol.versions { @for version in &about.versions { (version_line(version, t)) } }
            }
            @if !about.similar.is_empty() {
                h3 { (t.text("about-similar")) }
                ul.similar data-walk { @for card in &about.similar { li { (similar(card, t)) } } }
            }
        }
    }
}

fn similar(card: &MaterialCard, t: &Localizer) -> Markup {
    html! {
        a.similar-link href=(card.url) data-walk-item {
            (parts::cover(card.cover.as_ref(), card.kind, card.subject.as_ref().map(|subject| subject.hue), t))
            span.row-text {
                span.row-title dir="auto" { (card.title) }
                span.meta {
                    @if let Some(subject) = &card.subject { (parts::subject_mark(subject)) }
                    @if let Some(grade) = card.grade { span { (t.grade(grade)) } }
                    span { (t.kind(card.kind)) }
                }
            }
        }
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div.fact { dt { (name) } dd { (value) } } }
}

fn version_line(version: &VersionLine, t: &Localizer) -> Markup {
    html! {
        li {
            a href=(version.download_url) { (t.with("version-n", &[("n", version.number.into())])) }
            span { (t.day(version.added_on)) " · " (t.size(version.size)) }
        }
    }
}
