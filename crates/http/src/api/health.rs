//! `/healthz`, `/readyz`, `/metrics` and the public keys.
use super::App;
use crate::gateway::Json;
use crate::problem::Problem;
use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use homeroom_core::ports::object_store::ObjectKey;
use homeroom_core::ports::record_store::Key;
use http::header;
use std::time::Duration;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(
            "/healthz",
            get(async || Json(serde_json::json!({"status": "ok"}))),
        )
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/.well-known/jwks.json", get(jwks))
        .route("/.well-known/receipt-keys.json", get(receipt_keys))
}

/// Ready when records and storage answer within two seconds.
async fn ready(State(app): State<App>) -> Result<Json<serde_json::Value>, Problem> {
    let probe = async {
        let records = app
            .product
            .records
            .store()
            .get(&[Key::new("mark", "ready")])
            .await
            .is_ok();
        let objects = app.product.objects.head(&ObjectKey("ready".into())).await.is_ok();
        (records, objects)
    };
    let (records, objects) = tokio::time::timeout(Duration::from_secs(2), probe)
        .await
        .unwrap_or((false, false));
    let rebuilding = app.product.search.needs_rebuild();
    if records && objects {
        let search = if rebuilding { "rebuilding" } else { "ok" };
        Ok(Json(serde_json::json!({"status": "ready", "search": search})))
    } else {
        Err(Problem::unavailable().with_detail(format!("records: {records}, storage: {objects}")))
    }
}

async fn metrics(State(app): State<App>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        (app.metrics)(),
    )
}

/// With these anybody verifies receipts, without us.
async fn receipt_keys(State(app): State<App>) -> impl IntoResponse {
    (
        [(header::CACHE_CONTROL, "public, max-age=300")],
        Json(app.product.receipts.jwks()),
    )
}

async fn jwks(State(app): State<App>) -> impl IntoResponse {
    (
        [(header::CACHE_CONTROL, "public, max-age=300")],
        Json(app.product.tokens.jwks()),
    )
}
