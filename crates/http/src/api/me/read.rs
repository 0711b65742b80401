//! `GET /api/v1/me`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::wire::UserBody;
use crate::gateway::Json;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::account::{Account, read_account};
use serde::Serialize;
use utoipa::ToSchema;

/// One's own account with its use of storage.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountBody {
    #[serde(flatten)]
    user: UserBody,
    /// Bytes reserved or stored.
    used_bytes: u64,
    /// Bytes allowed.
    quota_bytes: u64,
}

impl From<Account> for AccountBody {
    fn from(account: Account) -> Self {
        Self {
            user: account.user.into(),
            used_bytes: account.used_bytes,
            quota_bytes: account.quota_bytes,
        }
    }
}

/// My account.
#[utoipa::path(get, path = "/api/v1/me", operation_id = "readMe", tag = "me", security(("bearer" = [])),
    responses((status = 200, description = "The account", body = AccountBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(State(app): State<App>, caller: Caller) -> Result<Json<AccountBody>, Problem> {
    Ok(Json(read_account(&app.product, &caller.actor()).await?.into()))
}
