//! The port [`ObjectStore`](homeroom_core::ports::ObjectStore) over the S3 protocol, for every S3
//! service and for the endpoint of this program.
//!
//! Presigning is arithmetic and does no I/O. Everything else is an S3 request sent through a
//! transport: over HTTP to a service, or straight into the embedded endpoint. There is no other
//! way into the endpoint than the protocol.
mod answers;
mod call;
mod store;
mod transport;

use crate::credentials::{Credentials, SecretKey};
use crate::embedded::EmbeddedS3;
use crate::sigv4::{Signer, encode_path};
use homeroom_core::ports::{Clock, object_store::Audience};
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
    /// Empty keys sign nothing.
    #[error("the S3 access key or secret key is empty")]
    Credentials,
    /// The HTTP client cannot be made.
    #[error("HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// One bucket of one S3 service.
pub struct S3ObjectStore {
    signer: Arc<Signer>,
    clock: Arc<dyn Clock>,
    bucket: String,
    /// Where requests of our own go, and presigned ones too unless the audience decides.
    origin: String,
    path_style: bool,
    for_audience: bool,
    transport: Transport,
}

impl S3ObjectStore {
    /// A store at an S3 service.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn remote(config: S3Config, clock: Arc<dyn Clock>) -> Result<Self, ConfigError> {
        if config.access_key.is_empty() || config.secret_key.expose().is_empty() {
            return Err(ConfigError::Credentials);
        }
        let is_http = matches!(config.endpoint.scheme(), "http" | "https");
        let Some(host) = config.endpoint.host_str().filter(|_| is_http) else {
            return Err(ConfigError::Endpoint(config.endpoint));
        };
        let port = config
            .endpoint
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        let host = if config.path_style {
            host.to_owned()
        } else {
            format!("{}.{host}", config.bucket)
        };
        let credentials = Credentials {
            access_key: config.access_key,
            secret_key: config.secret_key,
        };
        Ok(Self {
            signer: Arc::new(Signer::new(credentials, config.region)),
            clock,
            bucket: config.bucket,
            origin: format!("{}://{host}{port}", config.endpoint.scheme()),
            path_style: config.path_style,
            for_audience: false,
            transport: Transport::remote()?,
        })
    }

    /// A store in the endpoint of this program: its URLs are signed for whoever asks, its own
    /// requests never leave the process.
    pub fn embedded(endpoint: EmbeddedS3) -> Self {
        Self {
            signer: Arc::clone(endpoint.signer()),
            clock: Arc::clone(endpoint.clock()),
            bucket: endpoint.bucket().to_owned(),
            origin: "http://embedded.invalid".to_owned(),
            path_style: true,
            for_audience: true,
            transport: Transport::Embedded(endpoint),
        }
    }

    fn path(&self, key: &str) -> String {
        let key = encode_path(key);
        if self.path_style {
            format!("/{}/{key}", self.bucket)
        } else {
            format!("/{key}")
        }
    }

    fn origin_for<'a>(&'a self, audience: &'a Audience) -> &'a str {
        if self.for_audience {
            audience.0.trim_end_matches('/')
        } else {
            &self.origin
        }
    }
}
