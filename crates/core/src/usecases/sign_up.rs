//! Making an account.
use super::classes::{import_roster, settle_roster};
use super::idempotency::IdempotencyKey;
use super::{Fields, Product, UseCaseError};
use crate::domain::ids::{ClassId, UserId};
use crate::domain::user::{Email, Grade, Password, Role, Standing, User, Username, full_name};
use crate::ports::record_store::{TransactError, Write};
use crate::records::users;

/// What keys of requests for accounts are remembered under.
const SCOPE: &str = "sign-up";

/// What somebody says of themselves.
#[derive(Clone, Debug, Default)]
pub struct SignUp {
    /// See [`Username`].
    pub username: String,
    /// See [`Email`].
    pub email: String,
    /// See [`Password`].
    pub password: String,
    /// At most 100 characters.
    pub full_name: Option<String>,
    /// 7 to 12.
    pub grade: Option<i64>,
}

/// Makes a student's account. Repeating a request with its idempotency key gives its account again.
///
/// # Errors
/// `Forbidden` (`sign_up_closed`); `Invalid`; `Conflict` (`account_exists`) when name or address is
/// taken, without saying which.
pub async fn sign_up(
    product: &Product,
    command: SignUp,
    idempotency: Option<IdempotencyKey>,
) -> Result<User, UseCaseError> {
    if !product.settings.open_sign_up {
        return Err(UseCaseError::Forbidden("sign_up_closed"));
    }
    let Some(key) = idempotency else {
        return create_user(product, command, Role::Student, Vec::new()).await;
    };
    let nobody = UserId::new(uuid::Uuid::nil());
    if let Some(login) = key.made(product, nobody, SCOPE).await? {
        let user = product.records.user_by_login(&login).await?;
        return user.map(|stored| stored.value).ok_or(UseCaseError::NotFound);
    }
    let remember = key.remember(nobody, SCOPE, &command.username, product.clock.now());
    create_user(product, command, Role::Student, vec![remember]).await
}

/// Makes an account with a role, and with further writes in the same transaction.
pub(crate) async fn create_user(
    product: &Product,
    command: SignUp,
    role: Role,
    further: Vec<Write>,
) -> Result<User, UseCaseError> {
    let mut fields = Fields::default();
    let username = fields.take("username", Username::parse(&command.username));
    let email = fields.take("email", Email::parse(&command.email));
    let password = fields.take("password", Password::chosen(&command.password));
    let name = command.full_name.filter(|name| !name.trim().is_empty());
    let name = fields.optional("full_name", name.map(|name| full_name(&name)));
    let grade = fields.optional("grade", command.grade.map(Grade::new));
    fields.finish()?;
    let (Some(username), Some(email), Some(password)) = (username, email, password) else {
        return Err(UseCaseError::Internal("a refused field was not reported".into()));
    };
    // Hashed before the names are looked up, so that a taken name takes as long as a free one.
    let hash = product.passwords.hash(&password).await;
    let user = User {
        id: UserId::new(product.ids.uuid()),
        username,
        email,
        full_name: name,
        grade,
        role,
        standing: Standing::Active,
        password_hash: hash.map_err(UseCaseError::from)?,
        created_at: product.clock.now(),
    };
    let mut writes = users::create(&user);
    writes.extend(further);
    // Classes that wait for this address or name get their member.
    let awaiting = settle_roster::awaiting(product, &user).await?;
    let settle = |class: &ClassId| settle_roster::job(product, *class).enqueue();
    writes.extend(awaiting.iter().map(settle));
    for _ in 0..super::CONFLICT_RETRIES {
        match product.records.store().transact(writes.clone()).await {
            Ok(()) => {
                for class in &awaiting {
                    import_roster::settle_first(product, *class).await;
                }
                return Ok(user);
            }
            Err(TransactError::Conflict) => {}
            Err(TransactError::Condition(failed)) if failed.iter().any(|place| *place < 3) => {
                return Err(UseCaseError::conflict(
                    "account_exists",
                    "this name or e-mail address cannot be used",
                ));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(TransactError::Conflict.into())
}
