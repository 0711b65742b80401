//! What stands beside the pages.
use crate::web::context::MaterialCard;
use crate::web::handlers::cards::{Subjects, card, day, material_url, visibility};
use crate::web::handlers::visitor::Visitor;
use crate::web::pages::reader::context::{About, VersionLine};
use homeroom_core::domain::user::Grade;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::find_similar::find_similar;
use homeroom_core::usecases::read_material::{MaterialView, list_versions};

/// Materials that are shown as being like it.
const SIMILAR: u32 = 5;

pub(super) async fn about(
    visitor: &Visitor,
    view: &MaterialView,
    subjects: &Subjects,
) -> Result<About, UseCaseError> {
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
        similar: similar(visitor, view, subjects).await,
    })
}

/// Reading goes on without them when the index is away.
async fn similar(visitor: &Visitor, view: &MaterialView, subjects: &Subjects) -> Vec<MaterialCard> {
    let found = find_similar(&visitor.app.product, &visitor.actor(), view.material.id, SIMILAR).await;
    found
        .unwrap_or_default()
        .iter()
        .map(|view| card(view, material_url(view), subjects, visitor))
        .collect()
}
