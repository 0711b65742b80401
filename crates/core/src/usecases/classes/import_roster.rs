//! A roster from a list: looked at first, then taken as a whole or not at all.
use super::settle_roster::{job, settle_some};
use super::{taught, taught_now};
use crate::domain::class::{Class, MAX_MEMBERS};
use crate::domain::ids::{ClassId, MemberId};
use crate::domain::policy::Actor;
use crate::domain::roster::{Login, Roster, RosterChange};
use crate::domain::roster_csv::{LineError, MAX_CSV_BYTES, ParsedRoster, parse};
use crate::ports::record_store::{MAX_TRANSACTION_BYTES, TransactError, Write};
use crate::records::classes;
use crate::usecases::{CONFLICT_RETRIES, Product, UseCaseError, applied};

/// What a list would change, or has changed.
#[derive(Clone, Debug)]
pub struct RosterReport {
    /// How many good lines it has.
    pub lines: usize,
    /// What is wrong with the others; empty for a list that was taken.
    pub errors: Vec<LineError>,
    /// Who comes, changes and leaves.
    pub change: RosterChange,
    /// Everybody as they are afterwards.
    pub roster: Roster,
}

/// What a list would change. Nothing is.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Content` (`roster_too_large`).
pub async fn preview_roster(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    csv: &[u8],
) -> Result<RosterReport, UseCaseError> {
    let seat = taught(product, actor, id).await?;
    let parsed = read(product, &seat.class.value, csv).await?;
    Ok(report(product, parsed, seat.roster))
}

/// Takes a list as the class's roster.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Conflict` (`class_archived`); `Content` (`roster_too_large`); `InvalidLines`
/// naming every bad line, when nothing was changed.
pub async fn import_roster(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    csv: &[u8],
) -> Result<RosterReport, UseCaseError> {
    // Whether they may is said before anything of the list.
    let class = taught_now(product, actor, id).await?.class.value;
    let parsed = read(product, &class, csv).await?;
    if !parsed.errors.is_empty() {
        return Err(UseCaseError::InvalidLines(parsed.errors));
    }
    for _ in 0..CONFLICT_RETRIES {
        let seat = taught_now(product, actor, id).await?;
        let before = seat.roster;
        let report = report(product, parsed.clone(), before.clone());
        if report.roster.members.len() > 2 * MAX_MEMBERS {
            return Err(UseCaseError::conflict(
                "roster_full",
                "this class has had too many members; make a new one",
            ));
        }
        let mut class = seat.class.value.clone();
        class.updated_at = product.clock.now();
        let settle = job(product, id);
        let mut writes = classes::put_roster(&seat.class, &class, &before, &report.roster);
        writes.push(settle.enqueue());
        refuse_too_large(&writes)?;
        if applied(product, writes).await? {
            settle_first(product, id).await;
            product.job_signal.notify_one();
            return Ok(report);
        }
    }
    Err(TransactError::Conflict.into())
}

/// Names and addresses may be so long that a list does not fit into one transaction.
fn refuse_too_large(writes: &[Write]) -> Result<(), UseCaseError> {
    let bytes: usize = writes
        .iter()
        .map(|write| match write {
            Write::Put(record, _) => record.body.len(),
            _ => 0,
        })
        .sum();
    if bytes <= MAX_TRANSACTION_BYTES {
        return Ok(());
    }
    Err(UseCaseError::Content {
        code: "roster_too_large",
        detail: "the names and addresses of this list are too long together".to_owned(),
    })
}

/// Settles what an ordinary class needs, so that its members find it at once; the job does the rest.
pub(crate) async fn settle_first(product: &Product, id: ClassId) {
    for _ in 0..6 {
        match settle_some(product, id).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, class.id = %id, "a roster is left to its job");
                return;
            }
        }
    }
}

async fn read(product: &Product, class: &Class, csv: &[u8]) -> Result<ParsedRoster, UseCaseError> {
    if csv.len() > MAX_CSV_BYTES {
        return Err(UseCaseError::Content {
            code: "roster_too_large",
            detail: format!("a list has at most {MAX_CSV_BYTES} bytes"),
        });
    }
    let bytes = csv.to_vec();
    let parsed = tokio::task::spawn_blocking(move || parse(&bytes)).await;
    let mut parsed = parsed.map_err(|error| UseCaseError::Internal(error.to_string()))?;
    let logins: Vec<Login> = parsed.lines.iter().map(|line| line.login.clone()).collect();
    let users = product.records.users_by_login(&logins).await?;
    parsed.take_accounts(&users, |user| class.is_taught_by(user));
    Ok(parsed)
}

fn report(product: &Product, parsed: ParsedRoster, mut roster: Roster) -> RosterReport {
    let new_id = || MemberId::new(product.ids.uuid());
    let change = roster.replace(&parsed.lines, product.clock.now(), new_id);
    RosterReport {
        lines: parsed.lines.len(),
        errors: parsed.errors,
        change,
        roster,
    }
}
