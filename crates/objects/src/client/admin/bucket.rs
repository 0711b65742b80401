//! The first questions: is somebody there, what time is it there, are the keys good, is there a bucket.
use super::{Finding, INIT, StorageAdmin, Verdict};
use crate::client::call::Call;
use crate::client::refusal::{Failure, Refusal};
use crate::xml::Writer;
use http::Method;

/// What to do when there is no bucket.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    Make,
    Report,
}

/// Refusals that are about the keys.
const KEYS: [&str; 9] = [
    "AccessDenied",
    "AllAccessDisabled",
    "InvalidAccessKeyId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "TokenRefreshRequired",
    "AccountProblem",
];

impl StorageAdmin<'_> {
    /// Findings on the way to the bucket, and whether it was reached.
    pub(super) async fn contact(&self, missing: Missing) -> (Vec<Finding>, bool) {
        let origin = self.store.endpoint.origin();
        let outcome = self.store.call(&self.store.glance()).await;
        let refusal = match outcome {
            Err(failure @ Failure::Lost { .. }) => {
                let finding = Finding::wrong("service", failure.to_string()).remedy(
                    "look whether it runs, and whether endpoint and region in the storage URL are right",
                );
                return (vec![finding], false);
            }
            Err(Failure::Refused(refusal)) => Some(refusal),
            Ok(_) => None,
        };
        let mut findings = vec![
            Finding::good("service", format!("{origin} answers")),
            self.look_at_time(),
        ];
        match refusal {
            None => {
                findings.push(keys_are_good());
                let said = format!("{} is there and can be listed", self.store.endpoint.bucket());
                findings.push(Finding::good("bucket", said));
                (findings, true)
            }
            Some(refusal) if refusal.code == "NoSuchBucket" => {
                findings.push(keys_are_good());
                let finding = match missing {
                    Missing::Make => self.create_bucket().await,
                    Missing::Report => {
                        let said = format!("there is no bucket {}", self.store.endpoint.bucket());
                        Finding::wrong("bucket", said).remedy(INIT)
                    }
                };
                let there = finding.verdict != Verdict::Wrong;
                findings.push(finding);
                (findings, there)
            }
            Some(refusal) => {
                findings.push(refused(&refusal));
                (findings, false)
            }
        }
    }

    /// Makes the bucket where it is not there.
    pub async fn create_bucket(&self) -> Finding {
        let bucket = self.store.endpoint.bucket();
        let region = self.store.endpoint.region();
        let mut outcome = self.send_create((region != "us-east-1").then_some(region)).await;
        // Services that are not AWS often have places of other names than their signatures.
        let odd_place = |failure: &Failure| {
            [
                "InvalidLocationConstraint",
                "IllegalLocationConstraintException",
                "MalformedXML",
            ]
            .contains(&failure.code())
        };
        if outcome.as_ref().is_err_and(odd_place) && !self.store.endpoint.is_aws() {
            outcome = self.send_create(None).await;
        }
        match outcome {
            Ok(()) => Finding::new("bucket", Verdict::Mended, format!("{bucket} was made")),
            Err(failure) => match failure.code() {
                "BucketAlreadyOwnedByYou" => Finding::good("bucket", format!("{bucket} is there")),
                "BucketAlreadyExists" => {
                    Finding::wrong("bucket", format!("{bucket} belongs to somebody else")).remedy("choose another name")
                }
                "AccessDenied" => Finding::wrong("bucket", format!("the keys may not make the bucket {bucket}"))
                    .remedy("allow them s3:CreateBucket, or make it with the service's own command (Garage: garage bucket create)"),
                _ => Finding::wrong("bucket", format!("{bucket} cannot be made: {failure}")),
            },
        }
    }

    async fn send_create(&self, place: Option<&str>) -> Result<(), Failure> {
        let mut call = Call::new(Method::PUT, "");
        if let Some(place) = place {
            call = call.header("content-type", "application/xml").body(Writer::root(
                "CreateBucketConfiguration",
                |writer| {
                    writer.text("LocationConstraint", place);
                },
            ));
        }
        self.store.call(&call).await.map(drop)
    }

    fn look_at_time(&self) -> Finding {
        let ahead = self.store.clock.ahead().as_secs();
        if ahead == 0 {
            return Finding::good("clock", "this machine and the service agree on the time");
        }
        let which = if ahead > 0 { "behind" } else { "ahead of" };
        let said = format!(
            "this machine's clock is {} s {which} the service's; requests are signed with the service's time",
            ahead.abs()
        );
        Finding::weak("clock", said).remedy("set this machine's clock (NTP)")
    }
}

fn keys_are_good() -> Finding {
    Finding::good("keys", "the service accepts them")
}

fn refused(refusal: &Refusal) -> Finding {
    let looked_at = if KEYS.contains(&refusal.code.as_str()) || refusal.status == 403 {
        "keys"
    } else if refusal.status.is_redirection() || refusal.code == "AuthorizationHeaderMalformed" {
        "region"
    } else {
        "service"
    };
    let what = if refusal.code.is_empty() {
        format!("it answers with status {}", refusal.status.as_u16())
    } else {
        format!("it answers {}", refusal.code)
    };
    let finding = Finding::wrong(looked_at, what);
    if refusal.advice.is_empty() {
        finding
    } else {
        finding.remedy(refusal.advice.clone())
    }
}
