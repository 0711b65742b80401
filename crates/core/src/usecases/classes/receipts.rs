//! Receipts after they were given: one, all of a class, and whether one holds.
use super::change_submission::find;
use super::taught;
use crate::domain::ids::{ClassId, SubmissionId};
use crate::domain::policy::Actor;
use crate::domain::receipt::{Receipt, ReceiptClaims, ReceiptVerdict, follows};
use crate::ports::record_store::Cursor;
use crate::records::Listing;
use crate::usecases::{Product, UseCaseError, require_user};

/// The receipt of a submission's present video.
///
/// # Errors
/// `NotFound`.
pub async fn read_receipt(
    product: &Product,
    actor: &Actor,
    id: SubmissionId,
) -> Result<Receipt, UseCaseError> {
    let submission = find(product, actor, id).await?.submission.value;
    let receipt = product
        .records
        .receipt(submission.class, submission.receipt)
        .await?;
    receipt.ok_or_else(|| UseCaseError::Internal("a receipt is missing".into()))
}

/// A class's receipts from the first on, for its teachers.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` for a cursor that was not given out here.
pub async fn list_receipts(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    limit: u32,
    cursor: Option<Cursor>,
) -> Result<Listing<Receipt>, UseCaseError> {
    taught(product, actor, id).await?;
    let from_cursor = cursor.is_some();
    let listing = product.records.receipts(id, limit, cursor).await;
    listing.map_err(UseCaseError::of_page(from_cursor))
}

/// How a receipt stands: whether the school has signed these very bytes, and whether the receipt that it names
/// as the one before it is the one that the school keeps. What it says is told to whoever holds it.
///
/// # Errors
/// `Unauthenticated`; when the records do not answer.
pub async fn verify_receipt(
    product: &Product,
    actor: &Actor,
    token: &str,
    shown: Option<&ReceiptClaims>,
) -> Result<(ReceiptVerdict, Option<ReceiptClaims>), UseCaseError> {
    require_user(actor)?;
    let Some(claims) = product.receipts.verify(token) else {
        return Ok((ReceiptVerdict::Changed, None));
    };
    if shown.is_some_and(|shown| *shown != claims) {
        return Ok((ReceiptVerdict::Changed, None));
    }
    let receipt = Receipt {
        claims: claims.clone(),
        token: token.to_owned(),
    };
    let kept = product.records.receipt(claims.class, claims.number).await?;
    let before = match claims.number {
        0 | 1 => None,
        number => product.records.receipt(claims.class, number - 1).await?,
    };
    let holds = kept.is_some_and(|kept| kept.token == token)
        && (before.is_some() || claims.number == 1)
        && follows(&receipt, before.as_ref());
    let verdict = if holds {
        ReceiptVerdict::Valid
    } else {
        ReceiptVerdict::BrokenChain
    };
    Ok((verdict, Some(claims)))
}
