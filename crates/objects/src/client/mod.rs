//! The port [`ObjectStore`](homeroom_core::ports::ObjectStore) over the S3 protocol, for every S3
//! service and for the endpoint of this program.
//!
//! Presigning is arithmetic and does no I/O. Everything else is an S3 request sent through a
//! transport: over HTTP to a service, or straight into the embedded endpoint. There is no other
//! way into the endpoint than the protocol.
//!
//! Of services that have less than S3 this is expected, and no more: a digest of the whole object
//! is optional (core reads the object where there is none), `If-None-Match` may be ignored (keys
//! are random, so nobody comes to write one twice but who holds its URL), ETags need not be MD5.
pub mod admin;
mod answers;
mod call;
mod endpoint;
mod health;
mod identity;
mod presign;
mod refusal;
mod service_clock;
mod storage_url;
mod store;
mod transport;

pub use endpoint::Style;
pub use identity::{Environment, IdentityError};
pub use storage_url::{Encryption, StorageUrl, StorageUrlError};

use crate::credentials::{Credentials, SecretKey};
use crate::embedded::EmbeddedS3;
use crate::sigv4::Signer;
use call::Call;
use endpoint::Endpoint;
use homeroom_core::ports::{Clock, object_store::ObjectError};
use http::Method;
use identity::Keys;
use service_clock::ServiceClock;
use std::sync::Arc;
use transport::Transport;
use url::Url;

/// An S3 service and how to sign for it.
#[derive(Clone, Debug)]
pub struct S3Config {
    /// `https://s3.eu-central-1.amazonaws.com`: scheme, host and port; a path is not used.
    pub endpoint: Url,
    /// What signatures name; services without regions take `us-east-1` or `auto`.
    pub region: String,
    /// The bucket, which exists already.
    pub bucket: String,
    /// The public half of the key pair.
    pub access_key: String,
    /// The private half.
    pub secret_key: SecretKey,
    /// Bucket in the path (Garage, radosgw, MinIO) or in the host name (AWS, R2).
    pub path_style: bool,
}

/// Why a store cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not `http://host` or `https://host`.
    #[error("the S3 endpoint {0} is not an http or https URL with a host")]
    Endpoint(Url),
    /// Neither the URL nor the environment names a region, or one that cannot be.
    #[error(
        "the storage URL names no region: add region=REGION (or set AWS_REGION), such as region=eu-central-1"
    )]
    Region,
    /// Empty keys sign nothing.
    #[error("the S3 access key or secret key is empty")]
    Credentials,
    /// No keys to sign with.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The HTTP client cannot be made.
    #[error("HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// What a service says when it is first spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Greeting {
    /// It is there, and the bucket may be listed.
    Well,
    /// It answers, and refuses: a mistake in the set-up, with what to do about it.
    Refused(String),
    /// It does not answer now.
    Silent(String),
}

/// One bucket of one S3 service, or what is below a prefix in it.
pub struct S3ObjectStore {
    keys: Keys,
    clock: Arc<ServiceClock>,
    endpoint: Endpoint,
    /// Before every key: empty, or ends with `/`.
    prefix: String,
    encryption: Option<Encryption>,
    /// Whether presigned requests go where the audience is, and not to the endpoint's own origin.
    for_audience: bool,
    transport: Transport,
}

impl S3ObjectStore {
    /// A store at the service that a URL names. Keys are `explicit` ones or those that
    /// `environment` leads to (in the order that [`Environment`] documents); temporary ones are
    /// renewed in the background until the store is dropped. The service itself is not spoken to:
    /// see [`Self::greet`]. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// See [`ConfigError`]; among them, after at most some seconds, that no source gives keys.
    pub async fn open(
        url: &StorageUrl,
        explicit: Option<Credentials>,
        environment: &Environment,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        let elsewhere = environment
            .region()
            .filter(|region| storage_url::is_region(region));
        let endpoint = url.endpoint(elsewhere).ok_or(ConfigError::Region)?;
        let clock = Arc::new(ServiceClock::new(clock));
        let keys = Keys::open(explicit, environment, endpoint.region(), Arc::clone(&clock)).await?;
        Ok(Self {
            keys,
            clock,
            transport: Transport::remote(endpoint.origin())?,
            endpoint,
            prefix: url.prefix().to_owned(),
            encryption: url.encryption().cloned(),
            for_audience: false,
        })
    }

    /// A store at an S3 service, with keys that never change.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn remote(config: S3Config, clock: Arc<dyn Clock>) -> Result<Self, ConfigError> {
        if config.access_key.is_empty() || config.secret_key.expose().is_empty() {
            return Err(ConfigError::Credentials);
        }
        let is_http = matches!(config.endpoint.scheme(), "http" | "https");
        if !is_http || !config.endpoint.has_host() {
            return Err(ConfigError::Endpoint(config.endpoint));
        }
        let credentials = Credentials {
            access_key: config.access_key,
            secret_key: config.secret_key,
        };
        let style = if config.path_style {
            Style::Path
        } else {
            Style::Virtual
        };
        let endpoint = Endpoint::new(&config.endpoint, &config.bucket, &config.region, style);
        let clock = Arc::new(ServiceClock::new(clock));
        let signer = Arc::new(Signer::new(credentials, config.region));
        Ok(Self {
            keys: Keys::fixed(signer, Arc::clone(&clock)),
            clock,
            transport: Transport::remote(endpoint.origin())?,
            endpoint,
            prefix: String::new(),
            encryption: None,
            for_audience: false,
        })
    }

    /// A store in the endpoint of this program: its URLs are signed for whoever asks, its own
    /// requests never leave the process.
    pub fn embedded(endpoint: EmbeddedS3) -> Self {
        let clock = Arc::new(ServiceClock::new(Arc::clone(endpoint.clock())));
        Self {
            keys: Keys::fixed(Arc::clone(endpoint.signer()), Arc::clone(&clock)),
            clock,
            endpoint: Endpoint::embedded(endpoint.bucket(), endpoint.region()),
            prefix: String::new(),
            encryption: None,
            for_audience: true,
            transport: Transport::Embedded(endpoint),
        }
    }

    /// Speaks to the service for the first time, which also tells its time: URLs that are signed
    /// before that rely on this machine's clock. Takes at most about a second.
    pub async fn greet(&self) -> Greeting {
        match self.call(&self.glance()).await {
            Ok(_) => Greeting::Well,
            Err(failure @ refusal::Failure::Lost { .. }) => Greeting::Silent(failure.to_string()),
            Err(failure) => match ObjectError::from(failure.clone()) {
                ObjectError::Unavailable(_) if failure.leaves_doubt() => {
                    Greeting::Silent(failure.to_string())
                }
                _ => Greeting::Refused(failure.to_string()),
            },
        }
    }

    /// The origin to which browsers send, for policies that name it (CSP `connect-src`): `None`
    /// where that is the program itself.
    pub fn browser_origin(&self) -> Option<&str> {
        (!self.for_audience).then(|| self.endpoint.origin())
    }

    /// The least that shows whether bucket and keys are good. HEAD would give no code.
    fn glance(&self) -> Call<'_> {
        Call::new(Method::GET, "")
            .query("list-type", "2")
            .query("max-keys", "1")
            .query("prefix", &self.prefix)
    }

    /// The key in the bucket.
    fn placed(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    fn encryption_headers(&self) -> Vec<(&'static str, String)> {
        self.encryption
            .as_ref()
            .map(Encryption::headers)
            .unwrap_or_default()
    }
}
