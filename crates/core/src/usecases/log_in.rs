//! Signing in with a password. Every way in counts its attempts here.
use super::refresh::{TokenPair, issue_pair};
use super::{Product, UseCaseError, digest, secret_text};
use crate::domain::ids::SessionId;
use crate::domain::user::{Password, Standing, User};
use crate::ports::record_store::{Condition, TransactError};
use crate::records::sessions::{Session, SessionKind};
use crate::records::{attempts, sessions};

/// The credentials, and the proof that this device has signed in before, if it has one.
#[derive(Clone, Debug, Default)]
pub struct LogIn {
    /// A name or an e-mail address.
    pub login: String,
    /// At most 256 characters.
    pub password: String,
    /// What [`DeviceProof`] an earlier log-in gave to this device.
    pub device: Option<String>,
}

/// Lets a device try on when its account is locked out elsewhere: `{user}.{session}.{digest}` of a
/// session's secret. Worth nothing by itself.
pub type DeviceProof = String;

/// A program's session.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// Its tokens.
    pub tokens: TokenPair,
    /// For the device to keep.
    pub device: DeviceProof,
}

/// A browser's session.
#[derive(Clone, Debug)]
pub struct SignedInBrowser {
    /// Who.
    pub user: User,
    /// The cookie's value: never logged.
    pub cookie: String,
    /// For the device to keep.
    pub device: DeviceProof,
}

/// Signs a program in.
///
/// # Errors
/// `Unauthenticated` for any wrong credentials, alike; `TooManyAttempts`; `Forbidden`
/// (`account_suspended`) with the right ones.
pub async fn log_in(product: &Product, command: LogIn) -> Result<SignedIn, UseCaseError> {
    let user = check(product, command).await?;
    let (session, secret) = begin_session(product, &user, SessionKind::Token).await?;
    let tokens = issue_pair(product, &session, &secret);
    Ok(SignedIn {
        device: device_proof(product, &user),
        user,
        tokens,
    })
}

/// Signs a browser in.
///
/// # Errors
/// As [`log_in`].
pub async fn log_in_browser(product: &Product, command: LogIn) -> Result<SignedInBrowser, UseCaseError> {
    let user = check(product, command).await?;
    sign_in_browser(product, user).await
}

/// Gives a browser a session without asking for the password: right after sign-up.
///
/// # Errors
/// When the records do not answer.
pub async fn sign_in_browser(product: &Product, user: User) -> Result<SignedInBrowser, UseCaseError> {
    let (session, secret) = begin_session(product, &user, SessionKind::Cookie).await?;
    let cookie = format!("{}.{}.{secret}", session.user, session.id);
    Ok(SignedInBrowser {
        device: device_proof(product, &user),
        user,
        cookie,
    })
}

/// A device's proof binds the account's present password: changing it makes all devices unknown.
fn device_proof(product: &Product, user: &User) -> DeviceProof {
    let nonce = secret_text(product.ids.secret());
    let seal = digest(&format!("device {} {} {nonce}", user.id, user.password_hash));
    format!("{}.{nonce}.{seal}", user.id)
}

fn knows_device(user: Option<&User>, proof: Option<&str>) -> bool {
    let (Some(user), Some(proof)) = (user, proof) else {
        return false;
    };
    let mut parts = proof.splitn(3, '.');
    let (Some(id), Some(nonce), Some(seal)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let expected = digest(&format!("device {} {} {nonce}", user.id, user.password_hash));
    id == user.id.to_string() && super::same_digest(seal, &expected)
}

async fn check(product: &Product, command: LogIn) -> Result<User, UseCaseError> {
    const WRONG: UseCaseError = UseCaseError::Unauthenticated("wrong_credentials");
    let password =
        Password::given(&command.password).map_err(|e| UseCaseError::field("password", e.to_string()))?;
    if command.login.len() > 254 {
        return Err(UseCaseError::field("login", "must have at most 254 bytes"));
    }
    let found = product
        .records
        .user_by_login(&command.login)
        .await?
        .map(|stored| stored.value);
    let known = knows_device(found.as_ref(), command.device.as_deref());
    let counter = counter_name(found.as_ref(), &command, known);
    count_attempt(product, &counter).await?;
    let stored = found.as_ref().map(|user| user.password_hash.as_str());
    let fits = product.passwords.verify(&password, stored).await;
    let fits = fits.map_err(UseCaseError::from)?;
    let Some(user) = found.filter(|_| fits) else {
        return Err(WRONG);
    };
    let forget = attempts::forget(&counter, product.clock.now());
    product.records.store().transact(vec![forget]).await?;
    if user.standing == Standing::Suspended {
        return Err(UseCaseError::Forbidden("account_suspended"));
    }
    Ok(user)
}

/// One counter for an account however it is named; one of its own for each device that is known,
/// so that strangers cannot lock the owner out.
fn counter_name(user: Option<&User>, command: &LogIn, known_device: bool) -> String {
    match (user, known_device) {
        (Some(user), true) => digest(&format!(
            "device {} {}",
            user.id,
            command.device.as_deref().unwrap_or_default()
        )),
        (Some(user), false) => digest(&format!("account {}", user.id)),
        (None, _) => digest(&format!("nobody {}", command.login.to_lowercase())),
    }
}

/// Counts before the password is looked at, so that no number of parallel guesses goes beyond.
pub(crate) async fn count_attempt(product: &Product, counter: &str) -> Result<(), UseCaseError> {
    let now = product.clock.now();
    let write = attempts::count(counter, now, product.settings.log_in_attempts);
    for _ in 0..super::CONFLICT_RETRIES {
        match product.records.store().transact(vec![write.clone()]).await {
            Ok(()) => return Ok(()),
            Err(TransactError::Conflict) => {}
            Err(TransactError::Condition(_)) => {
                return Err(UseCaseError::TooManyAttempts(attempts::seconds_left(now)));
            }
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Err(TransactError::Conflict.into())
}

async fn begin_session(
    product: &Product,
    user: &User,
    kind: SessionKind,
) -> Result<(Session, String), UseCaseError> {
    let secret = secret_text(product.ids.secret());
    let now = product.clock.now();
    let session = Session {
        id: SessionId::new(product.ids.uuid()),
        user: user.id,
        kind,
        secret_hash: digest(&secret),
        spent: Vec::new(),
        created_at: now,
        rotated_at: now,
        expires_at: now.checked_add(product.settings.session_lifetime).unwrap_or(now),
    };
    product
        .records
        .store()
        .transact(vec![sessions::put(&session, Condition::Absent)])
        .await?;
    Ok((session, secret))
}
