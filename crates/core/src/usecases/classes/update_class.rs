//! Changing a class: its details, whether it is over, and its join code.
use super::{taught, taught_now};
use crate::domain::class::{Class, Holiday, JoinCode, MAX_HOLIDAYS, Zone, class_name};
use crate::domain::ids::ClassId;
use crate::domain::name;
use crate::domain::policy::Actor;
use crate::domain::subject::SubjectSlug;
use crate::domain::user::Grade;
use crate::ports::record_store::{Condition, TransactError};
use crate::records::{classes, subjects};
use crate::usecases::{CONFLICT_RETRIES, Fields, Product, UseCaseError, applied};
use jiff::civil::Date;

/// A change of a class: `None` keeps; `Some(None)` clears.
#[derive(Clone, Debug, Default)]
pub struct ClassChange {
    /// At most 100 characters.
    pub name: Option<String>,
    /// At most 2,000 characters.
    pub description: Option<String>,
    /// A subject's slug.
    pub subject: Option<Option<String>>,
    /// 7 to 12.
    pub grade: Option<Option<i64>>,
    /// An IANA name. Lessons that are planned keep their instants.
    pub zone: Option<String>,
    /// The first day of the term.
    pub term_starts: Option<Date>,
    /// The last day of the term.
    pub term_ends: Option<Date>,
    /// 0 to 1,095.
    pub retention_days: Option<i64>,
    /// At most the school's largest upload, in bytes.
    pub max_video_bytes: Option<i64>,
    /// 1 to 14,400.
    pub max_video_seconds: Option<i64>,
    /// Instead of those that were there.
    pub holidays: Option<Vec<Holiday>>,
    /// Whether it is over.
    pub archived: Option<bool>,
}

/// Changes a class.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`.
pub async fn update_class(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    change: ClassChange,
) -> Result<Class, UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let seat = taught(product, actor, id).await?;
        let mut class = seat.class.value.clone();
        apply(product, &mut class, change.clone()).await?;
        let mut writes = vec![classes::put(&class, Condition::Version(seat.class.version))];
        let subject = class.subject.as_ref().filter(|_| change.subject.is_some());
        writes.extend(subject.map(subjects::check));
        if applied(product, writes).await? {
            return Ok(class);
        }
    }
    Err(TransactError::Conflict.into())
}

/// Puts what was asked for into a class that is not stored yet.
pub(super) async fn apply(
    product: &Product,
    class: &mut Class,
    change: ClassChange,
) -> Result<(), UseCaseError> {
    let mut fields = Fields::default();
    if let Some(name) = fields.optional("name", change.name.map(|name| class_name(&name))) {
        class.name = name;
    }
    let description = change.description.map(|text| name::paragraph(&text, 2_000));
    if let Some(description) = fields.optional("description", description) {
        class.description = description;
    }
    if let Some(subject) = change.subject {
        class.subject = find_subject(product, subject, &mut fields).await?;
    }
    if let Some(grade) = change.grade {
        class.grade = fields.optional("grade", grade.map(Grade::new));
    }
    if let Some(zone) = fields.optional("time_zone", change.zone.map(|zone| Zone::parse(&zone))) {
        class.zone = zone;
    }
    class.term.starts = change.term_starts.unwrap_or(class.term.starts);
    class.term.ends = change.term_ends.unwrap_or(class.term.ends);
    if class.term.ends < class.term.starts {
        fields.refuse("term_ends", "must not be before the term starts");
    }
    take_number(
        &mut fields,
        "retention_days",
        change.retention_days,
        0..=1_095,
        |days| {
            class.retention_days = u16::try_from(days).unwrap_or(u16::MAX);
        },
    );
    let most = i64::try_from(product.settings.max_upload_bytes).unwrap_or(i64::MAX);
    take_number(
        &mut fields,
        "max_video_bytes",
        change.max_video_bytes,
        1..=most,
        |bytes| {
            class.limits.max_bytes = bytes.unsigned_abs();
        },
    );
    take_number(
        &mut fields,
        "max_video_seconds",
        change.max_video_seconds,
        1..=14_400,
        |seconds| {
            class.limits.max_seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        },
    );
    if let Some(holidays) = change.holidays {
        class.holidays = checked_holidays(holidays, &mut fields);
    }
    class.archived = change.archived.unwrap_or(class.archived);
    class.updated_at = product.clock.now();
    fields.finish()
}

async fn find_subject(
    product: &Product,
    slug: Option<String>,
    fields: &mut Fields,
) -> Result<Option<SubjectSlug>, UseCaseError> {
    let Some(slug) = slug else { return Ok(None) };
    let known = match SubjectSlug::parse(&slug) {
        Ok(slug) => product.records.subject(&slug).await?.map(|_| slug),
        Err(_) => None,
    };
    if known.is_none() {
        fields.refuse("subject", "is not a subject here");
    }
    Ok(known)
}

fn take_number(
    fields: &mut Fields,
    field: &'static str,
    given: Option<i64>,
    range: std::ops::RangeInclusive<i64>,
    set: impl FnOnce(i64),
) {
    match given {
        Some(number) if range.contains(&number) => set(number),
        Some(_) => fields.refuse(
            field,
            format!("must be from {} to {}", range.start(), range.end()),
        ),
        None => {}
    }
}

fn checked_holidays(holidays: Vec<Holiday>, fields: &mut Fields) -> Vec<Holiday> {
    if holidays.len() > MAX_HOLIDAYS {
        fields.refuse("holidays", format!("must be at most {MAX_HOLIDAYS}"));
        return Vec::new();
    }
    let mut checked = Vec::with_capacity(holidays.len());
    for holiday in holidays {
        if holiday.to < holiday.from {
            fields.refuse("holidays", "one ends before it begins");
        }
        if let Some(name) = fields.take("holidays", name::line(&holiday.name, 100)) {
            checked.push(Holiday { name, ..holiday });
        }
    }
    checked.sort_by_key(|holiday| holiday.from);
    checked
}

/// Gives a class a new join code, or none; the one before leads nowhere from then on.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Conflict` (`class_archived`).
pub async fn change_join_code(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    open: bool,
) -> Result<Class, UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let seat = taught_now(product, actor, id).await?;
        let mut class = seat.class.value.clone();
        let mut writes = Vec::new();
        writes.extend(class.join_code.take().as_ref().map(classes::release_code));
        if open {
            let code = JoinCode::random(product.ids.secret());
            writes.push(classes::claim_code(&code, id));
            class.join_code = Some(code);
        }
        class.updated_at = product.clock.now();
        writes.push(classes::put(&class, Condition::Version(seat.class.version)));
        if applied(product, writes).await? {
            return Ok(class);
        }
    }
    Err(TransactError::Conflict.into())
}
