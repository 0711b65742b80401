//! Search results: materials with the page that answers, the words marked.
//!
//! [`results`] alone is what the search field fetches while one types (`fragment=1`).
use crate::web::context::{Choice, Chrome, FacetGroup, MaterialCard, Snippet};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::parts;
use maud::{Markup, PreEscaped, html};

/// What a search shows.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchPage {
    /// Around it.
    pub chrome: Chrome,
    /// What was typed.
    pub query: String,
    /// What was searched instead, when a typo was corrected.
    pub corrected: Option<Corrected>,
    /// What was perhaps meant, and where it is searched.
    pub suggested: Option<(String, String)>,
    /// Words that were left out because nothing has all of them.
    pub without: Vec<String>,
    /// Whether more will be found once the index is whole again.
    pub incomplete: bool,
    /// Materials that match in all.
    pub total: u64,
    /// To narrow it by.
    pub facets: Vec<FacetGroup>,
    /// The ways to order it; none where there is nothing to order.
    pub orders: Vec<SearchOrder>,
    /// This part of the results, best first.
    pub hits: Vec<HitRow>,
    /// What follows.
    pub next_url: Option<String>,
}

/// A way to order what was found.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchOrder {
    /// Its name: `relevance`, `newest` or `best_rated`.
    pub name: &'static str,
    /// The same search in this order.
    pub url: String,
    /// Whether it is the present one.
    pub state: Choice,
}

/// Another spelling.
#[derive(Clone, Debug, PartialEq)]
pub struct Corrected {
    /// What the results are for.
    pub text: String,
    /// The search for exactly what was typed.
    pub exact_url: String,
}

/// A material that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct HitRow {
    /// Which; its `url` leads to the best page with the words marked.
    pub card: MaterialCard,
    /// The best page; nothing when only the title matched.
    pub page: Option<u32>,
    /// What people call that page, where it is not its number.
    pub label: Option<String>,
    /// Around the words.
    pub snippet: Snippet,
    /// Further pages with the words.
    pub also: Vec<AlsoLink>,
}

/// A further page that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct AlsoLink {
    /// Which, and where.
    pub page: PageLink,
    /// What people call it, where it is not its number.
    pub label: Option<String>,
}

/// A page of a material.
#[derive(Clone, Debug, PartialEq)]
pub struct PageLink {
    /// From 1.
    pub number: u32,
    /// Where it is.
    pub url: String,
}

/// The page.
pub fn page(ctx: &SearchPage, t: &Localizer) -> Markup {
    let title = if ctx.query.is_empty() {
        t.text("search-title")
    } else {
        t.with("search-title-for", &[("query", ctx.query.as_str().into())])
    };
    let frame = Frame {
        chrome: &ctx.chrome,
        title,
        class: "page-search",
        search: HeaderSearch::Shown(&ctx.query),
        scripts: &[],
        words: &[],
    };
    document(
        &frame,
        &html! { div #results data-results { (results(ctx, t)) } },
        t,
    )
}

/// Everything below the search field.
pub fn results(ctx: &SearchPage, t: &Localizer) -> Markup {
    html! {
        div.result-head {
            h1.result-count data-announce { (t.with("search-count", &[("n", ctx.total.into())])) }
            @if ctx.incomplete { p.corrected role="status" { (t.text("search-incomplete")) } }
            @if let Some((text, url)) = &ctx.suggested {
                p.corrected { (t.text("search-did-you-mean")) " " a href=(url) { bdi { (text) } } }
            }
            @if let Some(corrected) = &ctx.corrected {
                p.corrected {
                    (t.with("search-corrected", &[("text", corrected.text.as_str().into())])) " "
                    a href=(corrected.exact_url) rel="nofollow" { (t.with("search-exactly", &[("query", ctx.query.as_str().into())])) }
                }
            }
            @if !ctx.without.is_empty() { (left_out(&ctx.without, t)) }
        }
        div.with-facets {
            (parts::facets(&ctx.facets, t))
            section.list aria-label=(t.text("search-results")) {
                (orders(&ctx.orders, t))
                (parts::chosen(&ctx.facets, t))
                @if ctx.hits.is_empty() { (nothing(ctx, t)) } @else {
                    ol.hits data-walk { @for hit in &ctx.hits { (hit_row(hit, t)) } }
                    (parts::more(ctx.next_url.as_deref(), t))
                }
                (how_to_search(t))
            }
        }
    }
}

/// Says which words nothing has together with the others.
fn left_out(words: &[String], t: &Localizer) -> Markup {
    html! {
        p.corrected {
            (t.text("search-without")) " "
            @for (index, word) in words.iter().enumerate() {
                @if index > 0 { ", " }
                bdi { del { (word) } }
            }
        }
    }
}

fn orders(orders: &[SearchOrder], t: &Localizer) -> Markup {
    html! {
        @if !orders.is_empty() {
            nav.orders aria-label=(t.text("order")) {
                @for order in orders {
                    a href=(order.url) rel="nofollow" aria-current=[(order.state == Choice::Chosen).then_some("true")] {
                        (t.text(match order.name {
                            "newest" => "order-newest",
                            "best_rated" => "order-best-rated",
                            _ => "order-relevance",
                        }))
                    }
                }
            }
        }
    }
}

/// What can be typed besides words.
fn how_to_search(t: &Localizer) -> Markup {
    const WAYS: [(&str, &str); 7] = [
        ("search-how-words-example", "search-how-words"),
        ("search-how-phrase-example", "search-how-phrase"),
        ("search-how-without-example", "search-how-without"),
        ("search-how-or-example", "search-how-or"),
        ("search-how-subject-example", "search-how-subject"),
        ("search-how-by-example", "search-how-by"),
        ("search-how-type-example", "search-how-type"),
    ];
    html! {
        details.how-to {
            summary { (t.text("search-how")) }
            dl {
                @for (example, meaning) in WAYS {
                    div.fact { dt { code dir="auto" { (t.text(example)) } } dd { (t.text(meaning)) } }
                }
            }
        }
    }
}

/// The direction of most letters of a snippet: its first one may be of a word in another script.
fn direction_of(html: &str) -> &'static str {
    let (mut leftwards, mut rightwards) = (0_u32, 0_u32);
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if in_tag => {}
            '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => leftwards += 1,
            _ if c.is_alphabetic() => rightwards += 1,
            _ => {}
        }
    }
    if leftwards > rightwards { "rtl" } else { "ltr" }
}

fn hit_row(hit: &HitRow, t: &Localizer) -> Markup {
    let card = &hit.card;
    html! {
        li.hit {
            a.hit-link href=(card.url) data-walk-item {
                (parts::cover(card.cover.as_ref(), card.kind, card.subject.as_ref().map(|subject| subject.hue), t))
                span.hit-text {
                    span.row-title dir="auto" { (card.title) }
                    (parts::meta_line(card, t))
                    @if hit.page.is_some() { (parts::page_name(hit.label.as_deref())) }
                    span.hit-found {
                        @if let Some(page) = hit.page { (parts::page_badge(page, hit.label.as_deref(), t)) }
                        span.snippet dir=(direction_of(hit.snippet.html())) { (PreEscaped(hit.snippet.html())) }
                    }
                }
            }
            @if !hit.also.is_empty() {
                p.also {
                    (t.text("search-also")) " "
                    @for link in &hit.also {
                        a.page-link href=(link.page.url) { bdi { (parts::page_called(link.page.number, link.label.as_deref(), t)) } } " "
                    }
                }
            }
        }
    }
}

fn nothing(ctx: &SearchPage, t: &Localizer) -> Markup {
    html! {
        div.empty {
            @if ctx.query.is_empty() {
                p { (t.text("search-type-something")) }
            } @else {
                h2 { (t.with("search-nothing", &[("query", ctx.query.as_str().into())])) }
                ul {
                    li { (t.text("search-hint-spelling")) }
                    li { (t.text("search-hint-fewer")) }
                    li { (t.text("search-hint-facets")) }
                }
                a.button href="/share" { (t.text("search-hint-share")) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::direction_of;

    #[test]
    fn snippets_run_as_most_of_their_letters_do() {
        assert_eq!(direction_of("Page he: <mark>תלמידים</mark> מודדים מים"), "rtl");
        assert_eq!(direction_of("<mark>שלום</mark> is a greeting"), "ltr");
        assert_eq!(direction_of("…"), "ltr");
    }
}
