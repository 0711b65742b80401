//! Storage by URL: `s3://bucket[/prefix]?endpoint=…&region=…&style=…&sse=…&kms_key=…`.
//!
//! Everything that can be wrong in it is said here, with what to write instead, before anything is
//! sent. Keys never stand in the URL: it is copied into tickets and logs.
use super::endpoint::{Endpoint, Style};
use std::fmt;
use std::str::FromStr;
use url::Url;

/// Services refuse longer keys; what is left must hold a key of ours.
const LONGEST_PREFIX: usize = 512;
const LONGEST_REGION: usize = 64;

/// What the service is told to encrypt objects with, on every write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Keys that the service manages (SSE-S3, `AES256`).
    ServiceKeys,
    /// Keys of a key management service (SSE-KMS, `aws:kms`).
    Kms {
        /// The key's id or ARN; the account's default key where absent.
        key: Option<String>,
    },
}

impl Encryption {
    /// The headers of a write, lower-case names.
    pub(super) fn headers(&self) -> Vec<(&'static str, String)> {
        const ALGORITHM: &str = "x-amz-server-side-encryption";
        const KEY: &str = "x-amz-server-side-encryption-aws-kms-key-id";
        match self {
            Self::ServiceKeys => vec![(ALGORITHM, "AES256".to_owned())],
            Self::Kms { key } => {
                let algorithm = (ALGORITHM, "aws:kms".to_owned());
                let key = key.iter().map(|key| (KEY, key.clone()));
                std::iter::once(algorithm).chain(key).collect()
            }
        }
    }
}

/// Which bucket of which service, and how to speak to it.
///
/// # Examples
/// ```
/// use homeroom_objects::StorageUrl;
/// let url = StorageUrl::parse("s3://school/homeroom?endpoint=https://s3.school.example&region=garage")?;
/// assert_eq!(url.bucket(), "school");
/// # Ok::<(), homeroom_objects::StorageUrlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageUrl {
    bucket: String,
    /// Empty, or ends with `/`.
    prefix: String,
    endpoint: Option<Url>,
    region: Option<String>,
    style: Option<Style>,
    encryption: Option<Encryption>,
}

/// What is wrong in a storage URL, and what to write instead. Never repeats a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageUrlError {
    /// Another scheme, or no URL at all.
    #[error(
        "storage is given as s3://BUCKET?endpoint=https://HOST&region=REGION, and this is not an s3:// URL"
    )]
    NotS3,
    /// A user name, a password or a parameter that carries keys.
    #[error(
        "keys do not belong in the storage URL, which is shown in logs: give them as HOMEROOM_STORAGE_ACCESS_KEY \
         and HOMEROOM_STORAGE_SECRET_KEY, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or by a role"
    )]
    Credentials,
    /// A port or a fragment.
    #[error("{0} has no place in the storage URL: the service's address is the parameter endpoint")]
    Misplaced(&'static str),
    /// Not what S3 calls a bucket.
    #[error(
        "{0:?} cannot be a bucket: 3 to 63 lower-case letters, digits, '-' and '.', beginning and ending with a \
         letter or digit, without '..', and not an IP address"
    )]
    Bucket(String),
    /// Not a prefix of keys of ours.
    #[error(
        "{0:?} cannot be a key prefix: at most 512 ASCII letters, digits, '-', '_', '.' and '/', without empty \
         segments, '.' and '..'"
    )]
    Prefix(String),
    /// Not an address.
    #[error("endpoint is {0:?}: write http:// or https://, a host and, if need be, a port, and nothing more")]
    Endpoint(String),
    /// Not a region's name.
    #[error("region is {0:?}: write it as the service names it, such as eu-central-1, garage or auto")]
    Region(String),
    /// Neither `path` nor `virtual`.
    #[error("style is {0:?}: write path (https://host/bucket/key) or virtual (https://bucket.host/key)")]
    Style(String),
    /// No certificate covers such a host.
    #[error("the bucket {0:?} has dots, so no certificate fits its host name: write style=path")]
    DotsInHost(String),
    /// Neither of the two.
    #[error("sse is {0:?}: write AES256 or aws:kms")]
    Encryption(String),
    /// `kms_key` without `sse=aws:kms`, or not a key's name.
    #[error("kms_key is a key's id or ARN and goes with sse=aws:kms only")]
    KmsKey,
    /// Twice the same.
    #[error("the parameter {0} stands twice in the storage URL")]
    Doubled(String),
    /// Not known here.
    #[error(
        "{0:?} is not a parameter of the storage URL: there are endpoint, region, style, sse and kms_key"
    )]
    Unknown(String),
}

impl StorageUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// See [`StorageUrlError`]: the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, StorageUrlError> {
        let url = Url::parse(text.trim()).map_err(|_| not_s3(text))?;
        if url.scheme() != "s3" {
            return Err(StorageUrlError::NotS3);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(StorageUrlError::Credentials);
        }
        if url.port().is_some() {
            return Err(StorageUrlError::Misplaced("a port"));
        }
        if url.fragment().is_some() {
            return Err(StorageUrlError::Misplaced("a fragment"));
        }
        let mut storage = Self {
            bucket: parse_bucket(url.host_str().unwrap_or_default())?,
            prefix: parse_prefix(url.path())?,
            endpoint: None,
            region: None,
            style: None,
            encryption: None,
        };
        storage.read_parameters(&url)?;
        Ok(storage)
    }

    /// The bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// What every key of ours begins with in the bucket: empty, or ends with `/`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What writes ask the service to encrypt with.
    pub fn encryption(&self) -> Option<&Encryption> {
        self.encryption.as_ref()
    }

    /// The region that the URL names.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// Where requests go and what signatures name, where `elsewhere` is the region of a URL that
    /// does not name one. `None` when neither is known and the service is AWS.
    pub(super) fn endpoint(&self, elsewhere: Option<&str>) -> Option<Endpoint> {
        let region = self.region.as_deref().or(elsewhere);
        let dotted = self.bucket.contains('.');
        if let Some(url) = &self.endpoint {
            let style = self.style.unwrap_or(Style::Path);
            return Some(Endpoint::new(
                url,
                &self.bucket,
                region.unwrap_or("us-east-1"),
                style,
            ));
        }
        let style = if dotted { Style::Path } else { Style::Virtual };
        Endpoint::aws(&self.bucket, region?, self.style.unwrap_or(style))
    }

    fn read_parameters(&mut self, url: &Url) -> Result<(), StorageUrlError> {
        let mut seen = Vec::new();
        let mut kms_key = None;
        for (name, value) in url.query_pairs() {
            if seen.contains(&name) {
                return Err(StorageUrlError::Doubled(name.into_owned()));
            }
            match &*name {
                "endpoint" => self.endpoint = Some(parse_endpoint(&value)?),
                "region" => self.region = Some(parse_region(&value)?),
                "style" => self.style = Some(parse_style(&value)?),
                "sse" => self.encryption = Some(parse_encryption(&value)?),
                "kms_key" => kms_key = Some(parse_kms_key(&value)?),
                other if carries_keys(other) => return Err(StorageUrlError::Credentials),
                other => return Err(StorageUrlError::Unknown(other.chars().take(40).collect())),
            }
            seen.push(name);
        }
        match (&mut self.encryption, kms_key) {
            (_, None) => {}
            (Some(Encryption::Kms { key }), given) => *key = given,
            _ => return Err(StorageUrlError::KmsKey),
        }
        let https = self.endpoint.as_ref().is_none_or(|url| url.scheme() == "https");
        if self.style == Some(Style::Virtual) && https && self.bucket.contains('.') {
            return Err(StorageUrlError::DotsInHost(self.bucket.clone()));
        }
        Ok(())
    }
}

impl FromStr for StorageUrl {
    type Err = StorageUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Reads back as it was given; carries no secret.
impl fmt::Display for StorageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.bucket)?;
        if !self.prefix.is_empty() {
            write!(f, "/{}", self.prefix.trim_end_matches('/'))?;
        }
        let mut parameters: Vec<(&str, &str)> = Vec::new();
        let endpoint = self
            .endpoint
            .as_ref()
            .map(|url| url.as_str().trim_end_matches('/'));
        parameters.extend(endpoint.map(|endpoint| ("endpoint", endpoint)));
        parameters.extend(self.region.as_deref().map(|region| ("region", region)));
        parameters.extend(self.style.map(|style| ("style", style.name())));
        match &self.encryption {
            None => {}
            Some(Encryption::ServiceKeys) => parameters.push(("sse", "AES256")),
            Some(Encryption::Kms { key }) => {
                parameters.push(("sse", "aws:kms"));
                parameters.extend(key.as_deref().map(|key| ("kms_key", key)));
            }
        }
        for (place, (name, value)) in parameters.iter().enumerate() {
            let separator = if place == 0 { '?' } else { '&' };
            // Only what would end the value or mean something else is escaped.
            let value = value.replace('%', "%25").replace('&', "%26").replace('+', "%2B");
            write!(f, "{separator}{name}={value}")?;
        }
        Ok(())
    }
}

fn not_s3(text: &str) -> StorageUrlError {
    match text.trim().strip_prefix("s3://") {
        Some(rest)
            if rest
                .split(['/', '?'])
                .next()
                .is_some_and(|host| host.contains('@')) =>
        {
            StorageUrlError::Credentials
        }
        Some(rest) => StorageUrlError::Bucket(rest.split(['/', '?']).next().unwrap_or_default().to_owned()),
        None => StorageUrlError::NotS3,
    }
}

fn carries_keys(parameter: &str) -> bool {
    let parameter = parameter.to_ascii_lowercase();
    [
        "access_key",
        "accesskey",
        "secret",
        "token",
        "password",
        "credential",
    ]
    .iter()
    .any(|word| parameter.contains(word))
}

fn parse_bucket(name: &str) -> Result<String, StorageUrlError> {
    let alphanumeric = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let allowed = |byte: u8| alphanumeric(Some(&byte)) || byte == b'-' || byte == b'.';
    let bytes = name.as_bytes();
    let is_bucket = (3..=63).contains(&bytes.len())
        && bytes.iter().copied().all(allowed)
        && alphanumeric(bytes.first())
        && alphanumeric(bytes.last())
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err();
    if is_bucket {
        Ok(name.to_owned())
    } else {
        Err(StorageUrlError::Bucket(name.to_owned()))
    }
}

fn parse_prefix(path: &str) -> Result<String, StorageUrlError> {
    let trimmed = path.strip_prefix('/').unwrap_or(path);
    if trimmed.is_empty() {
        return Ok(String::new());
    }
    let trimmed = trimmed.strip_suffix('/').unwrap_or(trimmed);
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let segment = |segment: &str| {
        !segment.is_empty() && segment.chars().all(allowed) && segment != "." && segment != ".."
    };
    if trimmed.len() < LONGEST_PREFIX && trimmed.split('/').all(segment) {
        Ok(format!("{trimmed}/"))
    } else {
        Err(StorageUrlError::Prefix(trimmed.to_owned()))
    }
}

fn parse_endpoint(text: &str) -> Result<Url, StorageUrlError> {
    let wrong = || StorageUrlError::Endpoint(text.to_owned());
    let url = Url::parse(text).map_err(|_| wrong())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(StorageUrlError::Credentials);
    }
    let plain = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain {
        Ok(url)
    } else {
        Err(wrong())
    }
}

fn parse_region(text: &str) -> Result<String, StorageUrlError> {
    if is_region(text) {
        Ok(text.to_owned())
    } else {
        Err(StorageUrlError::Region(text.to_owned()))
    }
}

/// Whether a region can stand in a signature and in a host name.
pub(super) fn is_region(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !text.is_empty() && text.len() <= LONGEST_REGION && text.chars().all(allowed)
}

fn parse_style(text: &str) -> Result<Style, StorageUrlError> {
    match text {
        "path" => Ok(Style::Path),
        "virtual" => Ok(Style::Virtual),
        _ => Err(StorageUrlError::Style(text.to_owned())),
    }
}

fn parse_encryption(text: &str) -> Result<Encryption, StorageUrlError> {
    match text {
        "AES256" => Ok(Encryption::ServiceKeys),
        "aws:kms" => Ok(Encryption::Kms { key: None }),
        _ => Err(StorageUrlError::Encryption(text.to_owned())),
    }
}

fn parse_kms_key(text: &str) -> Result<String, StorageUrlError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '-' | '_');
    if !text.is_empty() && text.len() <= 2_048 && text.chars().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err(StorageUrlError::KmsKey)
    }
}

#[cfg(test)]
#[path = "storage_url_tests.rs"]
mod tests;
