//! Proposing what to search while somebody types.
use super::classmates::viewer;
use super::known_subjects::KnownSubjects;
use super::{Product, UseCaseError, authorize};
use crate::domain::policy::{Action, Actor};
use crate::domain::subject::Subject;
use crate::ports::search_index::{SuggestRequest, Suggestion};

/// The longest beginning, in characters.
pub const MAX_BEGINNING_CHARACTERS: usize = 200;
/// The most suggestions.
pub const MAX_SUGGESTIONS: u32 = 20;
/// Subjects among them.
const MOST_SUBJECTS: usize = 2;

/// One proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// A subject of the school.
    Subject(Subject),
    /// Something that the index holds.
    Found(Suggestion),
}

/// Proposes what to search, best first; only what the actor may see.
///
/// # Errors
/// `Invalid` for a beginning that is too long or a limit outside 1 to 20; `Unavailable`.
pub async fn suggest(
    product: &Product,
    actor: &Actor,
    text: &str,
    limit: u32,
) -> Result<Vec<Proposal>, UseCaseError> {
    authorize(actor, Action::Find)?;
    if text.chars().count() > MAX_BEGINNING_CHARACTERS {
        let message = format!("must have at most {MAX_BEGINNING_CHARACTERS} characters");
        return Err(UseCaseError::field("q", message));
    }
    if !(1..=MAX_SUGGESTIONS).contains(&limit) {
        let message = format!("must be from 1 to {MAX_SUGGESTIONS}");
        return Err(UseCaseError::field("limit", message));
    }
    let beginning = text.trim().to_lowercase();
    if beginning.is_empty() {
        return Ok(Vec::new());
    }
    let known = KnownSubjects::all(product).await?;
    let subjects = known.iter().filter(|subject| {
        let name = subject.name.to_lowercase();
        name.starts_with(&beginning)
            || subject.slug.as_str().starts_with(&beginning)
            || name
                .split_whitespace()
                .any(|word| beginning.chars().count() > 1 && word.starts_with(&beginning))
    });
    let subjects = subjects.cloned().map(Proposal::Subject);
    let mut proposals: Vec<Proposal> = subjects.take(MOST_SUBJECTS).collect();
    let request = SuggestRequest {
        text: text.trim().to_owned(),
        viewer: viewer(product, actor).await?,
        limit,
    };
    let found = product.search.suggest(&request).await?;
    proposals.extend(found.into_iter().map(Proposal::Found));
    proposals.truncate(limit as usize);
    Ok(proposals)
}
