//! `POST /api/v1/receipts/verify`, and the shape of receipts.
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::Json;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::receipt::{MAX_RECEIPT_BYTES, Receipt, ReceiptClaims};
use homeroom_core::usecases::classes::receipts::verify_receipt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the school has signed that it received.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceiptBody {
    /// The format, 1.
    v: u8,
    /// Of which class.
    #[schema(format = "uuid")]
    class: String,
    /// For which lesson.
    #[schema(format = "uuid")]
    lesson: String,
    /// From which member.
    #[schema(format = "uuid")]
    member: String,
    /// Which submission.
    #[schema(format = "uuid")]
    submission: String,
    /// Of the video, in hexadecimal.
    sha256: String,
    /// Of the video, in bytes.
    size: u64,
    /// When it was received, by the server's clock.
    #[schema(value_type = String, format = "date-time")]
    submitted_at: Timestamp,
    /// Its place in the class's chain, from 1.
    number: u64,
    /// The SHA-256 of the `token` of the class's receipt before it; null for the first.
    previous: Option<String>,
    /// All of this as a JWS (RFC 7515) signed with Ed25519; what is verified.
    #[schema(max_length = 4096)]
    token: String,
}

impl From<Receipt> for ReceiptBody {
    fn from(receipt: Receipt) -> Self {
        let claims = receipt.claims;
        Self {
            v: claims.v,
            class: claims.class.to_string(),
            lesson: claims.lesson.to_string(),
            member: claims.member.to_string(),
            submission: claims.submission.to_string(),
            sha256: claims.sha256,
            size: claims.size,
            submitted_at: claims.submitted_at,
            number: claims.number,
            previous: claims.previous,
            token: receipt.token,
        }
    }
}

impl ReceiptBody {
    fn claims(&self) -> Option<ReceiptClaims> {
        Some(ReceiptClaims {
            v: self.v,
            class: self.class.parse().ok()?,
            lesson: self.lesson.parse().ok()?,
            member: self.member.parse().ok()?,
            submission: self.submission.parse().ok()?,
            sha256: self.sha256.clone(),
            size: self.size,
            submitted_at: self.submitted_at,
            number: self.number,
            previous: self.previous.clone(),
        })
    }
}

/// What is to be verified.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerifyRequest {
    /// A receipt as it was given, or its `token` alone.
    #[schema(value_type = GivenReceipt)]
    receipt: serde_json::Value,
}

/// A receipt as it was given, or its `token` alone.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what `receipt` may be")]
pub(crate) enum GivenReceipt {
    /// As it was given.
    Whole(Box<ReceiptBody>),
    /// Its token.
    Token(String),
}

/// How a receipt stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct VerdictBody {
    /// Whether it holds in every way.
    valid: bool,
    /// `valid`, `changed` when it is not what the school has signed, `broken_chain` when the school has signed
    /// it and the receipt before it is missing or another one.
    verdict: &'static str,
    /// What the school has signed; absent for a changed receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptBody>,
}

/// Verify a receipt: whoever is signed in and holds it.
#[utoipa::path(post, path = "/api/v1/receipts/verify", operation_id = "verifyReceipt", tag = "receipts", security(("bearer" = [])),
    request_body = VerifyRequest,
    responses((status = 200, description = "How it stands", body = VerdictBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`: no receipt", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<VerifyRequest>,
) -> Result<Json<VerdictBody>, Problem> {
    let unreadable = || Problem::invalid_field("receipt", "must be a receipt or its token");
    let (token, shown) = match request.receipt {
        serde_json::Value::String(token) => (token, None),
        whole @ serde_json::Value::Object(_) => {
            let body: ReceiptBody = serde_json::from_value(whole).map_err(|_| unreadable())?;
            let claims = body.claims();
            // Ids that cannot be read are not what was signed.
            let claims = claims.or_else(|| {
                app.product
                    .receipts
                    .verify(&body.token)
                    .map(|signed| ReceiptClaims { v: 0, ..signed })
            });
            (body.token, claims)
        }
        _ => return Err(unreadable()),
    };
    if token.is_empty() || token.len() > MAX_RECEIPT_BYTES {
        return Err(unreadable());
    }
    let (verdict, claims) = verify_receipt(&app.product, &caller.actor(), &token, shown.as_ref()).await?;
    let receipt = claims.map(|claims| Receipt { claims, token }.into());
    Ok(Json(VerdictBody {
        valid: verdict == homeroom_core::domain::receipt::ReceiptVerdict::Valid,
        verdict: verdict.name(),
        receipt,
    }))
}
