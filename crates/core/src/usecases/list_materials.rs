//! Listing materials: one's own from the records, everybody's from the index.
use super::classmates::{viewer, visible};
use super::find_pages::{FilterText, MAX_OFFSET, parse_filter};
use super::read_material::{MaterialView, with_uploaders};
use super::{Product, UseCaseError, authorize, require_user};
use crate::domain::policy::{Action, Actor};
use crate::ports::record_store::Cursor;
use crate::ports::search_index::{Facets, ListRequest, Sort};
use crate::records::Listing;

/// What a listing gives.
#[derive(Clone, Debug)]
pub struct ListedMaterials {
    /// In the asked order.
    pub materials: Vec<MaterialView>,
    /// Materials that match in all.
    pub total: u64,
    /// Counts over all that match.
    pub facets: Facets,
    /// The offset of the next page, if there is one.
    pub next_offset: Option<u32>,
}

/// Published materials that the actor may see.
///
/// # Errors
/// `Invalid` for bad filters; `Unavailable`.
pub async fn list_materials(
    product: &Product,
    actor: &Actor,
    filter: FilterText,
    sort: Sort,
    limit: u32,
    offset: u32,
) -> Result<ListedMaterials, UseCaseError> {
    authorize(actor, Action::Find)?;
    let filter = parse_filter(product, filter).await?;
    let request = ListRequest {
        viewer: viewer(product, actor).await?,
        filter,
        sort,
        limit,
        offset,
    };
    let listed = product.search.list(&request).await?;
    let found = product.records.materials(&listed.materials).await?;
    let found = visible(product, actor, found.into_iter().flatten().collect()).await?;
    let next = offset + limit;
    Ok(ListedMaterials {
        materials: with_uploaders(product, found).await?,
        total: listed.total,
        facets: listed.facets,
        next_offset: (u64::from(next) < listed.total && next <= MAX_OFFSET).then_some(next),
    })
}

/// The caller's own materials, latest first, whatever their state: consistent with the last write.
///
/// # Errors
/// `Unauthenticated`.
pub async fn list_own_materials(
    product: &Product,
    actor: &Actor,
    limit: u32,
    cursor: Option<Cursor>,
) -> Result<Listing<MaterialView>, UseCaseError> {
    let owner = require_user(actor)?;
    let refused = UseCaseError::of_page(cursor.is_some());
    let listing = product
        .records
        .materials_of(owner, limit, cursor)
        .await
        .map_err(refused)?;
    Ok(Listing {
        items: with_uploaders(product, listing.items).await?,
        next: listing.next,
    })
}
