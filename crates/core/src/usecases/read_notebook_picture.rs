//! A picture that a notebook's code drew: taken out of the file when it is first asked for, drawn anew and kept,
//! as pictures of pages are.
use super::ingest_version::derived_prefix;
use super::read_document::read_document;
use super::read_material::read_material;
use super::read_page::{PictureContent, draw_in_turn, stored_picture};
use super::{Product, UseCaseError};
use crate::domain::ids::MaterialId;
use crate::domain::kind::Kind;
use crate::domain::policy::Actor;
use crate::ports::extractor::PassageKind;
use crate::ports::object_store::ObjectKey;

/// Picture `number` of a notebook, counted from 1 as its pages say ([`PassageKind::Picture`]).
///
/// # Errors
/// `NotFound` when the material is not there for this actor, is no notebook, has no such picture, or that is
/// damaged.
pub async fn read_notebook_picture(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
    number: u32,
) -> Result<PictureContent, UseCaseError> {
    let material = read_material(product, actor, id).await?.material;
    if material.current.kind != Kind::Notebook {
        return Err(UseCaseError::NotFound);
    }
    let prefix = derived_prefix(id, material.current.number);
    let key_of = |number| ObjectKey(format!("{prefix}figure-{number}"));
    let key = key_of(number);
    if let Some(picture) = stored_picture(product, &key).await? {
        return Ok(picture);
    }
    // No process is begun for a picture that is not there.
    if !has_picture(product, actor, id, number).await? {
        return Err(UseCaseError::NotFound);
    }
    let width = product.settings.picture_width;
    draw_in_turn(product, &material, number, number..=number, width, &key.0, key_of).await
}

async fn has_picture(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
    number: u32,
) -> Result<bool, UseCaseError> {
    let pages = read_document(product, actor, id).await?;
    let mut passages = pages.iter().flat_map(|page| &page.passages);
    Ok(passages
        .any(|passage| matches!(passage.kind, PassageKind::Picture { number: each, .. } if each == number)))
}
