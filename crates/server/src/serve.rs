//! `homeroom serve`: pages, API and storage on one port, and jobs beside them.
mod shared_body;
mod shared_rates;

use crate::settings::{PerMinute, Settings};
use crate::wiring::{self, Role, School};
use crate::{Failure, work};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use homeroom_core::usecases::setup::{open_setup, seed_subjects};
use homeroom_core::usecases::{Product, UseCaseError};
use homeroom_http::api::App;
use homeroom_http::gateway::{
    GatewayConfig, Metrics, Rate, RateLimits, RateSettings, serve as serve_gateway,
};
use homeroom_http::problem::Problem;
use homeroom_objects::{EmbeddedS3, Withdrawn};
use shared_body::SharedBody;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use url::Url;

/// Serves until the program is told to stop.
///
/// # Errors
/// When the data directory or the address cannot be used.
pub async fn run(settings: Settings) -> Result<(), Failure> {
    let school = wiring::open(&settings, Role::Serve).await?;
    let stop = stop_signal()?;
    serve(school, settings, stop).await
}

/// Serves an opened school.
///
/// # Errors
/// When the address cannot be used.
pub async fn serve(school: School, mut settings: Settings, stop: CancellationToken) -> Result<(), Failure> {
    raise_descriptor_limit();
    let listener = TcpListener::bind(settings.server.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", settings.server.listen))?;
    // Port 0 asks the system for a free one.
    settings.server.listen = listener.local_addr()?;
    let public_url = settings.public_url()?;
    seed_subjects(&school.product).await?;
    let metrics = Metrics::install()?;
    let app = router(&school, &public_url, &metrics, &stop);
    let mut tasks = work::start(&school, &settings, &stop);
    announce(&school, &public_url, &listener).await?;
    let mut gateway = gateway(&settings, public_url, metrics);
    gateway.storage_origins.extend(school.storage_origin.clone());
    if !school.alone {
        let limits = RateLimits::shared(&gateway.rates);
        gateway.rate_limits = Some(limits.clone());
        tasks.spawn(shared_rates::run(
            Arc::clone(&school.product),
            limits,
            stop.clone(),
        ));
    }
    serve_gateway(listener, app, gateway, stop).await;
    work::finish(tasks).await;
    tracing::info!("stopped");
    Ok(())
}

/// A connection and an open blob take a descriptor each; the hard limit is what the system grants.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        },
    ) {
        tracing::warn!(%error, "limit of open files cannot be raised");
    }
}

/// Cancelled by SIGTERM or SIGINT.
///
/// # Errors
/// When signals cannot be heard.
pub fn stop_signal() -> Result<CancellationToken, Failure> {
    let token = CancellationToken::new();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = token.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        stop.cancel();
    });
    Ok(token)
}

fn router(school: &School, public_url: &Url, metrics: &Metrics, stop: &CancellationToken) -> Router {
    let rendered = metrics.clone();
    let app = App {
        product: Arc::clone(&school.product),
        https: public_url.scheme() == "https",
        version: env!("CARGO_PKG_VERSION"),
        metrics: Arc::new(move || rendered.render()),
        stopping: stop.clone(),
    };
    let pages = homeroom_http::router(app);
    match &school.storage {
        Some(embedded) => {
            let state = (embedded.clone(), Arc::clone(&school.product));
            pages.layer(from_fn_with_state(state, storage))
        }
        None => pages,
    }
}

/// Hands requests that are meant for the object store to it, untouched. What was signed for those who have a
/// function URL holds as long as that URL does.
async fn storage(
    State((storage, product)): State<(EmbeddedS3, Arc<Product>)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if !storage.wants(&parts) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    if let Some(digest) = storage.through(&parts) {
        match product.records.class_of_function_url(&digest).await {
            Ok(Some(_)) => {}
            Ok(None) => {
                parts.extensions.insert(Withdrawn);
            }
            Err(error) => return Problem::from(UseCaseError::from(error)).into_response(),
        }
    }
    let request = Request::from_parts(parts, SharedBody::new(body));
    storage.handle(request).await.map(Body::new)
}

fn gateway(settings: &Settings, public_url: Url, metrics: Metrics) -> GatewayConfig {
    let mut config = GatewayConfig::new(public_url);
    config.allowed_hosts.clone_from(&settings.server.allowed_hosts.0);
    config
        .trusted_proxies
        .clone_from(&settings.server.trusted_proxies.0);
    config.streaming_paths = vec!["/share/simple".into()];
    if settings.storage.url.is_empty() {
        config
            .streaming_paths
            .push(format!("/{}/", settings.storage.bucket));
    }
    config.auth_paths.push("/setup/".into());
    config.max_body_bytes = settings.limits.body.0;
    config.connections.max = settings.limits.connections;
    config.metrics = Some(metrics);
    let limits = &settings.limits;
    config.rates = RateSettings {
        auth_per_address: rate(limits.auth_per_minute),
        write_per_address: rate(limits.writes_per_minute),
        read_per_address: rate(limits.reads_per_minute),
        write_per_user: rate(limits.user_writes_per_minute),
        read_per_user: rate(limits.user_reads_per_minute),
        function_per_class: rate(limits.function_calls_per_minute),
    };
    config
}

/// A fifth of a minute's share, and a few for small ones, may come at once.
fn rate(per_minute: PerMinute) -> Option<Rate> {
    per_minute.0.map(|number| Rate::new((number / 5).max(20), number))
}

async fn announce(school: &School, public_url: &Url, listener: &TcpListener) -> Result<(), Failure> {
    if let Some(token) = open_setup(&school.product).await? {
        // Written to the terminal beside the log, which must not hold secrets.
        eprintln!(
            "\n  Make the first administrator here (the link works once):\n  {public_url}setup/{token}\n"
        );
    }
    tracing::info!(url = %public_url, listen = %listener.local_addr()?, "Homeroom is ready");
    Ok(())
}
