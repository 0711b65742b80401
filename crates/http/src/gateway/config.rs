//! Every number of the gateway, with its default. The binaries fill it from their settings.
use super::address::Network;
use super::metrics::Metrics;
use super::rate_limit::{RateLimits, RateSettings};
use std::time::Duration;
use url::Url;

/// How the gateway behaves.
#[derive(Clone)]
pub struct GatewayConfig {
    /// Where people reach the program. Its host is ours; with `https`, browsers are told to use
    /// nothing else.
    pub public_url: Url,
    /// Further names under which the program may be reached, without scheme or port. `localhost`
    /// and plain addresses always may. Default: none.
    pub allowed_hosts: Vec<String>,
    /// Networks of proxies whose `X-Forwarded-For`, `-Host` and `-Proto` are believed, and which
    /// may hold any number of connections. Default: none.
    pub trusted_proxies: Vec<Network>,
    /// Origins of remote storage, which pages may fetch from and show pictures of. Default: none.
    pub storage_origins: Vec<String>,
    /// Path prefixes of the embedded storage endpoint, such as `/homeroom/`. Requests there carry
    /// their own signature: no size limit, handler timeout or rate limit, and a body may take as
    /// long as it moves. Default: none.
    pub streaming_paths: Vec<String>,
    /// Path prefixes where unsafe methods count as signing in. Default: `/api/v1/auth/`, `/login`
    /// and `/signup`.
    pub auth_paths: Vec<String>,
    /// Path prefixes without rate limits. Default: `/healthz`, `/readyz`, `/metrics`, `/assets/`.
    pub unlimited_paths: Vec<String>,
    /// Requests per address and user.
    pub rates: RateSettings,
    /// Counters that others look at too, in place of fresh ones by `rates`. Default: none.
    pub rate_limits: Option<RateLimits>,
    /// The largest body, in bytes. Default: 256 KiB.
    pub max_body_bytes: u64,
    /// Marks in the paths of lists, whose bodies may be larger. Default: `/roster`.
    pub list_paths: Vec<String>,
    /// The largest list, in bytes. Default: 2 MiB and what a form puts around it.
    pub max_list_bytes: u64,
    /// How long we wait for a whole body. Default: 15 s.
    pub body_timeout: Duration,
    /// How long we wait for 4 KiB of a transfer. Default: 30 s.
    pub transfer_idle_timeout: Duration,
    /// Until an answer begins. Default: 30 s.
    pub handler_timeout: Duration,
    /// Requests that are answered at once, transfers not counted. Default: 4,096.
    pub max_requests: usize,
    /// Connections.
    pub connections: ConnectionSettings,
    /// Whose upkeep the server does. Default: none.
    pub metrics: Option<Metrics>,
}

/// How connections are held.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionSettings {
    /// In all. One more is closed at once. Default: 10,000.
    pub max: usize,
    /// From one address (IPv6: one network of 64 bits), but for loopback and trusted proxies.
    /// Default: 2,048.
    pub max_per_address: usize,
    /// A request's head in bytes; beyond, 431. Default: 64 KiB.
    pub max_head_bytes: usize,
    /// For a head to arrive whole. Default: 15 s.
    pub head_timeout: Duration,
    /// Without a request. Default: 60 s.
    pub idle_timeout: Duration,
    /// Without taking anything of an answer. Default: 30 s.
    pub write_timeout: Duration,
    /// HTTP/2 requests at once on one connection. Default: 128.
    pub max_streams: u32,
    /// For answers to be finished once the program is told to stop. Default: 25 s.
    pub shutdown_grace: Duration,
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self {
            max: 10_000,
            max_per_address: 2_048,
            max_head_bytes: 64 * 1024,
            head_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_mins(1),
            write_timeout: Duration::from_secs(30),
            max_streams: 128,
            shutdown_grace: Duration::from_secs(25),
        }
    }
}

impl GatewayConfig {
    /// All defaults, for this public URL.
    pub fn new(public_url: Url) -> Self {
        let paths = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
        Self {
            public_url,
            allowed_hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            storage_origins: Vec::new(),
            streaming_paths: Vec::new(),
            auth_paths: paths(&["/api/v1/auth/", "/login", "/signup"]),
            unlimited_paths: paths(&["/healthz", "/readyz", "/metrics", "/assets/"]),
            rates: RateSettings::default(),
            rate_limits: None,
            max_body_bytes: 256 * 1024,
            list_paths: paths(&["/roster"]),
            max_list_bytes: (2 << 20) + 16 * 1024,
            body_timeout: Duration::from_secs(15),
            transfer_idle_timeout: Duration::from_secs(30),
            handler_timeout: Duration::from_secs(30),
            max_requests: 4_096,
            connections: ConnectionSettings::default(),
            metrics: None,
        }
    }
}
