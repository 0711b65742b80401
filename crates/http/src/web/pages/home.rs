//! The home page: the search field first, then what one was reading, the subjects, the newest.
use crate::web::context::{Choice, Chrome, MaterialCard, SubjectTag};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::parts::{self, SearchSize};
use maud::{Markup, html};

/// What the home page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct HomePage {
    /// Around it.
    pub chrome: Chrome,
    /// Where the reader left off, latest first.
    pub unfinished: Vec<Bookmark>,
    /// Subjects with material, most first.
    pub subjects: Vec<SubjectCount>,
    /// The grades 7 to 12.
    pub grades: Vec<GradeLink>,
    /// Latest first.
    pub newest: Vec<MaterialCard>,
    /// The whole list of what is newest.
    pub newest_url: String,
}

/// A place in a material.
#[derive(Clone, Debug, PartialEq)]
pub struct Bookmark {
    /// Which; its `url` leads to the page.
    pub card: MaterialCard,
    /// Which page.
    pub page: u32,
}

/// A subject and how much there is.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectCount {
    /// Which.
    pub subject: SubjectTag,
    /// Materials.
    pub count: u64,
}

/// A grade's page.
#[derive(Clone, Debug, PartialEq)]
pub struct GradeLink {
    /// 7 to 12.
    pub grade: u8,
    /// Its page.
    pub url: String,
    /// Chosen when it is the reader's own.
    pub state: Choice,
}

/// The page.
pub fn page(ctx: &HomePage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: t.text("home-title"),
        class: "page-home",
        search: HeaderSearch::OnPage,
        scripts: &[],
        words: &[],
    };
    let body = html! {
        section.front-door {
            h1 { (t.text("home-title")) }
            (parts::search_form("", SearchSize::FrontDoor, t))
            div #results data-results {}
        }
        div.home-below data-results-replace {
            (bookmarks(&ctx.unfinished, t))
            (subjects(&ctx.subjects, t))
            (grades(&ctx.grades, t))
            (newest(ctx, t))
        }
    };
    document(&frame, &body, t)
}

fn bookmarks(bookmarks: &[Bookmark], t: &Localizer) -> Markup {
    html! {
        @if !bookmarks.is_empty() {
            section.band aria-labelledby="home-continue" {
                h2 #home-continue { (t.text("home-continue")) }
                ul.bookmarks data-walk {
                    @for Bookmark { card, page } in bookmarks {
                        li {
                            a.bookmark href=(card.url) data-walk-item {
                                (parts::cover(card.cover.as_ref(), card.kind, card.subject.as_ref().map(|subject| subject.hue), t))
                                span.row-text {
                                    span.row-title dir="auto" { (card.title) }
                                    span.meta { (place(*page, card.pages, t)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn place(page: u32, pages: Option<u32>, t: &Localizer) -> String {
    match pages {
        Some(pages) => t.with("page-of", &[("n", page.into()), ("total", pages.into())]),
        None => t.with("page-short", &[("n", page.into())]),
    }
}

fn subjects(subjects: &[SubjectCount], t: &Localizer) -> Markup {
    html! {
        @if !subjects.is_empty() {
            section.band aria-labelledby="home-subjects" {
                h2 #home-subjects { (t.text("home-subjects")) }
                ul.subjects data-walk {
                    @for SubjectCount { subject, count } in subjects {
                        li {
                            a class={ "subject " (subject.hue.class()) } href=(subject.url) data-walk-item {
                                span.spine aria-hidden="true" {}
                                bdi.subject-name { (subject.name) }
                                span.subject-count { (t.number(*count)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn grades(grades: &[GradeLink], t: &Localizer) -> Markup {
    html! {
        nav.band.grades-band aria-labelledby="home-grades" {
            h2 #home-grades { (t.text("home-grades")) }
            ul.grades data-walk {
                @for link in grades {
                    li {
                        a.grade href=(link.url) data-walk-item aria-label=(t.grade(link.grade))
                            aria-current=[(link.state == Choice::Chosen).then_some("true")] {
                            (t.with("grade-short", &[("n", link.grade.into())]))
                        }
                    }
                }
            }
        }
    }
}

fn newest(ctx: &HomePage, t: &Localizer) -> Markup {
    html! {
        section.band aria-labelledby="home-newest" {
            div.band-head {
                h2 #home-newest { (t.text("home-newest")) }
                @if !ctx.newest.is_empty() { a href=(ctx.newest_url) { (t.text("home-all")) } }
            }
            @if ctx.newest.is_empty() {
                div.empty {
                    @if ctx.chrome.user.is_some() {
                        p { (t.text("home-empty")) }
                        a.button.button-primary href="/share" { (t.text("home-empty-share")) }
                    } @else {
                        p { (t.text("home-empty-visitor")) }
                        p.actions {
                            a.button.button-primary href="/login" { (t.text("log-in")) }
                            a.button href="/signup" { (t.text("sign-up")) }
                        }
                    }
                }
            } @else {
                (parts::shelf(&ctx.newest, t))
            }
        }
    }
}
