//! Keys from the agent beside a container
//! ([container credential provider](https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html)).
use super::documents::{fetch, of_json};
use super::web_identity::is_loopback;
use super::{Environment, Identity, IdentityError, settings};
use std::path::PathBuf;
use url::Url;

const FROM: &str = "the container's credential agent";
const AGENT: &str = "http://169.254.170.2";
/// The agents of ECS and EKS, which speak http and never leave the machine.
const AGENTS: [&str; 3] = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];

/// Where the agent is, and what it wants to be shown.
pub struct Container {
    agent: Url,
    authorization: Authorization,
    client: reqwest::Client,
}

enum Authorization {
    None,
    Token(String),
    /// Read anew each time: it is renewed there.
    File(PathBuf),
}

impl Container {
    /// As the environment describes it; `None` where it does not.
    pub fn of(environment: &Environment) -> Result<Option<Self>, IdentityError> {
        let relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        let full = environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        let agent = match (relative, full) {
            (None, None) => return Ok(None),
            (Some(path), _) => Url::parse(&format!("{AGENT}{path}")).ok().filter(is_agent),
            (None, Some(url)) => Url::parse(url).ok().filter(is_agent),
        };
        let agent = agent.ok_or_else(|| {
            settings("AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https URL, or lead to this machine or its agent")
        })?;
        let file = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        let token = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN");
        Ok(Some(Self {
            agent,
            authorization: match (file, token) {
                (Some(file), _) => Authorization::File(file.into()),
                (None, Some(token)) => Authorization::Token(token.to_owned()),
                (None, None) => Authorization::None,
            },
            client: super::near_client()?,
        }))
    }

    /// Asks the agent.
    pub async fn ask(&self) -> Result<Identity, IdentityError> {
        let mut request = self.client.get(self.agent.clone());
        let token = match &self.authorization {
            Authorization::None => None,
            Authorization::Token(token) => Some(token.clone()),
            Authorization::File(file) => Some(tokio::fs::read_to_string(file).await.map_err(|error| {
                let file = file.display();
                settings(format!(
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE {file} cannot be read: {error}"
                ))
            })?),
        };
        if let Some(token) = token {
            request = request.header("authorization", token.trim());
        }
        of_json(FROM, &fetch(FROM, request).await?)
    }
}

fn is_agent(url: &Url) -> bool {
    url.scheme() == "https" || is_loopback(url) || url.host_str().is_some_and(|host| AGENTS.contains(&host))
}
