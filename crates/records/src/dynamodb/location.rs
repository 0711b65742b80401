//! Where a table is and how it is reached: `dynamodb://REGION/TABLE?endpoint=URL`.
use aws_sdk_dynamodb::config::Credentials;
use homeroom_core::ports::record_store::StoreError;
use std::time::Duration;
use url::Url;

/// One DynamoDB table, with what is needed to reach it.
///
/// Its `Debug` never shows the secret key.
#[derive(Clone, Debug)]
pub struct DynamoLocation {
    pub(super) region: String,
    pub(super) table: String,
    pub(super) endpoint: Option<String>,
    pub(super) credentials: Option<Credentials>,
    pub(super) connect_timeout: Duration,
    pub(super) attempt_timeout: Duration,
}

impl DynamoLocation {
    /// Reads `dynamodb://REGION/TABLE`, with `?endpoint=URL` for a service other than AWS's own.
    ///
    /// A connection may take 1 s and an attempt 3 s; credentials come from the SDK's default chain
    /// (environment, profile, web identity, container, instance).
    ///
    /// # Errors
    /// [`StoreError::Invalid`] saying which part is wrong and what it should look like.
    pub fn parse(url: &str) -> Result<Self, StoreError> {
        const SHAPE: &str = "expected dynamodb://REGION/TABLE or dynamodb://REGION/TABLE?endpoint=URL";
        let invalid = |why: String| StoreError::Invalid(format!("{why}; {SHAPE}"));
        let parsed = Url::parse(url).map_err(|error| invalid(format!("the URL cannot be read ({error})")))?;
        if parsed.scheme() != "dynamodb" {
            return Err(invalid(format!("the scheme is {:?}", parsed.scheme())));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() || parsed.port().is_some() {
            return Err(invalid(
                "a DynamoDB URL has neither user, password nor port: access keys come from the environment \
                 (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or a role, a port belongs into the endpoint"
                    .into(),
            ));
        }
        let region = parsed.host_str().unwrap_or_default().to_owned();
        let region_byte = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if region.is_empty() || !region.bytes().all(region_byte) {
            return Err(invalid(format!(
                "{region:?} is not a region such as eu-central-1"
            )));
        }
        let table = parsed.path().trim_start_matches('/').to_owned();
        let table_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if !(3..=255).contains(&table.len()) || !table.bytes().all(table_byte) {
            return Err(invalid(format!(
                "{table:?} is not a table's name: 3 to 255 letters, digits, '_', '.' and '-'"
            )));
        }
        let mut endpoint = None;
        for (name, value) in parsed.query_pairs() {
            if name != "endpoint" {
                return Err(invalid(format!("there is no parameter {name:?}")));
            }
            let web = Url::parse(&value)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            if !web {
                return Err(invalid(format!(
                    "the endpoint {value:?} is not an http or https URL"
                )));
            }
            endpoint = Some(value.into_owned());
        }
        Ok(Self {
            region,
            table,
            endpoint,
            credentials: None,
            // A first packet that is lost is sent again after a second.
            connect_timeout: Duration::from_millis(2_500),
            attempt_timeout: Duration::from_secs(3),
        })
    }

    /// The same table with these access keys instead of those that the SDK finds.
    #[must_use]
    pub fn with_access_key(mut self, id: &str, secret: &str) -> Self {
        self.credentials = Some(Credentials::new(id, secret, None, None, "settings"));
        self
    }

    /// The same table with other limits on the time that a connection and an attempt may take.
    #[must_use]
    pub fn with_timeouts(mut self, connect: Duration, attempt: Duration) -> Self {
        self.connect_timeout = connect;
        self.attempt_timeout = attempt;
        self
    }

    /// The table and where it is, for messages.
    pub(super) fn name(&self) -> String {
        let at = self.endpoint.as_ref().map(|endpoint| format!(" at {endpoint}"));
        format!(
            "table {} in region {}{}",
            self.table,
            self.region,
            at.unwrap_or_default()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_region_table_and_endpoint() {
        let location = DynamoLocation::parse("dynamodb://eu-central-1/homeroom").expect("it is right");
        assert_eq!(
            (&*location.region, &*location.table),
            ("eu-central-1", "homeroom")
        );
        assert_eq!(location.endpoint, None);
        for endpoint in ["http://127.0.0.1:5000", "http%3A%2F%2F127.0.0.1%3A5000"] {
            let url = format!("dynamodb://local/School_1.x?endpoint={endpoint}");
            let location = DynamoLocation::parse(&url).expect("it is right");
            assert_eq!(location.endpoint.as_deref(), Some("http://127.0.0.1:5000"));
            assert_eq!(
                location.name(),
                "table School_1.x in region local at http://127.0.0.1:5000"
            );
        }
    }

    #[test]
    fn a_wrong_url_says_what_is_wrong() {
        let cases = [
            ("homeroom", "cannot be read"),
            ("postgres://eu-central-1/homeroom", "scheme"),
            ("dynamodb:///homeroom", "region"),
            ("dynamodb://EU_1/homeroom", "region"),
            ("dynamodb://eu-central-1", "table"),
            ("dynamodb://eu-central-1/ab", "table"),
            ("dynamodb://eu-central-1/a/b/c", "table"),
            ("dynamodb://eu-central-1/homeroom?endpoint=ftp://x", "endpoint"),
            ("dynamodb://eu-central-1/homeroom?endpoint=", "endpoint"),
            ("dynamodb://eu-central-1/homeroom?region=x", "parameter"),
            ("dynamodb://key:secret@eu-central-1/homeroom", "AWS_ACCESS_KEY_ID"),
        ];
        for (url, word) in cases {
            let error = DynamoLocation::parse(url).expect_err(url).to_string();
            assert!(
                error.contains(word) && error.contains("dynamodb://REGION/TABLE"),
                "{error}"
            );
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let location = DynamoLocation::parse("dynamodb://eu-central-1/homeroom").expect("it is right");
        let shown = format!("{:?}", location.with_access_key("id", "hush"));
        assert!(!shown.contains("hush"), "{shown}");
    }
}
