//! What is abandoned is removed: uploads past their time, stray objects, expired records.
use crate::domain::ids::UploadId;
use crate::ports::object_store::ObjectKey;
use crate::records::{Stored, marks};
use crate::usecases::classes::{function_actions, remove_videos};
use crate::usecases::{Product, UseCaseError, abort_upload};
use jiff::{SignedDuration, Timestamp};

/// Between two runs the clock may move this much; more is a leap, after which nothing is swept
/// until [`Product::settings`]' upload lifetime has passed again.
const LEAP: SignedDuration = SignedDuration::from_hours(6);
/// A stray object younger than this may belong to a request that is still running.
const STRAY_AGE: SignedDuration = SignedDuration::from_hours(24);

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Abandoned uploads.
    pub uploads: u32,
    /// Objects and multipart uploads that no record refers to.
    pub strays: u32,
    /// Expired records.
    pub records: u32,
    /// Videos of classes whose time was over.
    pub videos: u32,
}

/// Runs one sweep.
///
/// # Errors
/// When records or storage do not answer; what was swept so far stays swept.
pub async fn sweep(product: &Product) -> Result<Swept, UseCaseError> {
    let mut swept = Swept {
        records: product.records.store().remove_expired(10_000).await?,
        ..Swept::default()
    };
    let Some(steady) = steady(product).await? else {
        tracing::warn!("clock has leapt; abandoned uploads are kept until it has been steady for a while");
        return Ok(swept);
    };
    swept.uploads = sweep_uploads(product, steady).await?;
    swept.strays = sweep_strays(product, steady).await?;
    swept.strays += function_actions::sweep_pending(product, steady).await?;
    swept.videos = remove_videos::remove_due_videos(product, steady).await?;
    Ok(swept)
}

/// The present, if the clock has been steady for long enough to be trusted with deleting.
async fn steady(product: &Product) -> Result<Option<Timestamp>, UseCaseError> {
    let now = product.clock.now();
    let before = product.records.heartbeat().await?;
    let leapt = before.is_some_and(|mark| now.duration_since(mark.at).abs() > LEAP);
    let steady_since = match before {
        Some(mark) if !leapt => mark.steady_since,
        Some(_) => now,
        None => Timestamp::UNIX_EPOCH,
    };
    product
        .records
        .store()
        .transact(vec![marks::beat(&marks::Heartbeat {
            at: now,
            steady_since,
        })])
        .await?;
    let trusted = now.duration_since(steady_since) >= product.settings.upload_lifetime;
    Ok(trusted.then_some(now))
}

async fn sweep_uploads(product: &Product, now: Timestamp) -> Result<u32, UseCaseError> {
    let mut swept = 0;
    loop {
        let due: Vec<Stored<_>> = product.records.due_uploads(now, 100).await?;
        let mut progress = false;
        for upload in due {
            if abort_upload::abandon(product, upload).await? {
                swept += 1;
                progress = true;
            }
        }
        if !progress {
            return Ok(swept);
        }
    }
}

async fn sweep_strays(product: &Product, now: Timestamp) -> Result<u32, UseCaseError> {
    let oldest = now.checked_sub(STRAY_AGE).unwrap_or(now);
    let mut swept = 0;
    for open in product.objects.list_multiparts().await? {
        if open.initiated_at < oldest && !in_use(product, &[upload_of(&open.key)]).await?[0] {
            product
                .objects
                .abort_multipart(&open.key, &open.multipart)
                .await?;
            swept += 1;
        }
    }
    let mut after: Option<ObjectKey> = None;
    loop {
        let objects = product.objects.list("uploads/", after.as_ref()).await?;
        let Some(last) = objects.last() else {
            return Ok(swept);
        };
        after = Some(last.key.clone());
        let old: Vec<_> = objects
            .iter()
            .filter(|object| object.modified_at < oldest)
            .collect();
        for batch in old.chunks(100) {
            let owners: Vec<_> = batch.iter().map(|object| upload_of(&object.key)).collect();
            let used = in_use(product, &owners).await?;
            let strays: Vec<ObjectKey> = batch
                .iter()
                .zip(used)
                .filter(|(_, used)| !used)
                .map(|(object, _)| object.key.clone())
                .collect();
            if !strays.is_empty() {
                product.objects.delete(&strays).await?;
                swept += u32::try_from(strays.len()).unwrap_or(u32::MAX);
            }
        }
    }
}

/// The upload that an object's key names: `uploads/{id}/{random}`.
fn upload_of(key: &ObjectKey) -> Option<UploadId> {
    key.0.strip_prefix("uploads/")?.split('/').next()?.parse().ok()
}

async fn in_use(product: &Product, uploads: &[Option<UploadId>]) -> Result<Vec<bool>, UseCaseError> {
    let known: Vec<UploadId> = uploads.iter().flatten().copied().collect();
    let mut used = product.records.uploads_in_use(&known).await?.into_iter();
    Ok(uploads
        .iter()
        .map(|upload| upload.is_some() && used.next().unwrap_or(true))
        .collect())
}
