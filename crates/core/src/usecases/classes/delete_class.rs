//! Deleting a class: for its people it is gone when this returns; a job removes what is left of it. Its receipts
//! stay, so that they can still be verified.
use super::change_lesson::remove_rest;
use super::change_submission::remove;
use super::find_seat;
use crate::domain::class::Class;
use crate::domain::ids::ClassId;
use crate::domain::policy::{Action, Actor};
use crate::jobs::{Job, Payload};
use crate::ports::record_store::{TransactError, Write};
use crate::records::{Stored, classes, function_entries};
use crate::usecases::{CONFLICT_RETRIES, Product, UseCaseError, applied_with_jobs, authorize};

/// Deletes a class with its roster, lessons and videos.
///
/// # Errors
/// `NotFound`; `Forbidden` for anybody but its owner.
pub async fn delete_class(product: &Product, actor: &Actor, id: ClassId) -> Result<(), UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let seat = find_seat(product, actor, id).await?;
        authorize(actor, Action::DeleteClass(&seat.class.value, seat.standing()))?;
        if remove_class(product, &seat.class).await? {
            return Ok(());
        }
    }
    Err(TransactError::Conflict.into())
}

/// Makes a class unknown; `Ok(false)` when it changed meanwhile.
pub(super) async fn remove_class(product: &Product, stored: &Stored<Class>) -> Result<bool, UseCaseError> {
    let class = &stored.value;
    let rest = Payload::RemoveClass {
        class: class.id,
        roster_chunks: class.roster_chunks,
    };
    let mut writes = vec![
        classes::delete(stored),
        Job::new(rest, &*product.clock, &*product.ids).enqueue(),
    ];
    writes.extend(class.join_code.as_ref().map(classes::release_code));
    let url = class.function_url.as_ref();
    writes.extend(url.map(|url| function_entries::delete_url(&url.digest)));
    writes.extend(class.teachers().map(|teacher| classes::leave(teacher, class.id)));
    applied_with_jobs(product, writes).await
}

/// Removes what is left of a class that was deleted. Running it again goes on where it stopped.
///
/// # Errors
/// When the records do not answer.
pub async fn remove_rest_of_class(
    product: &Product,
    id: ClassId,
    roster_chunks: u32,
) -> Result<(), UseCaseError> {
    remove_lessons(product, id).await?;
    remove_entries(product, id).await?;
    forget_members(product, id, roster_chunks).await?;
    loop {
        let keys = product.records.keys_of_class(id, None).await?;
        if keys.items.is_empty() {
            return Ok(());
        }
        let writes: Vec<Write> = keys.items.into_iter().map(classes::delete_beside).collect();
        product.records.store().transact(writes).await?;
    }
}

async fn remove_lessons(product: &Product, id: ClassId) -> Result<(), UseCaseError> {
    let years = product.records.years_of(id).await?;
    for timetable in product.records.timetables(id, &years).await? {
        for lesson in timetable.value.lessons {
            for member in product
                .records
                .attendance(lesson.id)
                .await?
                .submissions
                .into_keys()
            {
                while let Some(stored) = product.records.submission_of(lesson.id, member).await? {
                    if remove(product, &stored).await? {
                        break;
                    }
                }
            }
            remove_rest(product, lesson.id).await?;
        }
    }
    Ok(())
}

async fn remove_entries(product: &Product, id: ClassId) -> Result<(), UseCaseError> {
    super::remove_videos::remove_of_functions(product, id, None).await?;
    loop {
        let page = product.records.function_entries(id, "", 90, None).await?;
        if page.items.is_empty() {
            return Ok(());
        }
        let delete = |stored: &Stored<_>| function_entries::delete_entry(id, stored);
        let writes: Vec<Write> = page.items.iter().map(delete).collect();
        product.records.store().transact(writes).await?;
    }
}

/// Takes the class out of its members' lists.
async fn forget_members(product: &Product, id: ClassId, chunks: u32) -> Result<(), UseCaseError> {
    let roster = product.records.roster_chunks(id, chunks).await?;
    for some in roster.members.chunks(45) {
        let writes: Vec<Write> = some
            .iter()
            .flat_map(|member| {
                let enrolled = member.user.map(|user| classes::leave(user, id));
                let awaited = member
                    .login
                    .as_ref()
                    .map(|login| classes::await_no_more(login, id));
                [enrolled, awaited]
            })
            .flatten()
            .collect();
        // Two members may have had one account.
        for some in distinct(writes).chunks(90) {
            product.records.store().transact(some.to_vec()).await?;
        }
    }
    Ok(())
}

fn distinct(writes: Vec<Write>) -> Vec<Write> {
    let mut seen = std::collections::HashSet::new();
    writes
        .into_iter()
        .filter(|write| seen.insert(write.key().clone()))
        .collect()
}
