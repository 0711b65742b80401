//! One page of a material, as the reader, its module and the printer get it.
//!
//! Boxes, links and the selectable words of a picture lie in SVGs whose units are the page's points,
//! so that no style is inline. The text stands beside the picture for those who do not see it.
use super::context::{Block, Inline, Leaf, LinkTo, PageBody, PlacedLink, PlacedWord};
use crate::web::context::{Emphasis, Picture, TextRun};
use crate::web::localizer::Localizer;
use maud::{Markup, PreEscaped, html};

/// When the picture of a page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// It is what the visitor waits for.
    Now,
    /// Others come first.
    Later,
}

/// The page.
pub fn leaf(leaf: &Leaf, title: &str, urgency: Urgency, t: &Localizer) -> Markup {
    let name = leaf.label.as_ref().map_or_else(
        || t.with("page-n", &[("n", leaf.number.into())]),
        |label| {
            t.with(
                "page-labelled",
                &[("n", leaf.number.into()), ("label", label.as_str().into())],
            )
        },
    );
    html! {
        div.leaf role="group" aria-label=(name) data-page=(leaf.number) data-label=[leaf.label.as_ref()] lang=[leaf.language.as_ref()] {
            @match &leaf.body {
                PageBody::Picture { picture, width, height, words, links } => {
                    figure.sheet data-sheet data-width=(width) data-height=(height) {
                        (sheet_picture(leaf, picture, title, urgency, t))
                        (overlay(*width, *height, words))
                        @if !links.is_empty() { (link_boxes(*width, *height, links, t)) }
                    }
                    div.leaf-text { (blocks(&leaf.text)) }
                }
                PageBody::Text => div.sheet.sheet-text { (sheet_title(leaf)) (blocks(&leaf.text)) },
                PageBody::Table(rows) => div.sheet.sheet-text.sheet-wide { (sheet_title(leaf)) (table(rows, &name)) },
                PageBody::Code(lines) => div.sheet.sheet-text.sheet-wide { (sheet_title(leaf)) (code(lines, &name)) },
            }
        }
    }
}

/// A sheet's or a chapter's own name above its text, unless the text says it first.
fn sheet_title(leaf: &Leaf) -> Markup {
    let said = match leaf.text.first() {
        Some(Block::Heading(line) | Block::Lines(line)) => line.iter().filter_map(words_of).collect(),
        None => String::new(),
    };
    html! {
        @if let Some(label) = leaf.label.as_ref().filter(|label| !said.trim_start().starts_with(label.trim())) {
            p.sheet-label dir="auto" { (label) }
        }
    }
}

fn sheet_picture(leaf: &Leaf, picture: &Picture, title: &str, urgency: Urgency, t: &Localizer) -> Markup {
    let alt = if leaf.text.is_empty() {
        t.with(
            "page-picture-alt",
            &[("n", leaf.number.into()), ("title", title.into())],
        )
    } else {
        String::new()
    };
    let (priority, loading) = match urgency {
        Urgency::Now => ("high", None),
        Urgency::Later => ("auto", Some("lazy")),
    };
    html! {
        img src=(picture.url) width=(picture.width) height=(picture.height) decoding="async" fetchpriority=(priority) loading=[loading] alt=(alt);
    }
}

/// Boxes around hits, and all words invisible but selectable, in the page's own points.
fn overlay(width: f32, height: f32, words: &[PlacedWord]) -> Markup {
    html! {
        svg.overlay viewBox={ "0 0 " (width) " " (height) } preserveAspectRatio="none" aria-hidden="true" {
            @for (run, word) in hit_runs(words) {
                rect.hit-box data-run=(run) x=(word.x - 1.5) y=(word.y - 1.0) width=(word.w + 3.0) height=(word.h + 2.0) rx="2" {}
            }
            g.words { @for line in lines(words) { (selectable(line)) } }
        }
    }
}

/// Words that are looked for, each with the number of the run that it belongs to: words that follow
/// each other are one hit.
fn hit_runs(words: &[PlacedWord]) -> impl Iterator<Item = (usize, &PlacedWord)> {
    let mut runs = 0_usize;
    let mut before = Emphasis::Plain;
    words.iter().filter_map(move |word| {
        let begins = word.emphasis == Emphasis::Hit && before == Emphasis::Plain;
        before = word.emphasis;
        runs += usize::from(begins);
        (word.emphasis == Emphasis::Hit).then(|| (runs - 1, word))
    })
}

/// One line that is selected as a line, each of its words stretched to where it stands.
fn selectable(line: &[PlacedWord]) -> Markup {
    html! {
        text {
            @for word in line {
                tspan x=(word.x) y=(word.y + word.h * 0.8) font-size=(word.h) textLength=(word.w) lengthAdjust="spacingAndGlyphs" {
                    (word.text)
                }
                " "
            }
        }
    }
}

/// Words that follow each other at the same height, within half a letter.
fn lines(words: &[PlacedWord]) -> impl Iterator<Item = &[PlacedWord]> {
    words.chunk_by(|one, next| (one.y + one.h - next.y - next.h).abs() < one.h.max(next.h) / 2.0)
}

fn link_boxes(width: f32, height: f32, links: &[PlacedLink], t: &Localizer) -> Markup {
    html! {
        svg.links viewBox={ "0 0 " (width) " " (height) } preserveAspectRatio="none" {
            @for link in links {
                @match &link.to {
                    LinkTo::Page(page) => a.link-box href=(page.url) data-go=(page.number) aria-label=(t.with("page-go-n", &[("n", page.number.into())])) {
                        (link_area(link))
                    },
                    LinkTo::Address(address) => a.link-box href=(address) target="_blank" rel="noopener noreferrer nofollow" aria-label=(address) {
                        (link_area(link))
                    },
                }
            }
        }
    }
}

fn link_area(link: &PlacedLink) -> Markup {
    html! { rect x=(link.x) y=(link.y) width=(link.w) height=(link.h) rx="2" {} }
}

/// Text with its headings.
pub fn blocks(blocks: &[Block]) -> Markup {
    html! {
        @for block in blocks {
            @match block {
                Block::Heading(heading) => h2.text-heading dir="auto" { (line(heading)) },
                Block::Lines(lines) => div.text dir="auto" { (line(lines)) },
            }
        }
    }
}

fn line(line: &[Inline]) -> Markup {
    html! {
        @for each in line {
            @match each {
                Inline::Run(run) => (runs(std::slice::from_ref(run))),
                Inline::Formula(formula) => (PreEscaped(formula.mathml())),
            }
        }
    }
}

fn words_of(inline: &Inline) -> Option<&str> {
    match inline {
        Inline::Run(run) => Some(&run.text),
        Inline::Formula(_) => None,
    }
}

fn table(rows: &[Vec<Vec<TextRun>>], name: &str) -> Markup {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    html! {
        div.table-scroll tabindex="0" role="region" aria-label=(name) {
            table.cells {
                @for row in rows {
                    tr {
                        @for cell in row { td dir="auto" { (runs(cell)) } }
                        @for _ in row.len()..columns { td {} }
                    }
                }
            }
        }
    }
}

fn code(lines: &[Vec<TextRun>], name: &str) -> Markup {
    html! {
        div.table-scroll tabindex="0" role="region" aria-label=(name) {
            ol.code dir="ltr" { @for line in lines { li { code { (runs(line)) } } } }
        }
    }
}

/// Text with its hits marked.
pub fn runs(runs: &[TextRun]) -> Markup {
    html! {
        @for run in runs {
            @match run.emphasis {
                Emphasis::Hit => mark { (run.text) },
                Emphasis::Plain => (run.text),
            }
        }
    }
}
