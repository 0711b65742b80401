//! The rule that removes parts of abandoned uploads, in case that Homeroom itself never comes to it
//! ([PutBucketLifecycleConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html)).
use super::{Finding, INIT, StorageAdmin, Verdict, copy};
use crate::client::refusal::Failure;
use crate::xml::{Element, Writer};

const ID: &str = "homeroom-abandoned-uploads";
/// Uploads live shorter than that.
const DAYS: u32 = 7;
const LOOKED_AT: &str = "lifecycle rule";
const ABSENT: &str = "NoSuchLifecycleConfiguration";

impl StorageAdmin<'_> {
    pub(super) async fn look_at_lifecycle(&self) -> Finding {
        match self.setting("lifecycle", ABSENT).await {
            Ok(rules) if rules.as_ref().is_some_and(|rules| self.is_swept(rules)) => swept(),
            Ok(_) => Finding::weak(
                LOOKED_AT,
                "no rule removes the parts of abandoned uploads; Homeroom's own sweep does, as long as it runs",
            )
            .remedy(INIT),
            Err(failure) => cannot("read", &failure),
        }
    }

    /// Adds our rule to what is there.
    pub(super) async fn set_lifecycle(&self) -> Finding {
        let present = match self.setting("lifecycle", ABSENT).await {
            Ok(present) => present.unwrap_or_default(),
            Err(failure) => return cannot("read", &failure),
        };
        if self.is_swept(&present) {
            return swept();
        }
        // AWS wants all rules to name their prefix in the same way.
        let old_way = |rule: &Element| rule.child("Filter").is_none() && rule.child("Prefix").is_some();
        let old_way = present.all("Rule").any(old_way);
        // Several schools may share a bucket.
        let id = format!("{ID} {}", self.store.prefix).trim_end().to_owned();
        let document = Writer::root("LifecycleConfiguration", |writer| {
            for rule in present.all("Rule").filter(|rule| rule.value("ID") != Some(&id)) {
                copy(writer, rule);
            }
            writer.nest("Rule", |writer| {
                writer.text("ID", &id);
                if old_way {
                    writer.text("Prefix", &self.store.prefix);
                } else {
                    writer.nest("Filter", |writer| writer.text("Prefix", &self.store.prefix));
                }
                writer.text("Status", "Enabled");
                writer.nest("AbortIncompleteMultipartUpload", |writer| {
                    writer.value("DaysAfterInitiation", DAYS);
                });
            });
        });
        match self.set_setting("lifecycle", document).await {
            Ok(()) => {
                let said = format!("parts of abandoned uploads are removed after {DAYS} days now");
                Finding::new(LOOKED_AT, Verdict::Mended, said)
            }
            Err(failure) => cannot("set", &failure),
        }
    }

    /// Whether a rule removes abandoned parts everywhere below our prefix.
    fn is_swept(&self, rules: &Element) -> bool {
        rules.all("Rule").any(|rule| {
            let days = rule
                .child("AbortIncompleteMultipartUpload")
                .and_then(|abort| abort.value("DaysAfterInitiation")?.trim().parse::<u32>().ok());
            let prefix = match rule.child("Filter") {
                // Conditions beside the prefix may leave something out.
                Some(filter) => filter
                    .children
                    .iter()
                    .all(|condition| condition.name == "Prefix")
                    .then(|| filter.value("Prefix").unwrap_or_default()),
                None => Some(rule.value("Prefix").unwrap_or_default()),
            };
            rule.value("Status") == Some("Enabled")
                && days.is_some_and(|days| days <= DAYS)
                && prefix.is_some_and(|prefix| self.store.prefix.starts_with(prefix))
        })
    }
}

fn swept() -> Finding {
    Finding::good(
        LOOKED_AT,
        format!("parts of abandoned uploads are removed within {DAYS} days"),
    )
}

fn cannot(what: &str, failure: &Failure) -> Finding {
    let said = format!(
        "it cannot be {what} ({failure}); Homeroom's own sweep removes abandoned parts, as long as it runs"
    );
    Finding::weak(LOOKED_AT, said).remedy(
        "allow the keys s3:GetLifecycleConfiguration and s3:PutLifecycleConfiguration, if the service has such rules",
    )
}
