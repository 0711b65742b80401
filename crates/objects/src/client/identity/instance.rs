//! Keys of the machine's own role, from its metadata service in version 2
//! ([IMDSv2](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-v2-how-it-works.html)).
use super::documents::{fetch, of_json};
use super::{Environment, Identity, IdentityError, settings};
use url::Url;

const FROM: &str = "the machine's metadata service";
const SERVICE: &str = "http://169.254.169.254";
const SERVICE_V6: &str = "http://[fd00:ec2::254]";
const ROLES: &str = "latest/meta-data/iam/security-credentials/";

/// The metadata service.
pub struct Instance {
    service: Url,
    client: reqwest::Client,
}

impl Instance {
    /// Where the environment puts it.
    pub fn of(environment: &Environment) -> Result<Self, IdentityError> {
        let disabled = environment
            .get("AWS_EC2_METADATA_DISABLED")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if disabled {
            return Err(IdentityError::None(
                "the machine's metadata service was not asked (AWS_EC2_METADATA_DISABLED)".into(),
            ));
        }
        let mode = environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
        let usual = if mode.is_some_and(|mode| mode.eq_ignore_ascii_case("ipv6")) {
            SERVICE_V6
        } else {
            SERVICE
        };
        let service = environment
            .get("AWS_EC2_METADATA_SERVICE_ENDPOINT")
            .unwrap_or(usual)
            .trim_end_matches('/');
        let service = Url::parse(&format!("{service}/"))
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| settings("AWS_EC2_METADATA_SERVICE_ENDPOINT is not an http URL"))?;
        Ok(Self {
            service,
            client: super::near_client()?,
        })
    }

    /// Takes a session, asks for the machine's role, and for its keys.
    pub async fn ask(&self) -> Result<Identity, IdentityError> {
        let request = self
            .client
            .put(self.at("latest/api/token")?)
            .header("x-aws-ec2-metadata-token-ttl-seconds", "300");
        let session = fetch(FROM, request).await.map_err(nobody)?;
        let session = text(&session)?;
        let read = |path: String| {
            let url = self.at(&path);
            let session = session.clone();
            async move {
                let request = self.client.get(url?).header("x-aws-ec2-metadata-token", session);
                fetch(FROM, request).await
            }
        };
        let roles = text(&read(ROLES.to_owned()).await?)?;
        let role = roles
            .lines()
            .next()
            .map(str::trim)
            .filter(|role| !role.is_empty());
        let role = role.ok_or_else(|| IdentityError::Source {
            from: FROM,
            why: "the machine has no role".into(),
        })?;
        of_json(FROM, &read(format!("{ROLES}{role}")).await?)
    }

    fn at(&self, path: &str) -> Result<Url, IdentityError> {
        self.service
            .join(path)
            .map_err(|_| settings("the metadata service has no such address"))
    }
}

/// Who configured nothing and runs on no such machine wants to hear what to configure.
fn nobody(error: IdentityError) -> IdentityError {
    match error {
        IdentityError::Source { from, why } => IdentityError::None(format!("{from} was asked last: {why}")),
        other => other,
    }
}

fn text(answer: &[u8]) -> Result<String, IdentityError> {
    String::from_utf8(answer.to_vec()).map_err(|_| IdentityError::Source {
        from: FROM,
        why: "its answer is not text".into(),
    })
}
