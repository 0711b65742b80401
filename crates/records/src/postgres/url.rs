//! What a `postgres://` URL says: libpq's connection parameters and a few of our own.
use super::tls::{Roots, TlsConnector, Verification};
use homeroom_core::ports::record_store::StoreError;
use percent_encoding::percent_decode_str;
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// How long the longest schema name may be, in bytes (PostgreSQL `NAMEDATALEN`).
const MAX_SCHEMA_BYTES: usize = 63;

/// Where the records are and how to get there.
pub(crate) struct Target {
    pub(crate) config: Config,
    pub(crate) tls: TlsConnector,
    /// The schema's name, of letters, digits and underscores, so that it needs no quoting.
    pub(crate) schema: String,
    /// Connections at most, where the URL says so.
    pub(crate) pool_size: Option<usize>,
    /// Host, port and database for people, without a password.
    pub(crate) name: String,
}

/// Parameters that libpq does not know or that mean more here than to the driver.
#[derive(Default)]
struct Own {
    sslmode: Option<String>,
    sslrootcert: Option<PathBuf>,
    schema: Option<String>,
    pool_size: Option<String>,
    rest: Vec<String>,
}

impl Own {
    fn parse(parameters: &str) -> Result<Self, StoreError> {
        let mut own = Self::default();
        for pair in parameters.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_decode_str(value)
                .decode_utf8()
                .map_err(|_| invalid(&format!("the parameter {name} is not UTF-8")))?
                .into_owned();
            match name {
                "sslmode" => own.sslmode = Some(value),
                "sslrootcert" => own.sslrootcert = Some(value.into()),
                "schema" => own.schema = Some(value),
                "pool_size" => own.pool_size = Some(value),
                _ => own.rest.push(pair.to_owned()),
            }
        }
        Ok(own)
    }

    /// The driver's word for `sslmode`, and what the certificate must show (libpq, table 34.1).
    fn tls(&self) -> Result<(&'static str, Verification), StoreError> {
        let mode = self.sslmode.as_deref().unwrap_or("prefer");
        let chain_if_rooted = match self.sslrootcert {
            Some(_) => Verification::Chain,
            None => Verification::Nothing,
        };
        Ok(match mode {
            "disable" => ("disable", Verification::Nothing),
            "allow" | "prefer" => ("prefer", chain_if_rooted),
            "require" => ("require", chain_if_rooted),
            "verify-ca" => ("require", Verification::Chain),
            "verify-full" => ("require", Verification::ChainAndName),
            other => {
                return Err(invalid(&format!(
                    "sslmode is disable, prefer, require, verify-ca or verify-full, not {other}"
                )));
            }
        })
    }
}

impl Target {
    /// Parses `postgres://USER:PASSWORD@HOST:PORT/DATABASE?…`. Beside libpq's parameters there are
    /// `schema` (default `homeroom`) and `pool_size` (1 to 1,000).
    ///
    /// # Errors
    /// [`StoreError::Invalid`] saying which part is wrong, never repeating the password;
    /// [`StoreError::Unavailable`] when the file of `sslrootcert` cannot be read.
    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(invalid("it begins with postgres://"));
        }
        let (base, parameters) = url.split_once('?').unwrap_or((url, ""));
        let own = Own::parse(parameters)?;
        let (mode, verification) = own.tls()?;
        let mut parameters = vec![format!("sslmode={mode}")];
        parameters.extend(own.rest.iter().cloned());
        let mut config: Config = format!("{base}?{}", parameters.join("&"))
            .parse()
            .map_err(|error| invalid(&describe(&error)))?;
        if config.get_hosts().is_empty() {
            return Err(invalid(
                "it names a host, such as postgres://db.example:5432/homeroom",
            ));
        }
        set_defaults(&mut config);
        let roots = match (&own.sslrootcert, verification) {
            (_, Verification::Nothing) => Roots::None,
            (Some(file), _) => Roots::File(file.clone()),
            (None, _) => Roots::Platform,
        };
        Ok(Self {
            tls: TlsConnector::new(verification, &roots)?,
            schema: schema(own.schema)?,
            pool_size: own.pool_size.map(|text| pool_size(&text)).transpose()?,
            name: name(&config),
            config,
        })
    }
}

fn set_defaults(config: &mut Config) {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(super::CONNECT_PATIENCE);
    }
    if config.get_application_name().is_none() {
        config.application_name("homeroom");
    }
    config.keepalives_idle(Duration::from_secs(30));
    config.tcp_user_timeout(Duration::from_secs(10));
}

fn schema(given: Option<String>) -> Result<String, StoreError> {
    let schema = given.unwrap_or_else(|| "homeroom".into());
    let begins_well = schema.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let goes_on_well = schema
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let reserved = schema.starts_with("pg_");
    if !begins_well || !goes_on_well || reserved || schema.len() > MAX_SCHEMA_BYTES {
        return Err(invalid(
            "a schema's name has 1 to 63 small letters, digits and underscores and does not begin with a digit or pg_",
        ));
    }
    Ok(schema)
}

fn pool_size(text: &str) -> Result<usize, StoreError> {
    let size = text.parse().ok().filter(|size| (1..=1_000).contains(size));
    size.ok_or_else(|| invalid("pool_size is a number from 1 to 1,000"))
}

/// Host, port and database, for messages.
fn name(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".into(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let database = config.get_dbname().or_else(|| config.get_user()).unwrap_or("?");
    format!("{host}:{port}/{database}")
}

/// A driver's error with its causes, on one line.
pub(crate) fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn invalid(why: &str) -> StoreError {
    StoreError::Invalid(format!("the database's URL cannot be used: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        match Target::parse(url) {
            Ok(_) => panic!("{url} is refused"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn our_parameters_are_taken_and_the_others_passed_on() {
        let url = "postgres://anna:se%40cret@db.example:6432/school?schema=homeroom_2&pool_size=7&application_name=x";
        let target = Target::parse(url).unwrap();
        assert_eq!(target.schema, "homeroom_2");
        assert_eq!(target.pool_size, Some(7));
        assert_eq!(target.name, "db.example:6432/school");
        assert_eq!(target.config.get_password(), Some(&b"se@cret"[..]));
        assert_eq!(target.config.get_application_name(), Some("x"));
        let plain = Target::parse("postgresql://localhost/school").unwrap();
        assert_eq!((plain.schema.as_str(), plain.pool_size), ("homeroom", None));
    }

    #[test]
    fn wrong_urls_say_what_is_wrong_and_keep_the_password() {
        for (url, word) in [
            ("mysql://u:hidden@h/d", "postgres://"),
            ("postgres://u:hidden@h/d?sslmode=perhaps", "sslmode"),
            ("postgres://u:hidden@h/d?schema=Homeroom;drop", "schema"),
            ("postgres://u:hidden@h/d?schema=pg_x", "schema"),
            ("postgres://u:hidden@h/d?schema=", "schema"),
            ("postgres://u:hidden@h/d?pool_size=0", "pool_size"),
            ("postgres://u:hidden@h/d?nonsense=1", "nonsense"),
            ("postgres://u:hidden@h:port/d", "port"),
        ] {
            let said = refusal(url);
            assert!(said.contains(word) && !said.contains("hidden"), "{url}: {said}");
        }
        let missing = refusal("postgres://h/d?sslmode=verify-full&sslrootcert=/no/such/file");
        assert!(missing.contains("/no/such/file"), "{missing}");
    }
}
