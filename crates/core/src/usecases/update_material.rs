//! Changing what is said of a material. A change of who may see it holds when this returns.
use super::classmates::classmates_for;
use super::index_material::{changed, take_up_now};
use super::{Fields, Product, UseCaseError, authorize, require_user};
use crate::domain::ids::MaterialId;
use crate::domain::language::Language;
use crate::domain::material::{Details, Material, Visibility, tags};
use crate::domain::name::{self, TextError};
use crate::domain::policy::{Action, Actor};
use crate::domain::subject::SubjectSlug;
use crate::domain::user::Grade;
use crate::ports::record_store::{Condition, TransactError};
use crate::records::{materials, subjects};

/// A change of details as it was asked for: `None` keeps a field; `Some(None)` clears it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetailsChange {
    /// 1 to 200 characters.
    pub title: Option<String>,
    /// At most 5,000 characters.
    pub description: Option<String>,
    /// A subject's slug.
    pub subject: Option<Option<String>>,
    /// 7 to 12.
    pub grade: Option<Option<i64>>,
    /// A course's id.
    pub course: Option<Option<String>>,
    /// Replaces all tags.
    pub tags: Option<Vec<String>>,
    /// A BCP 47 primary subtag.
    pub language: Option<Option<String>>,
    /// At most 100 characters.
    pub licence: Option<Option<String>>,
    /// One of the visibilities.
    pub visibility: Option<String>,
}

/// Changes a material's details.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`.
pub async fn update_material(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
    change: DetailsChange,
) -> Result<Material, UseCaseError> {
    require_user(actor)?;
    for _ in 0..super::CONFLICT_RETRIES {
        let stored = product
            .records
            .material(id)
            .await?
            .ok_or(UseCaseError::NotFound)?;
        let classmates = classmates_for(product, actor, [&stored.value]).await?;
        authorize(actor, Action::EditMaterial(&stored.value, &classmates))?;
        let mut material = stored.value;
        material.details = parse_details(product, material.details, change.clone()).await?;
        material.updated_at = product.clock.now();
        let event = changed(product, id);
        let mut writes = vec![
            materials::put(&material, Condition::Version(stored.version)),
            event.append(),
        ];
        writes.extend(material.details.subject.as_ref().map(subjects::check));
        match product.records.store().transact(writes).await {
            Ok(()) => {
                take_up_now(product, &event, id).await;
                return Ok(material);
            }
            Err(TransactError::Condition(_) | TransactError::Conflict) => {}
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Err(TransactError::Conflict.into())
}

/// The details after a change.
pub(crate) async fn parse_details(
    product: &Product,
    before: Details,
    change: DetailsChange,
) -> Result<Details, UseCaseError> {
    let mut fields = Fields::default();
    let mut after = before;
    if let Some(title) = fields.optional("title", change.title.map(|text| name::line(&text, 200))) {
        after.title = title;
    }
    if let Some(text) = fields.optional(
        "description",
        change.description.map(|text| name::paragraph(&text, 5_000)),
    ) {
        after.description = text;
    }
    if let Some(given) = change.tags {
        after.tags = fields.take("tags", tags(&given)).unwrap_or_default();
    }
    if let Some(visibility) = fields.optional(
        "visibility",
        change.visibility.map(|text| text.parse::<Visibility>()),
    ) {
        after.visibility = visibility;
    }
    replace(
        &mut fields,
        "subject",
        &mut after.subject,
        change.subject,
        |text| SubjectSlug::parse(&text),
    );
    replace(&mut fields, "grade", &mut after.grade, change.grade, Grade::new);
    replace(&mut fields, "course", &mut after.course, change.course, |text| {
        name::line(&text, 64)
    });
    replace(
        &mut fields,
        "licence",
        &mut after.licence,
        change.licence,
        |text| name::line(&text, 100),
    );
    replace(
        &mut fields,
        "language",
        &mut after.language,
        change.language,
        |text| Language::parse(&text).ok_or(TextError::Form("must be a language such as en or he")),
    );
    if let Some(slug) = &after.subject
        && product.records.subject(slug).await?.is_none()
    {
        fields.refuse("subject", "there is no such subject");
    }
    fields.finish()?;
    Ok(after)
}

fn replace<T, U>(
    fields: &mut Fields,
    name: &'static str,
    slot: &mut Option<T>,
    change: Option<Option<U>>,
    parse: impl FnOnce(U) -> Result<T, TextError>,
) {
    match change {
        None => {}
        Some(None) => *slot = None,
        Some(Some(given)) => *slot = fields.take(name, parse(given)),
    }
}
