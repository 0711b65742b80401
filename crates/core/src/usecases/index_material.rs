//! Keeping the search index in step with the records, and rebuilding it when it is lost.
use super::read_page::read_pages;
use super::{Product, UseCaseError};
use crate::domain::ids::MaterialId;
use crate::domain::material::{Material, Processing, Visibility};
use crate::domain::user::Grade;
use crate::ports::search_index::{Audience, Change, IndexedMaterial};
use crate::records::materials::SHARDS;

/// Makes the index say of one material what the records say now; removes it when it is gone or
/// not readable. Running it again changes nothing.
///
/// # Errors
/// When records, storage or index do not answer.
pub async fn index_material(product: &Product, id: MaterialId) -> Result<(), UseCaseError> {
    let change = match product.records.material(id).await? {
        Some(stored) => entry(product, &stored.value).await?,
        None => Change::Remove(id),
    };
    product.search.apply(vec![change]).await?;
    Ok(())
}

/// What the index is to hold of a material.
pub(crate) async fn entry(product: &Product, material: &Material) -> Result<Change, UseCaseError> {
    if !material.is_published() {
        return Ok(Change::Remove(material.id));
    }
    let pages = match material.current.processing {
        Processing::Ready { pages } if pages > 0 => read_pages(product, material).await?,
        _ => Vec::new(),
    };
    let pages = pages.into_iter().map(|page| (page.number, page.text)).collect();
    Ok(Change::Replace(Box::new(
        indexed(product, material, pages).await?,
    )))
}

/// A material with the given pages, as the index keeps it.
pub(crate) async fn indexed(
    product: &Product,
    material: &Material,
    pages: Vec<(u32, String)>,
) -> Result<IndexedMaterial, UseCaseError> {
    let uploader = product.records.user(material.owner).await?;
    let details = material.details.clone();
    Ok(IndexedMaterial {
        id: material.id,
        owner: material.owner,
        audience: match details.visibility {
            Visibility::Private | Visibility::Class => Audience::Owner,
            Visibility::School => Audience::School,
            Visibility::Public => Audience::Public,
        },
        title: details.title,
        description: details.description,
        uploader_name: uploader
            .map(|user| user.value.display_name().to_owned())
            .unwrap_or_default(),
        subject: details.subject.map(|slug| slug.as_str().to_owned()),
        grade: details.grade.map(Grade::number),
        course: details.course,
        tags: details.tags,
        language: details.language.map(|language| language.as_str().to_owned()),
        kind: material.current.kind,
        created_at: material.created_at,
        pages,
    })
}

/// Feeds the whole index again from records and storage, and says how many materials it holds.
/// It serves, incompletely, meanwhile.
///
/// # Errors
/// When records, storage or index do not answer; the index still says that it needs a rebuild.
pub async fn rebuild_index(product: &Product) -> Result<u64, UseCaseError> {
    product.search.clear().await?;
    let mut count = 0;
    for shard in 0..SHARDS {
        let mut cursor = None;
        loop {
            let listing = product.records.materials_of_shard(shard, 20, cursor).await?;
            let mut changes = Vec::with_capacity(listing.items.len());
            for material in &listing.items {
                match entry(product, material).await {
                    // What is being read meanwhile indexes itself when it is published.
                    Ok(Change::Remove(_)) => {}
                    Ok(change) => changes.push(change),
                    Err(UseCaseError::Internal(reason)) => {
                        tracing::error!(reason, material.id = %material.id, "material cannot be indexed");
                    }
                    Err(error) => return Err(error),
                }
            }
            count += changes.len() as u64;
            if !changes.is_empty() {
                product.search.apply(changes).await?;
            }
            cursor = listing.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    product.search.rebuilt().await?;
    Ok(count)
}
