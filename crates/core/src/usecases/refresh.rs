//! Renewing a program's tokens: each refresh token is good once; using one again ends the session.
use super::authenticate::parse_secret_triple;
use super::{Product, UseCaseError, digest, same_digest, secret_text};
use crate::domain::user::Standing;
use crate::ports::identity::AccessClaims;
use crate::ports::record_store::{Condition, TransactError};
use crate::records::sessions::{self, Session, SessionKind};
use jiff::Timestamp;

/// What a program holds.
#[derive(Clone)]
pub struct TokenPair {
    /// For the `Authorization` header.
    pub access_token: String,
    /// Of the access token.
    pub expires_at: Timestamp,
    /// Good once.
    pub refresh_token: String,
}

impl std::fmt::Debug for TokenPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenPair")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

pub(crate) fn issue_pair(product: &Product, session: &Session, secret: &str) -> TokenPair {
    let now = product.clock.now();
    let expires_at = now
        .checked_add(product.settings.access_token_lifetime)
        .unwrap_or(now);
    let claims = AccessClaims {
        user: session.user,
        session: session.id,
        issued_at: now,
        expires_at,
    };
    TokenPair {
        access_token: product.tokens.sign(&claims),
        expires_at,
        refresh_token: format!("{}.{}.{secret}", session.user, session.id),
    }
}

/// Spends a refresh token and gives its successor. `received_at` is when the request arrived: a
/// token that was spent after that lost a race between honest requests; one that was spent before
/// is being used again, which ends the session for everybody who holds a token of it.
///
/// # Errors
/// `Unauthenticated`, alike for every reason; `Forbidden` (`account_suspended`).
pub async fn refresh(
    product: &Product,
    refresh_token: &str,
    received_at: Timestamp,
) -> Result<TokenPair, UseCaseError> {
    const REFUSED: UseCaseError = UseCaseError::Unauthenticated("refresh_token_refused");
    let Some((user_id, session_id, secret)) = parse_secret_triple(refresh_token) else {
        return Err(REFUSED);
    };
    let Some((stored, user)) = product.records.session_and_user(user_id, session_id).await? else {
        return Err(REFUSED);
    };
    let mut session = stored.value;
    if session.kind != SessionKind::Token {
        return Err(REFUSED);
    }
    if user.value.standing == Standing::Suspended {
        return Err(UseCaseError::Forbidden("account_suspended"));
    }
    let hash = digest(secret);
    if !same_digest(&hash, &session.secret_hash) {
        if session.is_spent(&hash) && received_at >= session.rotated_at {
            product
                .records
                .store()
                .transact(vec![sessions::delete(user_id, session_id)])
                .await?;
            tracing::warn!(user.id = %user_id, session.id = %session_id, "spent refresh token was used again; session ended");
        }
        return Err(REFUSED);
    }
    let now = product.clock.now();
    let next = secret_text(product.ids.secret());
    session.rotate(digest(&next), now);
    session.expires_at = now
        .checked_add(product.settings.session_lifetime)
        .unwrap_or(session.expires_at);
    match product
        .records
        .store()
        .transact(vec![sessions::put(&session, Condition::Version(stored.version))])
        .await
    {
        Ok(()) => Ok(issue_pair(product, &session, &next)),
        Err(TransactError::Condition(_) | TransactError::Conflict) => Err(REFUSED),
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}
