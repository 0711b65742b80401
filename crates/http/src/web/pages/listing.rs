//! Lists without a search: a subject, a grade, everything.
use crate::web::context::{Choice, Chrome, FacetGroup, MaterialCard, SubjectTag};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::parts;
use maud::{Markup, html};

/// What a list shows.
#[derive(Clone, Debug, PartialEq)]
pub struct ListingPage {
    /// Around it.
    pub chrome: Chrome,
    /// What it lists.
    pub scope: Scope,
    /// Materials in all.
    pub total: u64,
    /// To narrow it by.
    pub facets: Vec<FacetGroup>,
    /// The orders it can be put in.
    pub orders: Vec<Order>,
    /// This part of it.
    pub materials: Vec<MaterialCard>,
    /// What follows.
    pub next_url: Option<String>,
}

/// What a list is of.
#[derive(Clone, Debug, PartialEq)]
pub enum Scope {
    /// A subject.
    Subject(SubjectTag),
    /// A grade.
    Grade(u8),
    /// All that the reader may see.
    Everything,
}

/// An order of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// By what.
    pub by: OrderBy,
    /// The list in this order.
    pub url: String,
    /// Whether it is now.
    pub state: Choice,
}

/// By what a list is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderBy {
    /// Latest first.
    Newest,
    /// By title.
    Title,
}

/// The page.
pub fn page(ctx: &ListingPage, t: &Localizer) -> Markup {
    let title = match &ctx.scope {
        Scope::Subject(subject) => subject.name.clone(),
        Scope::Grade(grade) => t.grade(*grade),
        Scope::Everything => t.text("listing-everything"),
    };
    let head_class = match &ctx.scope {
        Scope::Subject(subject) => format!("list-head {}", subject.hue.class()),
        Scope::Grade(_) | Scope::Everything => "list-head".to_owned(),
    };
    let frame = Frame {
        chrome: &ctx.chrome,
        title: title.clone(),
        class: "page-listing",
        search: HeaderSearch::Shown(""),
        scripts: &[],
        words: &[],
    };
    let body = html! {
        div class=(head_class) {
            h1 dir="auto" { (title) }
            p.list-total { (t.with("materials-count", &[("n", ctx.total.into())])) }
        }
        div.with-facets {
            (parts::facets(&ctx.facets, t))
            section.list aria-label=(t.text("listing-materials")) {
                @if ctx.materials.is_empty() {
                    div.empty {
                        p { (t.text("listing-empty")) }
                        a.button.button-primary href="/share" { (t.text("home-empty-share")) }
                    }
                } @else {
                    (orders(&ctx.orders, t))
                    (parts::material_rows(&ctx.materials, t))
                    (parts::more(ctx.next_url.as_deref(), t))
                }
            }
        }
    };
    document(&frame, &body, t)
}

fn orders(orders: &[Order], t: &Localizer) -> Markup {
    html! {
        nav.orders aria-label=(t.text("order")) {
            @for order in orders {
                a href=(order.url) rel="nofollow" aria-current=[(order.state == Choice::Chosen).then_some("true")] {
                    (t.text(match order.by { OrderBy::Newest => "order-newest", OrderBy::Title => "order-title" }))
                }
            }
        }
    }
}
