//! Subjects: listed for everybody, added by teachers, managed by moderators.
use super::classmates::viewer;
use super::idempotency::IdempotencyKey;
use super::{Fields, Product, UseCaseError, authorize};
use crate::domain::ids::UserId;
use crate::domain::name;
use crate::domain::policy::{Action, Actor};
use crate::domain::subject::{Subject, SubjectSlug};
use crate::jobs::{Job, Payload};
use crate::ports::record_store::{Condition, Cursor, TransactError};
use crate::ports::search_index::{Filter, ListRequest, Sort};
use crate::records::{Listing, subjects};

/// What keys of requests for new subjects are remembered under.
const SCOPE: &str = "subject";

/// A subject with how many materials of it the actor may see.
#[derive(Clone, Debug)]
pub struct SubjectView {
    /// The subject.
    pub subject: Subject,
    /// Materials that the actor may see.
    pub materials: u64,
}

/// Subjects by slug.
///
/// # Errors
/// When records or index do not answer.
pub async fn list_subjects(
    product: &Product,
    actor: &Actor,
    limit: u32,
    cursor: Option<Cursor>,
) -> Result<Listing<SubjectView>, UseCaseError> {
    authorize(actor, Action::Find)?;
    let refused = UseCaseError::of_page(cursor.is_some());
    let listing = product.records.subjects(limit, cursor).await.map_err(refused)?;
    let request = ListRequest {
        viewer: viewer(product, actor).await?,
        filter: Filter::default(),
        sort: Sort::Newest,
        limit: 1,
        offset: 0,
    };
    let counts = product.search.list(&request).await?.facets.subject;
    let count = |slug: &str| {
        counts
            .iter()
            .find(|entry| entry.value == slug)
            .map_or(0, |entry| entry.count)
    };
    let items = listing
        .items
        .into_iter()
        .map(|subject| SubjectView {
            materials: count(subject.slug.as_str()),
            subject,
        })
        .collect();
    Ok(Listing {
        items,
        next: listing.next,
    })
}

/// One subject.
///
/// # Errors
/// `NotFound`.
pub async fn read_subject(product: &Product, actor: &Actor, slug: &str) -> Result<SubjectView, UseCaseError> {
    authorize(actor, Action::Find)?;
    let slug = SubjectSlug::parse(slug).map_err(|_| UseCaseError::NotFound)?;
    let subject = product
        .records
        .subject(&slug)
        .await?
        .ok_or(UseCaseError::NotFound)?
        .value;
    let filter = Filter {
        subject: Some(slug.as_str().to_owned()),
        ..Filter::default()
    };
    let request = ListRequest {
        viewer: viewer(product, actor).await?,
        filter,
        sort: Sort::Newest,
        limit: 1,
        offset: 0,
    };
    let materials = product.search.list(&request).await?.total;
    Ok(SubjectView { subject, materials })
}

/// A new subject as it was asked for.
#[derive(Clone, Debug, Default)]
pub struct AddSubject {
    /// At most 80 characters.
    pub name: String,
    /// Made from the name unless it is given.
    pub slug: Option<String>,
    /// 0 to 11.
    pub hue: Option<i64>,
}

/// Adds a subject. Repeating a request with its idempotency key gives its subject again.
///
/// # Errors
/// `Forbidden` below teacher; `Invalid`; `Conflict` (`subject_exists`).
pub async fn add_subject(
    product: &Product,
    actor: &Actor,
    command: AddSubject,
    idempotency: Option<IdempotencyKey>,
) -> Result<Subject, UseCaseError> {
    authorize(actor, Action::AddSubject)?;
    let subject = parse_subject(product, command)?;
    let mut writes = vec![subjects::put(&subject, Condition::Absent)];
    let key = idempotency.zip(actor.user());
    writes.extend(key.as_ref().map(|(key, user)| {
        let made = subject.slug.as_str();
        key.remember(*user, SCOPE, made, subject.created_at)
    }));
    let outcome = product.records.store().transact(writes).await;
    product.known_subjects.forget();
    match outcome {
        Ok(()) => Ok(subject),
        Err(TransactError::Condition(_)) => match key {
            Some((key, user)) => repeat(product, user, &key).await,
            None => Err(exists()),
        },
        Err(error) => Err(error.into()),
    }
}

fn exists() -> UseCaseError {
    UseCaseError::conflict("subject_exists", "there is a subject of this name already")
}

async fn repeat(product: &Product, user: UserId, key: &IdempotencyKey) -> Result<Subject, UseCaseError> {
    let made = key.made(product, user, SCOPE).await?.ok_or_else(exists)?;
    let slug = SubjectSlug::parse(&made).map_err(|error| UseCaseError::Internal(error.to_string()))?;
    let stored = product
        .records
        .subject(&slug)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    Ok(stored.value)
}

fn parse_subject(product: &Product, command: AddSubject) -> Result<Subject, UseCaseError> {
    let mut fields = Fields::default();
    let name = fields.take("name", name::line(&command.name, 80));
    let slug = match command.slug {
        Some(slug) => fields.take("slug", SubjectSlug::parse(&slug)),
        None => name
            .as_deref()
            .and_then(|name| fields.take("name", SubjectSlug::from_name(name))),
    };
    let hue = parse_hue(&mut fields, command.hue);
    fields.finish()?;
    let (Some(name), Some(slug)) = (name, slug) else {
        return Err(UseCaseError::Internal("a refused field was not reported".into()));
    };
    let spread = slug
        .as_str()
        .bytes()
        .fold(0_u8, |sum, byte| (sum + byte % 12) % 12);
    Ok(Subject {
        slug,
        name,
        hue: hue.unwrap_or(spread),
        created_at: product.clock.now(),
    })
}

/// Renames or recolours a subject; its slug stays. What is in it is found by a new name a moment later, and by the
/// words of the slug as before.
///
/// # Errors
/// `Forbidden` below moderator; `NotFound`; `Invalid`.
pub async fn update_subject(
    product: &Product,
    actor: &Actor,
    slug: &str,
    name: Option<&str>,
    hue: Option<i64>,
) -> Result<Subject, UseCaseError> {
    authorize(actor, Action::ManageSubjects)?;
    let slug = SubjectSlug::parse(slug).map_err(|_| UseCaseError::NotFound)?;
    let stored = product
        .records
        .subject(&slug)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    let mut fields = Fields::default();
    let name = fields.optional("name", name.map(|name| name::line(name, 80)));
    let hue = parse_hue(&mut fields, hue);
    fields.finish()?;
    let before = stored.value;
    let subject = Subject {
        name: name.unwrap_or_else(|| before.name.clone()),
        hue: hue.unwrap_or(before.hue),
        ..before.clone()
    };
    let mut writes = vec![subjects::put(&subject, Condition::Version(stored.version))];
    if subject.name != before.name {
        let payload = Payload::IndexSubject {
            subject: subject.slug.clone(),
        };
        writes.push(Job::new(payload, &*product.clock, &*product.ids).enqueue());
    }
    product.records.store().transact(writes).await?;
    product.known_subjects.forget();
    product.job_signal.notify_one();
    Ok(subject)
}

fn parse_hue(fields: &mut Fields, hue: Option<i64>) -> Option<u8> {
    let parsed = hue.map(|hue| u8::try_from(hue).ok().filter(|hue| *hue < 12));
    if parsed == Some(None) {
        fields.refuse("hue", "must be a colour from 0 to 11");
    }
    parsed.flatten()
}

/// Deletes a subject that no material names.
///
/// # Errors
/// `Forbidden` below moderator; `NotFound`; `Conflict` (`subject_in_use`).
pub async fn delete_subject(product: &Product, actor: &Actor, slug: &str) -> Result<(), UseCaseError> {
    authorize(actor, Action::ManageSubjects)?;
    let view = read_subject(product, actor, slug).await?;
    if view.materials > 0 {
        let detail = format!("{} materials are in it", view.materials);
        return Err(UseCaseError::conflict("subject_in_use", detail));
    }
    let outcome = product
        .records
        .store()
        .transact(vec![subjects::delete(&view.subject.slug)])
        .await;
    product.known_subjects.forget();
    match outcome {
        Ok(()) => Ok(()),
        Err(TransactError::Condition(_)) => Err(UseCaseError::NotFound),
        Err(error) => Err(error.into()),
    }
}
