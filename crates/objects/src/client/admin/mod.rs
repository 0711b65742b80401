//! Preparing and examining a bucket, for `homeroom admin storage init` and `check`.
//!
//! [`StorageAdmin::init`] makes what is missing and takes nothing away: rules that others have set
//! stay. [`StorageAdmin::check`] changes nothing but a few objects of its own below a random key,
//! which it removes. Both answer with [`Finding`]s, in the order in which they were made.
mod bucket;
mod cors;
mod lifecycle;
mod preflight;
mod round_trip;

use super::S3ObjectStore;
use super::call::Call;
use super::refusal::Failure;
use crate::xml::{Element, Writer};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use homeroom_core::ports::Ids;
use homeroom_core::ports::object_store::ObjectError;
use http::Method;
use md5::{Digest as _, Md5};
use std::fmt;
use url::{Host, Url};

/// The command that mends what a check finds.
const INIT: &str = "run `homeroom admin storage init`";

/// How good it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It was not as it should be, and is now.
    Mended,
    /// The product works; the service does less than S3 does, with consequences to know.
    Weak,
    /// Uploads or downloads will fail.
    Wrong,
}

/// What was looked at, how it is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A few words: `bucket`, `CORS rule`.
    pub looked_at: &'static str,
    /// How good it is.
    pub verdict: Verdict,
    /// One sentence without secrets.
    pub said: String,
    /// What to do about it, where there is something to do.
    pub remedy: Option<String>,
}

impl Finding {
    fn new(looked_at: &'static str, verdict: Verdict, said: impl Into<String>) -> Self {
        Self {
            looked_at,
            verdict,
            said: said.into(),
            remedy: None,
        }
    }

    fn good(looked_at: &'static str, said: impl Into<String>) -> Self {
        Self::new(looked_at, Verdict::Good, said)
    }

    fn weak(looked_at: &'static str, said: impl Into<String>) -> Self {
        Self::new(looked_at, Verdict::Weak, said)
    }

    fn wrong(looked_at: &'static str, said: impl Into<String>) -> Self {
        Self::new(looked_at, Verdict::Wrong, said)
    }

    fn remedy(self, remedy: impl Into<String>) -> Self {
        Self {
            remedy: Some(remedy.into()),
            ..self
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.verdict {
            Verdict::Good => "ok",
            Verdict::Mended => "mended",
            Verdict::Weak => "weak",
            Verdict::Wrong => "WRONG",
        };
        write!(f, "{mark:<7}{}: {}", self.looked_at, self.said)?;
        match &self.remedy {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

/// Examines a store for the pages of one public URL.
pub struct StorageAdmin<'a> {
    store: &'a S3ObjectStore,
    ids: &'a dyn Ids,
    /// As browsers send it: `https://homeroom.school.example`.
    origin: String,
}

impl<'a> StorageAdmin<'a> {
    /// For the pages below `public_url`.
    pub fn new(store: &'a S3ObjectStore, public_url: &Url, ids: &'a dyn Ids) -> Self {
        Self {
            store,
            ids,
            origin: public_url.origin().ascii_serialization(),
        }
    }

    /// Makes the bucket, lets browsers use it (CORS), has abandoned parts removed after seven days
    /// (lifecycle), and then checks. Doing it again changes nothing.
    pub async fn init(&self) -> Vec<Finding> {
        if self.store.for_audience {
            return vec![embedded()];
        }
        let (mut findings, goes_on) = self.contact(bucket::Missing::Make).await;
        if goes_on {
            findings.push(self.set_cors().await);
            findings.push(self.set_lifecycle().await);
            findings.extend(self.as_a_browser().await);
        }
        findings
    }

    /// Looks at everything that uploads and downloads need.
    pub async fn check(&self) -> Vec<Finding> {
        if self.store.for_audience {
            return vec![embedded()];
        }
        let (mut findings, goes_on) = self.contact(bucket::Missing::Report).await;
        if goes_on {
            findings.push(self.look_at_cors().await);
            findings.push(self.look_at_lifecycle().await);
            findings.extend(self.as_a_browser().await);
        }
        findings
    }

    async fn as_a_browser(&self) -> Vec<Finding> {
        let mut findings = vec![self.look_at_schemes()];
        findings.push(self.look_at_preflight().await);
        findings.extend(self.round_trip().await);
        findings
    }

    /// A page that came over https may not send to http.
    fn look_at_schemes(&self) -> Finding {
        let storage = self.store.endpoint.origin();
        let on_this_machine = Url::parse(storage).is_ok_and(|url| match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        });
        if self.origin.starts_with("https:") && storage.starts_with("http:") && !on_this_machine {
            let said = format!(
                "pages come from {} and browsers do not let them send to {storage}",
                self.origin
            );
            return Finding::wrong("scheme", said).remedy("give storage a certificate and an https endpoint");
        }
        Finding::good(
            "scheme",
            format!("pages of {} may send to {storage}", self.origin),
        )
    }

    /// A setting of the bucket; `None` where there is none.
    async fn setting(&self, name: &str, absent: &str) -> Result<Option<Element>, Failure> {
        match self.store.call(&Call::new(Method::GET, "").query(name, "")).await {
            Ok(answer) => {
                let lost = |error: ObjectError| Failure::Lost {
                    why: error.to_string(),
                    sent: true,
                };
                let document = answer.document().await.map_err(lost)?;
                let root = Element::parse(&document).map_err(|error| Failure::Lost {
                    why: error.to_string(),
                    sent: true,
                })?;
                Ok(Some(root))
            }
            Err(failure) if failure.code() == absent => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn set_setting(&self, name: &str, document: String) -> Result<(), Failure> {
        let call = Call::new(Method::PUT, "")
            .query(name, "")
            .header("content-type", "application/xml")
            .header("content-md5", BASE64.encode(Md5::digest(&document)))
            .body(document);
        self.store.call(&call).await.map(drop)
    }
}

fn embedded() -> Finding {
    Finding::good(
        "storage",
        "it is embedded: there is nothing to prepare and nothing to cross",
    )
}

/// Writes an element as it was read: settings of others stay as they are.
fn copy(writer: &mut Writer, element: &Element) {
    if element.children.is_empty() {
        writer.text(&element.name, &element.text);
    } else {
        writer.nest(&element.name, |writer| {
            for child in &element.children {
                copy(writer, child);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::SecretKey;
    use homeroom_core::ports::Clock;
    use std::sync::Arc;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> jiff::Timestamp {
            jiff::Timestamp::UNIX_EPOCH
        }
    }

    impl Ids for Still {
        fn uuid(&self) -> uuid::Uuid {
            uuid::Uuid::nil()
        }

        fn secret(&self) -> [u8; 32] {
            [0; 32]
        }
    }

    #[test]
    fn secure_pages_cannot_send_to_storage_that_is_not() {
        for (page, storage, verdict) in [
            (
                "https://school.example",
                "http://s3.school.example",
                Verdict::Wrong,
            ),
            ("https://school.example", "http://10.0.0.5:3900", Verdict::Wrong),
            (
                "https://school.example",
                "https://s3.school.example",
                Verdict::Good,
            ),
            ("http://school.example", "http://s3.school.example", Verdict::Good),
            ("https://localhost:8000", "http://127.0.0.1:3900", Verdict::Good),
        ] {
            let config = crate::S3Config {
                endpoint: Url::parse(storage).unwrap(),
                region: "us-east-1".into(),
                bucket: "school".into(),
                access_key: "A".into(),
                secret_key: SecretKey::new("s"),
                path_style: true,
            };
            let store = S3ObjectStore::remote(config, Arc::new(Still)).unwrap();
            let page = Url::parse(page).unwrap();
            let admin = StorageAdmin::new(&store, &page, &Still);
            assert_eq!(admin.look_at_schemes().verdict, verdict, "{page} {storage}");
        }
    }

    #[test]
    fn settings_of_others_are_copied_as_they_are() {
        let document =
            "<Rule><ID>a&amp;b</ID><Filter><And><Prefix>x</Prefix></And></Filter><Empty></Empty></Rule>";
        let element = Element::parse(document.as_bytes()).unwrap();
        let mut writer = Writer::new();
        copy(&mut writer, &element);
        assert!(writer.finish().ends_with(document));
    }
}
