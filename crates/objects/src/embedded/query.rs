//! The path and the query of a request, decoded once.
use super::error::{Code, S3Error, S3Result};
use crate::sigv4::{decode, encode, encode_path};
use http::Uri;

/// A request's target.
pub struct Target {
    /// Decoded, beginning with `/`.
    pub path: String,
    /// Decoded pairs in the order of the request.
    pub pairs: Vec<(String, String)>,
    /// Whether path and query were spelt exactly as the canonical encoding would spell them.
    pub canonical: bool,
    /// Whether a parameter occurs twice (HARDENING 1).
    pub doubled: bool,
}

impl Target {
    /// Splits and decodes.
    pub fn parse(uri: &Uri) -> S3Result<Self> {
        let raw_path = if uri.path().is_empty() { "/" } else { uri.path() };
        let path = decode(raw_path, false).ok_or(S3Error::from(Code::InvalidURI))?;
        let mut canonical = encode_path(&path) == raw_path;
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in uri.query().unwrap_or_default().split('&') {
            if pair.is_empty() {
                canonical &= uri.query().is_none_or(str::is_empty);
                continue;
            }
            let (raw_name, raw_value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(raw_name, true).ok_or(S3Error::from(Code::InvalidURI))?;
            let value = decode(raw_value, true).ok_or(S3Error::from(Code::InvalidURI))?;
            canonical &= encode(&name) == raw_name && encode(&value) == raw_value;
            pairs.push((name, value));
        }
        let doubled = pairs
            .iter()
            .enumerate()
            .any(|(place, (name, _))| pairs[..place].iter().any(|(other, _)| other == name));
        Ok(Self {
            path,
            pairs,
            canonical,
            doubled,
        })
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a parameter is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A number, where the parameter is there.
    pub fn number<N: std::str::FromStr>(&self, name: &'static str) -> S3Result<Option<N>> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .map(str::parse)
            .transpose()
            .map_err(|_| S3Error::new(Code::InvalidArgument, format!("{name} is not a number in range")))
    }
}
