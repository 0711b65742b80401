//! Reading a material, page by page.
mod hits;

use super::cards::{Subjects, day, visibility};
use super::recent;
use super::visitor::{Visitor, parameter};
use crate::gateway::Path;
use crate::web::context::{Choice, Picture};
use crate::web::pages::reader::{
    self, About, PageBody, PageView, PlacedWord, ReaderPage, Thumb, VersionLine, View,
};
use crate::web::pages::search::PageLink;
use crate::web::parts::query_value;
use axum::response::Response;
use hits::Needles;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::material::{Material, Processing};
use homeroom_core::domain::policy::{Action, Decision, decide};
use homeroom_core::domain::user::Grade;
use homeroom_core::ports::extractor::ExtractedPage;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::find_pages::find_in_material;
use homeroom_core::usecases::read_material::{MaterialView, list_versions, read_material};
use homeroom_core::usecases::read_page::read_page;
use http::header;

/// Small pictures shown around the present page.
const THUMBS: u32 = 24;

/// `GET /materials/{id}?page=N&q=…`
pub(super) async fn page(visitor: Visitor, Path(id): Path<MaterialId>) -> Response {
    match context(&visitor, id).await {
        Ok((context, place)) => {
            let mut response = visitor.show(reader::page(&context, visitor.t));
            if let Some(page) = place
                && let Ok(cookie) = recent::remember(&visitor, id, page).parse()
            {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => visitor.refused(error),
    }
}

async fn context(visitor: &Visitor, id: MaterialId) -> Result<(ReaderPage, Option<u32>), UseCaseError> {
    let material = read_material(&visitor.app.product, &visitor.actor(), id).await?;
    let subjects = Subjects::read(visitor).await?;
    let query = parameter(&visitor.here, "q")
        .unwrap_or_default()
        .trim()
        .to_owned();
    let url = format!("/materials/{id}");
    let (view, place) = view(visitor, &material, &url, &query).await?;
    let editable = decide(&visitor.actor(), Action::EditMaterial(&material.material)) == Decision::Allow;
    let context = ReaderPage {
        chrome: visitor.chrome(),
        id: id.to_string(),
        title: material.material.details.title.clone(),
        back_url: if query.is_empty() {
            "/".into()
        } else {
            format!("/search?q={}", query_value(&query))
        },
        query,
        view,
        about: about(visitor, &material, &subjects).await?,
        download_url: format!("/api/v1/materials/{id}/download"),
        edit_url: editable.then(|| format!("{url}/edit")),
        url,
    };
    Ok((context, place))
}

async fn view(
    visitor: &Visitor,
    material: &MaterialView,
    url: &str,
    query: &str,
) -> Result<(View, Option<u32>), UseCaseError> {
    Ok(match material.material.current.processing {
        Processing::Running { total: 0, .. } => (View::Waiting, None),
        Processing::Running { done, total } => (View::Reading { done, total }, None),
        Processing::Failed(reason) => (
            View::Failed {
                reason: reason.code().to_owned(),
            },
            None,
        ),
        Processing::Ready { pages: 0 } => (View::FileOnly, None),
        Processing::Ready { pages } => {
            let page = page_view(visitor, &material.material, pages, url, query).await?;
            let number = page.number;
            (View::Page(Box::new(page)), Some(number))
        }
    })
}

async fn page_view(
    visitor: &Visitor,
    material: &Material,
    count: u32,
    url: &str,
    query: &str,
) -> Result<PageView, UseCaseError> {
    let product = &visitor.app.product;
    let hit = find_in_material(product, &visitor.actor(), material.id, query).await?;
    let asked = parameter(&visitor.here, "page").and_then(|page| page.parse::<u32>().ok());
    let best = hit.as_ref().map(|hit| hit.page).filter(|page| *page > 0);
    let mut pages: Vec<u32> = hit
        .iter()
        .flat_map(|hit| hit.also.iter().copied().chain([hit.page]))
        .collect();
    pages.retain(|page| *page > 0);
    pages.sort_unstable();
    pages.dedup();
    let number = asked
        .or_else(|| found_from(visitor, &pages))
        .or(best)
        .unwrap_or(1)
        .clamp(1, count);
    let page = read_page(product, &visitor.actor(), material.id, number).await?;
    let needles = Needles::new(query, hit.as_ref().map(|hit| hit.snippet.as_str()));
    let page_url = |page: u32| {
        if query.is_empty() {
            format!("{url}?page={page}")
        } else {
            format!("{url}?page={page}&q={}", query_value(query))
        }
    };
    Ok(PageView {
        number,
        count,
        text: needles.runs(&page.text),
        body: body(material, page, &needles),
        previous_url: (number > 1).then(|| page_url(number - 1)),
        next_url: (number < count).then(|| page_url(number + 1)),
        thumbs: thumbs(material, number, count, &page_url),
        previous_hit_url: pages
            .iter()
            .rev()
            .find(|page| **page < number)
            .map(|page| page_url(*page)),
        next_hit_url: pages
            .iter()
            .find(|page| **page > number)
            .map(|page| page_url(*page)),
        hit_pages: pages
            .into_iter()
            .map(|page| PageLink {
                number: page,
                url: page_url(page),
            })
            .collect(),
    })
}

/// Who looks for something in the document goes on from the page they are on, around its end; without
/// a hit they stay.
fn found_from(visitor: &Visitor, hits: &[u32]) -> Option<u32> {
    let from = parameter(&visitor.here, "from")?.parse().ok()?;
    Some(
        hits.iter()
            .copied()
            .find(|page| *page >= from)
            .or_else(|| hits.first().copied())
            .unwrap_or(from),
    )
}

fn has_pictures(material: &Material) -> bool {
    matches!(material.current.kind, Kind::Pdf | Kind::Image)
}

/// Pictures change with the version, so that a browser never shows an old one.
fn picture_url(material: &Material, page: u32) -> String {
    format!(
        "/api/v1/materials/{}/pages/{page}/image?v={}",
        material.id, material.current.number
    )
}

fn body(material: &Material, page: ExtractedPage, needles: &Needles) -> PageBody {
    if !has_pictures(material) || page.width <= 0.0 || page.height <= 0.0 {
        return PageBody::Text;
    }
    let words = page
        .words
        .into_iter()
        .map(|word| PlacedWord {
            emphasis: needles.emphasis(&word.text),
            text: word.text,
            x: word.x,
            y: word.y,
            w: word.w,
            h: word.h,
        })
        .collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "page sizes are small and positive"
    )]
    let height = (1_200.0 * page.height / page.width).clamp(1.0, 10_000.0) as u32;
    let picture = Picture {
        url: picture_url(material, page.number),
        width: 1_200,
        height,
    };
    PageBody::Picture {
        picture,
        width: page.width,
        height: page.height,
        words,
    }
}

fn thumbs(material: &Material, number: u32, count: u32, page_url: &dyn Fn(u32) -> String) -> Vec<Thumb> {
    let first = number.saturating_sub(THUMBS / 2).max(1);
    let last = (first + THUMBS - 1).min(count);
    (first..=last)
        .map(|page| Thumb {
            number: page,
            url: page_url(page),
            picture: has_pictures(material).then(|| Picture {
                url: picture_url(material, page),
                width: 120,
                height: 170,
            }),
            state: if page == number {
                Choice::Chosen
            } else {
                Choice::Open
            },
        })
        .collect()
}

async fn about(visitor: &Visitor, view: &MaterialView, subjects: &Subjects) -> Result<About, UseCaseError> {
    let material = &view.material;
    let versions = list_versions(&visitor.app.product, &visitor.actor(), material.id).await?;
    Ok(About {
        description: material.details.description.clone(),
        uploader: view.uploader_name.clone(),
        subject: material
            .details
            .subject
            .as_ref()
            .map(|slug| subjects.tag(slug.as_str(), visitor)),
        grade: material.details.grade.map(Grade::number),
        kind: material.current.kind,
        filename: material.current.filename.as_str().to_owned(),
        size: material.current.size,
        language: material
            .details
            .language
            .as_ref()
            .map(|language| language.as_str().to_owned()),
        tags: material.details.tags.clone(),
        shared_on: day(material.created_at),
        visibility: visibility(material, visitor),
        versions: versions
            .into_iter()
            .map(|version| VersionLine {
                number: version.number,
                added_on: day(version.created_at),
                size: version.size,
                download_url: format!(
                    "/api/v1/materials/{}/download?version={}",
                    material.id, version.number
                ),
            })
            .collect(),
    })
}
