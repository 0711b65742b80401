//! One page of a material: its text with word boxes, and its picture.
use super::ingest_version::{cover_key, derived_prefix, layout_key, pack_key};
use super::read_material::read_material;
use super::{Product, UseCaseError};
use crate::domain::ids::MaterialId;
use crate::domain::material::Material;
use crate::domain::policy::Actor;
use crate::ports::extractor::{COVER_WIDTH, ExtractError, ExtractedPage, Picture};
use crate::ports::object_store::{ByteStream, ObjectKey};
use crate::ports::packed_page::{self, DamagedPage};
use crate::records::pages::PageMap;
use bytes::Bytes;
use futures::StreamExt;
use std::ops::{Range, RangeInclusive};

/// The text and words of page `number`, counted from 1.
///
/// # Errors
/// `NotFound` when material or page is not there for this actor.
pub async fn read_page(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
    number: u32,
) -> Result<ExtractedPage, UseCaseError> {
    let material = read_material(product, actor, id).await?.material;
    let version = material.current.number;
    let map = product
        .records
        .page_map(id, version)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    let range = map.range(number).ok_or(UseCaseError::NotFound)?;
    let content = fetch(product, &pack_key(id, version, map.revision), Some(range)).await?;
    packed_page::read(&content).map_err(damaged)
}

/// All pages of a material's current version.
pub(crate) async fn read_pages(
    product: &Product,
    material: &Material,
) -> Result<Vec<ExtractedPage>, UseCaseError> {
    Ok(version_pages(product, material.id, material.current.number)
        .await?
        .0)
}

/// All pages of a version, and which pack they were read from.
pub(crate) async fn version_pages(
    product: &Product,
    id: MaterialId,
    version: u32,
) -> Result<(Vec<ExtractedPage>, u32), UseCaseError> {
    let Some(map) = product.records.page_map(id, version).await? else {
        return Ok((Vec::new(), 0));
    };
    let content = fetch(product, &pack_key(id, version, map.revision), None).await?;
    let pages = unpack(&map, &content, packed_page::read)?;
    Ok((pages, map.revision))
}

/// The pages of a pack, each as `read` reads it.
pub(super) fn unpack<T>(
    map: &PageMap,
    content: &[u8],
    read: impl Fn(&[u8]) -> Result<T, DamagedPage>,
) -> Result<Vec<T>, UseCaseError> {
    (1..=u32::try_from(map.ends.len()).unwrap_or(0))
        .filter_map(|number| map.range(number))
        .map(|range| {
            let bytes = usize::try_from(range.start)
                .ok()
                .zip(usize::try_from(range.end).ok());
            let page = bytes.and_then(|(start, end)| content.get(start..end));
            let page =
                page.ok_or_else(|| UseCaseError::Internal("page pack is shorter than its map".into()))?;
            read(page).map_err(damaged)
        })
        .collect()
}

#[expect(clippy::needless_pass_by_value, reason = "what errors are mapped with")]
pub(super) fn damaged(page: DamagedPage) -> UseCaseError {
    UseCaseError::Internal(page.to_string())
}

pub(super) async fn fetch(
    product: &Product,
    key: &ObjectKey,
    range: Option<Range<u64>>,
) -> Result<Bytes, UseCaseError> {
    let content = product
        .objects
        .get(key, range)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    collect(content).await
}

async fn collect(mut content: ByteStream) -> Result<Bytes, UseCaseError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = content.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(bytes.into())
}

/// An encoded picture.
#[derive(Clone, Debug)]
pub struct PictureContent {
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub content: Bytes,
}

/// What changes when the pictures of a material may look different: its current version.
///
/// # Errors
/// `NotFound` when the material is not there for this actor.
pub async fn picture_version(product: &Product, actor: &Actor, id: MaterialId) -> Result<u32, UseCaseError> {
    let material = read_material(product, actor, id).await?.material;
    Ok(material.current.number)
}

/// How wide a page's picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureSize {
    /// As wide as a cover: for lists and thumbnails.
    Small,
    /// As the settings say: for reading.
    Large,
}

impl PictureSize {
    /// The smallest size that is at least so many pixels wide, or else the largest.
    pub const fn for_width(pixels: u32) -> Self {
        if pixels <= COVER_WIDTH {
            Self::Small
        } else {
            Self::Large
        }
    }

    /// How many neighbouring pages are drawn at once. Whoever waits for a page to read waits for no
    /// other; small ones are looked at together.
    const fn batch(self) -> u32 {
        match self {
            Self::Small => 8,
            Self::Large => 1,
        }
    }

    /// In pixels.
    fn width(self, product: &Product) -> u32 {
        match self {
            Self::Small => COVER_WIDTH.min(product.settings.picture_width),
            Self::Large => product.settings.picture_width,
        }
    }
}

/// The picture of page `number`, drawn when it is first asked for and kept. A picture is never
/// wider than its page has pixels.
///
/// # Errors
/// `NotFound` when the page is not there for this actor, or has no picture.
pub async fn read_picture(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
    number: u32,
    size: PictureSize,
) -> Result<PictureContent, UseCaseError> {
    let width = size.width(product);
    let material = read_material(product, actor, id).await?.material;
    let pages = material.current.pages_with_pictures();
    if number == 0 || number > pages {
        return Err(UseCaseError::NotFound);
    }
    let key = picture_key(&material, number, width);
    if let Some(picture) = stored_picture(product, &key).await? {
        return Ok(picture);
    }
    let first = (number - 1) / size.batch() * size.batch() + 1;
    let last = (first + size.batch() - 1).min(pages);
    let prefix = derived_prefix(id, material.current.number);
    let turn = format!("{prefix}{width}-{first}");
    let key_of = |page| picture_key(&material, page, width);
    draw_in_turn(product, &material, number, first..=last, width, &turn, key_of).await
}

/// Picture `number` of a material, drawn with those beside it, which are all kept under their keys. Who asks for the
/// same `turn` waits, and finds them drawn.
///
/// # Errors
/// `NotFound` when it cannot be drawn.
pub(super) async fn draw_in_turn(
    product: &Product,
    material: &Material,
    number: u32,
    together: RangeInclusive<u32>,
    width: u32,
    turn: &str,
    key_of: impl Fn(u32) -> ObjectKey + Send + Sync,
) -> Result<PictureContent, UseCaseError> {
    let _turn = product.picture_turns.take(turn).await;
    if let Some(picture) = stored_picture(product, &key_of(number)).await? {
        return Ok(picture);
    }
    let mut asked = None;
    for picture in draw(product, material, together, width).await? {
        let content = Bytes::from(picture.content);
        product
            .objects
            .put(&key_of(picture.page), picture.content_type, content.clone())
            .await?;
        if picture.page == number {
            asked = Some(PictureContent {
                content_type: picture.content_type.to_owned(),
                content,
            });
        }
    }
    asked.ok_or(UseCaseError::NotFound)
}

/// The picture of the first page in small, for lists.
///
/// # Errors
/// `NotFound` when there is none for this actor.
pub async fn read_cover(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
) -> Result<PictureContent, UseCaseError> {
    let material = read_material(product, actor, id).await?.material;
    if !material.current.has_cover {
        return Err(UseCaseError::NotFound);
    }
    let key = cover_key(id, material.current.number);
    stored_picture(product, &key).await?.ok_or(UseCaseError::NotFound)
}

fn picture_key(material: &Material, number: u32, width: u32) -> ObjectKey {
    ObjectKey(format!(
        "{}picture-{width}-{number}",
        derived_prefix(material.id, material.current.number)
    ))
}

/// A picture of our own making, from storage.
pub(crate) async fn stored_picture(
    product: &Product,
    key: &ObjectKey,
) -> Result<Option<PictureContent>, UseCaseError> {
    let Some(content) = product.objects.get(key, None).await? else {
        return Ok(None);
    };
    let content = collect(content).await?;
    Ok(Some(PictureContent {
        content_type: picture_type(&content).to_owned(),
        content,
    }))
}

/// Our own pictures are one of three types, told by their first bytes.
fn picture_type(content: &[u8]) -> &'static str {
    match content {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, ..] => "image/jpeg",
        _ => "image/webp",
    }
}

async fn draw(
    product: &Product,
    material: &Material,
    pages: RangeInclusive<u32>,
    width: u32,
) -> Result<Vec<Picture>, UseCaseError> {
    let version = &material.current;
    let drawn = if version.has_layout {
        &layout_key(material.id, version.number)
    } else {
        &version.object
    };
    let content = product.objects.get(drawn, None).await?;
    let file = product
        .scratch
        .spool(content.ok_or(UseCaseError::NotFound)?)
        .await?;
    let (first, last) = pages.into_inner();
    match product.extractor.render(file.path(), first, last, width).await {
        Ok(pictures) => Ok(pictures),
        Err(ExtractError::Rejected(reason)) => {
            tracing::info!(reason = reason.code(), material.id = %material.id, "page cannot be drawn");
            Err(UseCaseError::NotFound)
        }
        Err(ExtractError::Unavailable(why)) => Err(UseCaseError::Unavailable(why)),
    }
}
