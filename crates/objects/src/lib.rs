//! Where bytes live: one client for every S3 service, and an S3 endpoint on the local disk.
//!
//! [`client`] implements the port [`homeroom_core::ports::ObjectStore`] in the S3 protocol only;
//! [`embedded`] answers the same protocol from a directory. The two meet in [`sigv4`], which both
//! use for signatures, and nowhere else: the client never looks behind the endpoint.
#![deny(clippy::disallowed_methods)]

pub mod client;
pub mod credentials;
pub mod embedded;
mod sigv4;
mod xml;

pub use client::admin::{Finding, StorageAdmin, Verdict};
pub use client::{
    ConfigError, Encryption, Environment, Greeting, IdentityError, S3Config, S3ObjectStore, StorageUrl,
    StorageUrlError, Style,
};
pub use credentials::{Credentials, SecretKey};
pub use embedded::{EmbeddedConfig, EmbeddedS3, Examination, Limits, Withdrawn};
