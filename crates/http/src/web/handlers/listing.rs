//! Lists of a subject, a grade, or everything.
use super::cards::{Subjects, card, facets, going_on, material_url, with_parameter};
use super::find::{filter, start};
use super::visitor::{Visitor, parameter};
use crate::api::cursor::Walk;
use crate::gateway::Path;
use crate::web::context::{Choice, Facet};
use crate::web::pages::listing::{self, ListingPage, Order, OrderBy, Scope};
use axum::response::Response;
use homeroom_core::ports::search_index::Sort;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::list_materials::list_materials;
use homeroom_core::usecases::subjects::read_subject;

const LIMIT: u32 = 24;

/// `GET /materials`
pub(super) async fn everything(visitor: Visitor) -> Response {
    show(visitor, None, None).await
}

/// `GET /subjects/{slug}`
pub(super) async fn subject(visitor: Visitor, Path(slug): Path<String>) -> Response {
    show(visitor, Some(slug), None).await
}

/// `GET /grades/{grade}`
pub(super) async fn grade(visitor: Visitor, Path(grade): Path<String>) -> Response {
    match grade.parse().ok().filter(|grade| (7..=12).contains(grade)) {
        Some(grade) => show(visitor, None, Some(grade)).await,
        None => visitor.refused(UseCaseError::NotFound),
    }
}

async fn show(visitor: Visitor, subject: Option<String>, grade: Option<u8>) -> Response {
    match context(&visitor, subject, grade).await {
        Ok(context) => visitor.show(listing::page(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

async fn context(
    visitor: &Visitor,
    subject: Option<String>,
    grade: Option<u8>,
) -> Result<ListingPage, UseCaseError> {
    let product = &visitor.app.product;
    let subjects = Subjects::read(visitor).await?;
    let (scope, fixed) = match (&subject, grade) {
        (Some(slug), _) => {
            read_subject(product, &visitor.actor(), slug).await?;
            (Scope::Subject(subjects.tag(slug, visitor)), Some(Facet::Subject))
        }
        (None, Some(grade)) => (Scope::Grade(grade), Some(Facet::Grade)),
        (None, None) => (Scope::Everything, None),
    };
    let sort = if parameter(&visitor.here, "sort").as_deref() == Some("title") {
        Sort::Title
    } else {
        Sort::Newest
    };
    let mut filter = filter(visitor);
    filter.subject = subject.or(filter.subject);
    filter.grade = grade.map(i64::from).or(filter.grade);
    let walk = Walk::of_materials(&filter, sort);
    let from = start(visitor, &walk);
    let listed = list_materials(product, &visitor.actor(), filter, sort, LIMIT, from).await?;
    Ok(ListingPage {
        chrome: visitor.chrome(),
        scope,
        total: listed.total,
        facets: facets(&listed.facets, fixed, &subjects, visitor),
        orders: orders(visitor, sort),
        materials: listed
            .materials
            .iter()
            .map(|view| card(view, material_url(view), &subjects, visitor))
            .collect(),
        next_url: listed
            .next_offset
            .map(|next| going_on(visitor, &walk.cursor(next))),
    })
}

fn orders(visitor: &Visitor, present: Sort) -> Vec<Order> {
    [
        (OrderBy::Newest, Sort::Newest, None),
        (OrderBy::Title, Sort::Title, Some("title")),
    ]
    .into_iter()
    .map(|(by, sort, value)| Order {
        by,
        url: with_parameter(&visitor.here, "sort", value),
        state: if sort == present {
            Choice::Chosen
        } else {
            Choice::Open
        },
    })
    .collect()
}
