//! The checks between the open door and a route, in order: host, address, rate, origin, size.
use super::address::{self, Network, PeerAddress};
use super::body::{BodyError, BodyLimits, LimitedBody};
use super::config::GatewayConfig;
use super::host::Hosts;
use super::load::Load;
use super::rate_limit::{RateClass, RateLimits};
use super::same_origin;
use crate::problem::Problem;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// A transfer is alive while this much comes within its patience.
const ENOUGH_OF_A_TRANSFER: u64 = 4_096;

/// What the checks need.
pub(super) struct Admission {
    hosts: Hosts,
    trusted_proxies: Vec<Network>,
    rate_limits: RateLimits,
    auth_paths: Vec<String>,
    unlimited_paths: Vec<String>,
    streaming_paths: Vec<String>,
    body: BodyLimits,
    list_paths: Vec<String>,
    list: BodyLimits,
    transfer: BodyLimits,
    load: Load,
}

impl Admission {
    pub(super) fn new(config: &GatewayConfig) -> Self {
        Self {
            hosts: Hosts::new(&config.public_url, &config.allowed_hosts, &config.trusted_proxies),
            trusted_proxies: config.trusted_proxies.clone(),
            rate_limits: config
                .rate_limits
                .clone()
                .unwrap_or_else(|| RateLimits::new(&config.rates)),
            auth_paths: config.auth_paths.clone(),
            unlimited_paths: config.unlimited_paths.clone(),
            streaming_paths: config.streaming_paths.clone(),
            body: BodyLimits {
                max_bytes: Some(config.max_body_bytes),
                patience: config.body_timeout,
                enough: None,
            },
            list_paths: config.list_paths.clone(),
            list: BodyLimits {
                max_bytes: Some(config.max_list_bytes.max(config.max_body_bytes)),
                patience: config.body_timeout,
                enough: None,
            },
            transfer: BodyLimits {
                max_bytes: None,
                patience: config.transfer_idle_timeout,
                enough: Some(ENOUGH_OF_A_TRANSFER),
            },
            load: Load::new(config.max_requests, config.handler_timeout),
        }
    }

    /// Lets a request pass, with what was learnt about it as extensions.
    fn admit(&self, mut request: Request, is_transfer: bool) -> Result<Request, Problem> {
        let origin = self.hosts.check(&request)?;
        let peer = request.extensions().get::<PeerAddress>().copied();
        let client = address::client(&self.trusted_proxies, peer, request.headers());
        let class = RateClass::of(request.method(), request.uri().path(), &self.auth_paths);
        if !is_transfer && !begins_with_any(request.uri().path(), &self.unlimited_paths) {
            self.rate_limits.check_address(client.bucket(), class)?;
        }
        if !is_transfer {
            same_origin::check(request.method(), request.headers(), &origin)?;
        }
        let is_list = self
            .list_paths
            .iter()
            .any(|mark| request.uri().path().contains(mark.as_str()));
        let limits = match (is_transfer, is_list) {
            (true, _) => self.transfer,
            (false, true) => self.list,
            (false, false) => self.body,
        };
        if let (Some(limit), announced) = (limits.max_bytes, request.body().size_hint().lower())
            && announced > limit
        {
            return Err(BodyError::TooLarge(limit).problem());
        }
        let extensions = request.extensions_mut();
        extensions.insert(origin);
        extensions.insert(client);
        extensions.insert(class);
        extensions.insert(self.rate_limits.clone());
        Ok(request.map(|body| Body::new(LimitedBody::new(body, limits))))
    }
}

/// The layer.
pub(super) async fn layer(State(admission): State<Arc<Admission>>, request: Request, next: Next) -> Response {
    let is_transfer = begins_with_any(request.uri().path(), &admission.streaming_paths);
    match admission.admit(request, is_transfer) {
        Err(problem) => problem.into_response(),
        Ok(request) if is_transfer => next.run(request).await,
        Ok(request) => admission.load.run(next.run(request)).await,
    }
}

fn begins_with_any(path: &str, prefixes: &[String]) -> bool {
    prefixes.iter().any(|prefix| path.starts_with(prefix.as_str()))
}
