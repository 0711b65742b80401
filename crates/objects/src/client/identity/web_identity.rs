//! Keys for a token that the platform puts into a file, from the security token service
//! ([AssumeRoleWithWebIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html)).
use super::documents::{fetch, of_xml};
use super::{Environment, Identity, IdentityError, settings};
use crate::client::endpoint::aws_domain;
use std::path::PathBuf;
use url::{Host, Url};

const FROM: &str = "the security token service";

/// A role, and the file that proves who asks for it.
pub struct WebIdentity {
    role: String,
    session: String,
    token_file: PathBuf,
    service: Url,
    client: reqwest::Client,
}

impl WebIdentity {
    /// As the environment describes it; `None` where it does not.
    pub fn of(environment: &Environment, region: &str) -> Result<Option<Self>, IdentityError> {
        let file = environment.get("AWS_WEB_IDENTITY_TOKEN_FILE");
        let (role, token_file) = match (environment.get("AWS_ROLE_ARN"), file) {
            (None, None) => return Ok(None),
            (Some(role), Some(file)) => (role.to_owned(), PathBuf::from(file)),
            (Some(_), None) => {
                return Err(settings(
                    "AWS_ROLE_ARN is set and AWS_WEB_IDENTITY_TOKEN_FILE is not",
                ));
            }
            (None, Some(_)) => {
                return Err(settings(
                    "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not",
                ));
            }
        };
        let region = environment.region().unwrap_or(region);
        let regional = format!("https://sts.{region}.{}/", aws_domain(region));
        let service = environment.get("AWS_ENDPOINT_URL_STS").unwrap_or(&regional);
        let service = Url::parse(service)
            .ok()
            .filter(|url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)))
            .ok_or_else(|| settings("AWS_ENDPOINT_URL_STS must be an https URL: a token is sent to it"))?;
        Ok(Some(Self {
            role,
            session: environment
                .get("AWS_ROLE_SESSION_NAME")
                .unwrap_or("homeroom")
                .to_owned(),
            token_file,
            service,
            client: super::builder().build()?,
        }))
    }

    /// Shows the token, which the platform renews in its file, and takes keys for it.
    pub async fn ask(&self) -> Result<Identity, IdentityError> {
        let token = tokio::fs::read_to_string(&self.token_file)
            .await
            .map_err(|error| {
                let file = self.token_file.display();
                settings(format!(
                    "AWS_WEB_IDENTITY_TOKEN_FILE {file} cannot be read: {error}"
                ))
            })?;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", "AssumeRoleWithWebIdentity")
            .append_pair("Version", "2011-06-15")
            .append_pair("RoleArn", &self.role)
            .append_pair("RoleSessionName", &self.session)
            .append_pair("WebIdentityToken", token.trim())
            .finish();
        let request = self
            .client
            .post(self.service.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        of_xml(FROM, &fetch(FROM, request).await?)
    }
}

/// Whether a URL leads to this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
