//! In whose name requests are signed, and where those keys come from.
//!
//! The first of these that is configured is used, and no other is tried after it:
//!
//! 1. keys given to the program (`HOMEROOM_STORAGE_ACCESS_KEY`, `HOMEROOM_STORAGE_SECRET_KEY`);
//! 2. the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`;
//! 3. a web identity (Kubernetes service accounts): `AWS_ROLE_ARN`, `AWS_WEB_IDENTITY_TOKEN_FILE`;
//! 4. the container's agent: `AWS_CONTAINER_CREDENTIALS_FULL_URI` or `…_RELATIVE_URI`;
//! 5. the machine's metadata service (IMDSv2), unless `AWS_EC2_METADATA_DISABLED=true`.
//!
//! The last three give keys that end. They are renewed in the background ([`keys`]) long before
//! that, and until then everything is signed with those that are there, without waiting.
mod container;
mod documents;
mod instance;
mod keys;
mod web_identity;

pub use keys::{Keys, Signing};

pub(super) use documents::chain;

use crate::credentials::{Credentials, SecretKey};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// Whoever gives keys is near, and asked in the background.
const PATIENCE: Duration = Duration::from_secs(5);
const CONNECT_PATIENCE: Duration = Duration::from_secs(1);

/// Keys with what belongs to them. The secrets do not show in `Debug`.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The key pair.
    pub credentials: Credentials,
    /// Sent and signed with every request, where keys are temporary.
    pub session_token: Option<SecretKey>,
    /// When the service stops to accept them.
    pub expires_at: Option<Timestamp>,
}

/// Environment variables, as the program found them or as a test wants them.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

/// What the chain reads.
const READ: [&str; 16] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ENDPOINT_URL_STS",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
];

impl Environment {
    /// What this process was started with, as far as it is about keys and regions.
    pub fn of_this_process() -> Self {
        let value = |name: &str| Some((name.to_owned(), std::env::var(name).ok()?));
        Self(READ.into_iter().filter_map(value).collect())
    }

    /// These variables and no others.
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self(variables.into_iter().map(owned).collect())
    }

    /// A variable that says something.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The region that the environment names.
    pub(super) fn region(&self) -> Option<&str> {
        self.get("AWS_REGION").or_else(|| self.get("AWS_DEFAULT_REGION"))
    }
}

/// Names only: values are secrets.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Half of what is needed, or a value that cannot be.
    #[error("storage keys: {0}")]
    Settings(String),
    /// Nothing is configured.
    #[error(
        "there are no storage keys: give HOMEROOM_STORAGE_ACCESS_KEY and HOMEROOM_STORAGE_SECRET_KEY (or \
         AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), or run where a role gives them; {0}"
    )]
    None(String),
    /// The source is configured and did not answer; a retry may help.
    #[error("{from} gives no storage keys: {why}")]
    Source {
        /// Which.
        from: &'static str,
        /// What went wrong, without secrets.
        why: String,
    },
    /// The HTTP client cannot be made.
    #[error("HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// Where keys come from.
pub(super) enum Source {
    Fixed(Identity),
    WebIdentity(web_identity::WebIdentity),
    Container(container::Container),
    Instance(instance::Instance),
}

impl Source {
    /// Chooses by what is configured. `explicit` are keys given to the program itself.
    pub(super) fn choose(
        explicit: Option<Credentials>,
        environment: &Environment,
        region: &str,
    ) -> Result<Self, IdentityError> {
        let fixed = match explicit {
            Some(credentials) => Some(Identity {
                credentials,
                session_token: None,
                expires_at: None,
            }),
            None => of_environment(environment)?,
        };
        if let Some(identity) = fixed {
            let Credentials {
                access_key,
                secret_key,
            } = &identity.credentials;
            if access_key.is_empty() || secret_key.expose().is_empty() {
                return Err(settings("the access key or the secret key is empty"));
            }
            return Ok(Self::Fixed(identity));
        }
        if let Some(source) = web_identity::WebIdentity::of(environment, region)? {
            return Ok(Self::WebIdentity(source));
        }
        if let Some(source) = container::Container::of(environment)? {
            return Ok(Self::Container(source));
        }
        instance::Instance::of(environment).map(Self::Instance)
    }

    /// Asks for keys once.
    pub(super) async fn ask(&self) -> Result<Identity, IdentityError> {
        match self {
            Self::Fixed(identity) => Ok(identity.clone()),
            Self::WebIdentity(source) => source.ask().await,
            Self::Container(source) => source.ask().await,
            Self::Instance(source) => source.ask().await,
        }
    }

    /// Whether asking again may give other keys.
    pub(super) fn renews(&self) -> bool {
        !matches!(self, Self::Fixed(_))
    }
}

fn of_environment(environment: &Environment) -> Result<Option<Identity>, IdentityError> {
    let secret = environment.get("AWS_SECRET_ACCESS_KEY");
    match (environment.get("AWS_ACCESS_KEY_ID"), secret) {
        (None, None) => Ok(None),
        (Some(access_key), Some(secret)) => Ok(Some(Identity {
            credentials: Credentials {
                access_key: access_key.to_owned(),
                secret_key: SecretKey::new(secret),
            },
            session_token: environment.get("AWS_SESSION_TOKEN").map(SecretKey::new),
            expires_at: None,
        })),
        (Some(_), None) => Err(settings(
            "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not",
        )),
        (None, Some(_)) => Err(settings(
            "AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not",
        )),
    }
}

fn settings(what: impl Into<String>) -> IdentityError {
    IdentityError::Settings(what.into())
}

/// A client for a source that stands beside us: never through a proxy.
fn near_client() -> Result<reqwest::Client, reqwest::Error> {
    builder().no_proxy().build()
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_PATIENCE)
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explicit() -> Credentials {
        Credentials {
            access_key: "GIVEN".into(),
            secret_key: SecretKey::new("hidden"),
        }
    }

    fn chosen(explicit: Option<Credentials>, variables: &[(&str, &str)]) -> String {
        let environment = Environment::of(variables.iter().copied());
        match Source::choose(explicit, &environment, "eu-west-1") {
            Ok(Source::Fixed(identity)) => identity.credentials.access_key,
            Ok(Source::WebIdentity(_)) => "web identity".into(),
            Ok(Source::Container(_)) => "container".into(),
            Ok(Source::Instance(_)) => "instance".into(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_first_that_is_configured_is_used() {
        let mut variables = vec![
            ("AWS_ACCESS_KEY_ID", "ENVIRONMENT"),
            ("AWS_SECRET_ACCESS_KEY", "hidden"),
            ("AWS_ROLE_ARN", "arn:aws:iam::1:role/r"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/keys"),
        ];
        assert_eq!(chosen(Some(explicit()), &variables), "GIVEN");
        assert_eq!(chosen(None, &variables), "ENVIRONMENT");
        variables.drain(..2);
        assert_eq!(chosen(None, &variables), "web identity");
        variables.drain(..2);
        assert_eq!(chosen(None, &variables), "container");
        assert_eq!(chosen(None, &[]), "instance");
    }

    #[test]
    fn halves_and_nothing_are_named() {
        for (variables, expected) in [
            (&[("AWS_ACCESS_KEY_ID", "A")][..], "AWS_SECRET_ACCESS_KEY is not"),
            (&[("AWS_SECRET_ACCESS_KEY", "hidden")], "AWS_ACCESS_KEY_ID is not"),
            (&[("AWS_ROLE_ARN", "r")], "AWS_WEB_IDENTITY_TOKEN_FILE is not"),
            (&[("AWS_WEB_IDENTITY_TOKEN_FILE", "/t")], "AWS_ROLE_ARN is not"),
            (
                &[("AWS_EC2_METADATA_DISABLED", "true")],
                "there are no storage keys",
            ),
            (
                &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://far.example/keys")],
                "https",
            ),
            (
                &[
                    ("AWS_ROLE_ARN", "r"),
                    ("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"),
                    ("AWS_ENDPOINT_URL_STS", "http://far.example"),
                ],
                "https",
            ),
        ] {
            let said = chosen(None, variables);
            assert!(said.contains(expected), "{said}");
            assert!(!said.contains("hidden"), "{said}");
        }
        let empty = Credentials {
            access_key: String::new(),
            secret_key: SecretKey::new(""),
        };
        assert!(chosen(Some(empty), &[]).contains("is empty"));
    }

    #[test]
    fn secrets_do_not_show() {
        let environment = Environment::of([("AWS_SECRET_ACCESS_KEY", "hidden")]);
        assert!(!format!("{environment:?}").contains("hidden"));
    }
}
