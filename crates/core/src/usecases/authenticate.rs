//! Who sends this request: looked up in the records each time, so that logout, suspension and a
//! change of role hold on the next request.
use super::{Product, UseCaseError, digest, same_digest};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::policy::Actor;
use crate::domain::user::{Standing, User};
use crate::ports::record_store::TransactError;
use crate::records::sessions::{self, Session, SessionKind};
use jiff::SignedDuration;

/// How far a session's beginning may lie in the future: clocks differ a little, not by years.
const SKEW: SignedDuration = SignedDuration::from_secs(120);

/// A signed-in user.
#[derive(Clone, Debug)]
pub struct Identity {
    /// For the policy.
    pub actor: Actor,
    /// The account.
    pub user: User,
    /// The session.
    pub session: SessionId,
    /// For forms of a browser's session: what the `csrf` field must hold.
    pub csrf: Option<String>,
}

/// Splits `{user}.{session}.{secret}`.
pub(crate) fn parse_secret_triple(text: &str) -> Option<(UserId, SessionId, &str)> {
    if text.len() > 256 {
        return None;
    }
    let mut parts = text.splitn(3, '.');
    Some((
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
        parts.next()?,
    ))
}

/// The sender of a request with `Authorization: Bearer`.
///
/// # Errors
/// `Unauthenticated`, alike for every reason; `Forbidden` (`account_suspended`).
pub async fn authenticate_bearer(product: &Product, token: &str) -> Result<Identity, UseCaseError> {
    let claims = product
        .tokens
        .verify(token, product.clock.now())
        .map_err(|error| {
            tracing::debug!(%error, "access token refused");
            UseCaseError::Unauthenticated("invalid_token")
        })?;
    let (session, user) = live_session(product, claims.user, claims.session, SessionKind::Token)
        .await?
        .ok_or(UseCaseError::Unauthenticated("invalid_token"))?;
    identity(session.id, user, None)
}

/// The sender of a request with a browser's cookie; `None` when the cookie is of no use.
///
/// # Errors
/// `Forbidden` (`account_suspended`); when the records do not answer.
pub async fn authenticate_cookie(product: &Product, cookie: &str) -> Result<Option<Identity>, UseCaseError> {
    let Some((user, session, secret)) = parse_secret_triple(cookie) else {
        return Ok(None);
    };
    let Some((session, user)) = live_session(product, user, session, SessionKind::Cookie).await? else {
        return Ok(None);
    };
    if !same_digest(&digest(secret), &session.secret_hash) {
        return Ok(None);
    }
    identity(session.id, user, Some(digest(&format!("csrf {secret}")))).map(Some)
}

/// Somebody who was known when a long answer began, as they are now.
///
/// # Errors
/// `Unauthenticated` once their session has ended; `Forbidden` (`account_suspended`).
pub async fn still_authenticated(product: &Product, actor: &Actor) -> Result<Actor, UseCaseError> {
    let Actor::User { id, session, .. } = actor else {
        return Err(UseCaseError::Unauthenticated("sign_in_required"));
    };
    let found = product.records.session_and_user(*id, *session).await?;
    let (session, user) = found.ok_or(UseCaseError::Unauthenticated("sign_in_required"))?;
    Ok(identity(session.value.id, user.value, None)?.actor)
}

fn identity(session: SessionId, user: User, csrf: Option<String>) -> Result<Identity, UseCaseError> {
    if user.standing == Standing::Suspended {
        return Err(UseCaseError::Forbidden("account_suspended"));
    }
    let actor = Actor::User {
        id: user.id,
        role: user.role,
        session,
    };
    Ok(Identity {
        actor,
        user,
        session,
        csrf,
    })
}

async fn live_session(
    product: &Product,
    user: UserId,
    session: SessionId,
    kind: SessionKind,
) -> Result<Option<(Session, User)>, UseCaseError> {
    let found = product.records.session_and_user(user, session).await?;
    let latest = product
        .clock
        .now()
        .checked_add(SKEW)
        .unwrap_or(jiff::Timestamp::MAX);
    Ok(found
        .map(|(session, user)| (session.value, user.value))
        .filter(|(session, _)| session.kind == kind && session.created_at <= latest))
}

/// Ends the caller's session; their tokens and cookie are refused from now on.
///
/// # Errors
/// When the records do not answer.
pub async fn log_out(product: &Product, actor: &Actor) -> Result<(), UseCaseError> {
    let Actor::User { id, session, .. } = actor else {
        return Err(UseCaseError::Unauthenticated("sign_in_required"));
    };
    match product
        .records
        .store()
        .transact(vec![sessions::delete(*id, *session)])
        .await
    {
        Ok(()) => Ok(()),
        Err(error @ (TransactError::Condition(_) | TransactError::Conflict | TransactError::Store(_))) => {
            Err(error.into())
        }
    }
}
