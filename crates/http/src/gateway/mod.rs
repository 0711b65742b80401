//! What every request passes before it reaches a route: connections and their limits, strict
//! framing, and layers for ids, logs, headers, hosts, rates and sizes.
//!
//! The gateway knows no user and no route. Routes read what it found from request extensions:
//! [`RequestId`], [`RequestOrigin`], [`ClientAddress`], [`RateClass`] and [`RateLimits`].
mod access_log;
mod address;
mod admission;
mod body;
mod config;
mod connection;
mod framing;
mod guarded_io;
mod host;
mod invalid;
mod json;
mod load;
mod metrics;
mod panics;
mod path;
mod patience;
mod query;
mod rate_limit;
pub mod request_id;
mod same_origin;
mod security_headers;
mod server;

pub use address::{ClientAddress, Network, NetworkError, PeerAddress};
pub use body::BodyError;
pub use config::{ConnectionSettings, GatewayConfig};
pub use host::RequestOrigin;
pub use json::{Json, MAX_DEPTH, OptionalJson};
pub use metrics::Metrics;
pub use path::Path;
pub use query::Query;
pub use rate_limit::{Rate, RateClass, RateLimits, RateSettings, Share, Tally};
pub use request_id::RequestId;
pub use server::serve;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// Puts the layers around a router; [`serve`] does it by itself. For tests that call the router
/// without a connection.
pub fn wrap(app: Router, config: &GatewayConfig) -> Router {
    let headers = Arc::new(security_headers::SecurityHeaders::new(config));
    let admission = Arc::new(admission::Admission::new(config));
    // From the outermost to the innermost.
    app.layer((
        from_fn(request_id::layer),
        from_fn(access_log::layer),
        from_fn_with_state(headers, security_headers::layer),
        from_fn(crate::web::problem_pages::layer),
        CatchPanicLayer::custom(panics::answer),
        from_fn_with_state(admission, admission::layer),
    ))
}
