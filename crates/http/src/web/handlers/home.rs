//! The front door.
use super::cards::{Subjects, card, material_url};
use super::recent;
use super::visitor::Visitor;
use crate::web::context::Choice;
use crate::web::pages::home::{self, Bookmark, GradeLink, HomePage, SubjectCount};
use crate::web::pages::keys as keys_page;
use axum::response::Response;
use homeroom_core::domain::user::Grade;
use homeroom_core::ports::search_index::Sort;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::find_pages::FilterText;
use homeroom_core::usecases::list_materials::list_materials;
use homeroom_core::usecases::read_material::read_material;

const NEWEST: u32 = 12;

/// `GET /`
pub(super) async fn page(visitor: Visitor) -> Response {
    match context(&visitor).await {
        Ok(context) => visitor.show(home::page(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

async fn context(visitor: &Visitor) -> Result<HomePage, UseCaseError> {
    let product = &visitor.app.product;
    let subjects = Subjects::read(visitor).await?;
    let listed = list_materials(
        product,
        &visitor.actor(),
        FilterText::default(),
        Sort::Newest,
        NEWEST,
        0,
    )
    .await?;
    let own = visitor.identity.as_ref().and_then(|identity| identity.user.grade);
    Ok(HomePage {
        chrome: visitor.chrome(),
        unfinished: bookmarks(visitor, &subjects).await?,
        subjects: subjects
            .by_size(visitor)
            .into_iter()
            .take(12)
            .map(|(subject, count)| SubjectCount { subject, count })
            .collect(),
        grades: Grade::ALL
            .into_iter()
            .map(|grade| GradeLink {
                grade: grade.number(),
                url: format!("/grades/{}", grade.number()),
                state: if Some(grade) == own {
                    Choice::Chosen
                } else {
                    Choice::Open
                },
            })
            .collect(),
        newest: listed
            .materials
            .iter()
            .map(|view| card(view, material_url(view), &subjects, visitor))
            .collect(),
        newest_url: "/materials".into(),
    })
}

/// What is gone or hidden by now is passed over.
async fn bookmarks(visitor: &Visitor, subjects: &Subjects) -> Result<Vec<Bookmark>, UseCaseError> {
    let mut bookmarks = Vec::new();
    for (id, page) in recent::read(visitor) {
        match read_material(&visitor.app.product, &visitor.actor(), id).await {
            Ok(view) => {
                let url = format!("/materials/{id}?page={page}");
                bookmarks.push(Bookmark {
                    card: card(&view, url, subjects, visitor),
                    page,
                });
            }
            Err(UseCaseError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bookmarks)
}

/// `GET /keys`
pub(super) async fn keys(visitor: Visitor) -> Response {
    visitor.show(keys_page::page(&visitor.chrome(), visitor.t))
}
