//! One page of a material, as the reader, its module and the printer get it.
//!
//! Boxes, links and the selectable words of a picture lie in SVGs whose units are the page's points,
//! so that no style is inline. The text stands beside the picture for those who do not see it.
use super::context::{
    Block, HitBox, InkedRun, Inline, Leaf, LinkTo, Listing, PageBody, PlacedLink, PlacedWord,
};
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
                PageBody::Picture { picture, width, height, words, boxes, links } => {
                    figure.sheet data-sheet data-width=(width) data-height=(height) {
                        (sheet_picture(leaf, picture, title, urgency, t))
                        (overlay(*width, *height, words, boxes))
                        @if !links.is_empty() { (link_boxes(*width, *height, links, t)) }
                    }
                    div.leaf-text { @for block in &leaf.text { @if !stands_below(block) { (one_block(block, t)) } } }
                    @for block in &leaf.text {
                        @match block {
                            Block::Notes(notes) => (below(notes, "passage-notes", t)),
                            Block::Comments(comments) => (below(comments, "passage-comments", t)),
                            _ => {},
                        }
                    }
                }
                PageBody::Text => div.sheet.sheet-text { (sheet_title(leaf)) @for block in &leaf.text { (one_block(block, t)) } },
                PageBody::Table(rows) => div.sheet.sheet-text.sheet-wide {
                    (sheet_title(leaf))
                    @if let Some(name @ Block::Heading(_)) = leaf.text.first() { (one_block(name, t)) }
                    (table(rows, &name)) },
                PageBody::Code(listing) => div.sheet.sheet-text.sheet-wide { (sheet_title(leaf)) (counted(listing, &name)) },
            }
        }
    }
}

/// A sheet's or a chapter's own name above its text, unless the text says it first.
fn sheet_title(leaf: &Leaf) -> Markup {
    let said = match leaf.text.first() {
        Some(Block::Heading(line) | Block::Lines(line)) => line.iter().filter_map(words_of).collect(),
        Some(Block::Paragraphs(paragraphs)) => paragraphs.iter().flatten().filter_map(words_of).collect(),
        _ => String::new(),
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
fn overlay(width: f32, height: f32, words: &[PlacedWord], boxes: &[HitBox]) -> Markup {
    html! {
        svg.overlay viewBox={ "0 0 " (width) " " (height) } preserveAspectRatio="none" aria-hidden="true" {
            @for hit in boxes {
                rect.hit-box data-run=(hit.run) x=(hit.x - 1.5) y=(hit.y - 1.0) width=(hit.w + 3.0) height=(hit.h + 2.0) rx="2" {}
            }
            g.words { @for line in lines(&own_words(words)) { (selectable(line)) } }
        }
    }
}

/// One line that is selected as a line, each of its words stretched to where it stands.
fn selectable(line: &[&PlacedWord]) -> Markup {
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

/// Words without those that share one place, which are all said by one mark: they are no writing there.
fn own_words(words: &[PlacedWord]) -> Vec<&PlacedWord> {
    let place = |word: &PlacedWord| [word.x, word.y, word.w, word.h].map(f32::to_bits);
    words
        .chunk_by(|one, next| place(one) == place(next))
        .filter(|same| same.len() == 1)
        .flatten()
        .collect()
}

/// Words that follow each other at the same height, within half a letter.
fn lines<'l, 'w>(words: &'l [&'w PlacedWord]) -> impl Iterator<Item = &'l [&'w PlacedWord]> {
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

fn one_block(block: &Block, t: &Localizer) -> Markup {
    html! {
        @match block {
            Block::Heading(heading) => h2.text-heading dir="auto" { (line(heading)) },
            Block::Lines(lines) => div.text dir="auto" { (line(lines)) },
            Block::Paragraphs(paragraphs) => div.text { @for each in paragraphs { p.paragraph dir="auto" { (line(each)) } } },
            Block::Rows(rows) => (rows_in_text(rows, t)),
            Block::Code(listing) => (passage(listing, t)),
            Block::Output(printed) => div.passage.passage-output tabindex="0" role="group" aria-label=(t.text("passage-output")) {
                pre dir="auto" { (runs(printed)) }
            },
            Block::Picture { picture, description } => figure.passage-picture {
                img src=(picture.url) width=(picture.width) height=(picture.height) loading="lazy" decoding="async"
                    alt=(if description.is_empty() { t.text("passage-picture") } else { description.clone() });
            },
            Block::Notes(notes) => (aside(notes, "passage-notes", t)),
            Block::Comments(comments) => (aside(comments, "passage-comments", t)),
        }
    }
}

fn aside(notes: &[TextRun], label: &str, t: &Localizer) -> Markup {
    html! {
        section.passage-notes {
            h3.passage-label { (t.text(label)) }
            div.text dir="auto" { (runs(notes)) }
        }
    }
}

/// Whether it stands below the picture of its page, which does not show it.
const fn stands_below(block: &Block) -> bool {
    matches!(block, Block::Notes(_) | Block::Comments(_))
}

/// Notes below the picture of their page, opened where something in them is looked for.
fn below(notes: &[TextRun], label: &str, t: &Localizer) -> Markup {
    let is_found = notes.iter().any(|run| run.emphasis == Emphasis::Hit);
    html! {
        details.notes open[is_found] {
            summary { (t.text(label)) }
            div.notes-text dir="auto" { (runs(notes)) }
        }
    }
}

/// Source code within a text.
fn passage(listing: &Listing, t: &Localizer) -> Markup {
    html! {
        @if listing.first.is_some() { (counted(listing, &t.text("passage-code"))) } @else {
            div.passage.passage-code tabindex="0" role="group" aria-label=(t.text("passage-code")) dir="ltr" {
                @if let Some(run) = listing.run { span.passage-run { "[" (run) "]" } }
                pre { code { @for (at, each) in listing.lines.iter().enumerate() { @if at > 0 { "\n" } (inked(each)) } } }
            }
        }
    }
}

fn rows_in_text(rows: &[Vec<Vec<Inline>>], t: &Localizer) -> Markup {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    html! {
        div.table-scroll tabindex="0" role="region" aria-label=(t.text("passage-table")) {
            table.cells.cells-plain {
                @for row in rows {
                    tr {
                        @for cell in row { td dir="auto" { (line(cell)) } }
                        @for _ in row.len()..columns { td {} }
                    }
                }
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

fn counted(listing: &Listing, name: &str) -> Markup {
    let first = listing.first.unwrap_or(1);
    html! {
        div.table-scroll tabindex="0" role="region" aria-label=(name) {
            ol.code dir="ltr" start=(first) {
                @for (number, line) in (first..).zip(&listing.lines) { li data-line=(number) { code { (inked(line)) } } }
            }
        }
    }
}

fn inked(runs: &[InkedRun]) -> Markup {
    let pieces = |run: &InkedRun| {
        html! {
            @for (text, ink) in &run.pieces {
                @if let Some(ink) = ink { span class=(ink.class()) { (text) } } @else { (text) }
            }
        }
    };
    html! {
        @for run in runs {
            @match run.emphasis {
                Emphasis::Hit => mark { (pieces(run)) },
                Emphasis::Plain => (pieces(run)),
            }
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
