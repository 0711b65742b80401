//! Why a call failed: the service refused it, with a code that says what to do about it, or nobody
//! answered.
use super::call::Answer;
use super::endpoint::Endpoint;
use crate::xml::Element;
use homeroom_core::ports::object_store::ObjectError;
use http::StatusCode;

/// Of an error document, all that is read of a code.
const CODE_LENGTH: usize = 100;

/// A call that did not succeed.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The service answered.
    Refused(Refusal),
    /// Nobody answered. What was asked may have been done all the same, if it was `sent`.
    Lost {
        /// For the log and the operator, without secrets.
        why: String,
        /// Whether the service may have heard it.
        sent: bool,
    },
}

/// What the service said.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// As in the [list of errors](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html);
    /// empty where the answer had no document.
    pub code: String,
    pub status: StatusCode,
    /// What to do about it.
    pub advice: String,
    /// Whether an earlier attempt of the same call may have been done.
    pub doubted: bool,
}

impl Refusal {
    /// What the service would say of keys that have ended.
    pub fn keys_have_ended(endpoint: &Endpoint) -> Self {
        let (code, status) = ("ExpiredToken", StatusCode::BAD_REQUEST);
        Self {
            advice: advise(code, status, None, endpoint),
            code: code.to_owned(),
            status,
            doubted: false,
        }
    }

    /// A status that has many reasons, without a code that tells which.
    pub fn is_riddle(&self) -> bool {
        self.code.is_empty() && matches!(self.status.as_u16(), 400 | 403)
    }
}

impl Failure {
    /// Whether what was asked may have been done.
    pub fn leaves_doubt(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.doubted || refusal.status.is_server_error(),
            Self::Lost { sent, .. } => *sent,
        }
    }

    /// The service's code, where it gave one.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(refusal) => &refusal.code,
            Self::Lost { .. } => "",
        }
    }
}

impl From<Failure> for ObjectError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => of_code(&refusal.code, refusal.status, &refusal.advice),
            Failure::Lost { why, .. } => Self::Unavailable(why),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusal) => f.write_str(&said(&refusal.code, refusal.status, &refusal.advice)),
            Self::Lost { why, .. } => f.write_str(why),
        }
    }
}

/// Reads a refusal.
pub async fn read(answer: Answer, endpoint: &Endpoint) -> Refusal {
    let status = answer.status;
    let hinted = answer.header("x-amz-bucket-region").map(str::to_owned);
    let document = answer.document().await.unwrap_or_default();
    let root = Element::parse(&document).ok();
    let value = |name: &str| root.as_ref().and_then(|root| root.value(name));
    let code = bare(value("Code").unwrap_or_default());
    let region = hinted.or_else(|| value("Region").map(str::to_owned));
    let region = region.filter(|region| region != endpoint.region());
    Refusal {
        advice: advise(&code, status, region.as_deref(), endpoint),
        code,
        status,
        doubted: false,
    }
}

/// A code as it may stand in our logs: the service's words are not trusted with them.
pub fn bare(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(CODE_LENGTH)
        .collect()
}

/// Makes an error of a code and a status.
#[expect(
    clippy::match_same_arms,
    reason = "codes first, then statuses of answers without a code"
)]
pub fn of_code(code: &str, status: StatusCode, advice: &str) -> ObjectError {
    match (code, status.as_u16()) {
        ("NoSuchKey" | "NoSuchUpload" | "NoSuchVersion", _) => ObjectError::NotFound,
        ("InvalidPart" | "InvalidPartOrder" | "EntityTooSmall" | "MalformedXML", _) => {
            ObjectError::BadParts(bare(code))
        }
        ("PreconditionFailed" | "ConditionalRequestConflict", _) => ObjectError::Exists,
        ("IntegrityError", _) => ObjectError::Damaged("integrity_error".into()),
        ("InsufficientStorage" | "QuotaExceeded" | "XMinioStorageFull", _) | (_, 507) => ObjectError::Full,
        ("", 404) => ObjectError::NotFound,
        ("", 409 | 412) => ObjectError::Exists,
        // A missing bucket among them: a mistake in the set-up, not an absent object.
        _ => ObjectError::Unavailable(said(code, status, advice)),
    }
}

fn said(code: &str, status: StatusCode, advice: &str) -> String {
    let what = if code.is_empty() {
        format!("status {}", status.as_u16())
    } else {
        bare(code)
    };
    if advice.is_empty() {
        what
    } else {
        format!("{what}: {advice}")
    }
}

/// What an operator does about a refusal; empty where there is nothing to do but to try again.
fn advise(code: &str, status: StatusCode, region: Option<&str>, endpoint: &Endpoint) -> String {
    let bucket = endpoint.bucket();
    let elsewhere = |region: &str| {
        format!("the bucket {bucket} is in the region {region}: set region={region} in the storage URL")
    };
    let advice = match (code, status.as_u16()) {
        ("PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed", _)
        | (_, 301 | 307 | 308) => {
            return region.map_or_else(
                || format!("the bucket {bucket} is in another region or under another address: set region and endpoint in the storage URL"),
                elsewhere,
            );
        }
        ("AccessDenied" | "AllAccessDisabled", _) | ("", 403) => {
            "the keys may not do this: allow them s3:ListBucket, s3:ListBucketMultipartUploads on the bucket and \
             s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload, s3:ListMultipartUploadParts on its objects"
        }
        ("InvalidAccessKeyId" | "UnrecognizedClientException", _) => {
            "the service does not know the access key: look whether it is spelt right, deleted, or of another service"
        }
        ("SignatureDoesNotMatch", _) => {
            "the secret key does not belong to the access key, or a proxy changes the path or the Host header"
        }
        ("ExpiredToken" | "InvalidToken" | "TokenRefreshRequired", _) => {
            "the temporary keys have ended: give new ones, or run where a role renews them"
        }
        ("RequestTimeTooSkewed" | "RequestExpired", _) => "this machine's clock is wrong: set it (NTP)",
        ("NoSuchBucket", _) => {
            return format!(
                "there is no bucket {bucket}: make it with `homeroom admin storage init`, or correct the storage URL"
            );
        }
        ("SlowDown" | "TooManyRequests" | "RequestLimitExceeded", _) => "the service asks for fewer requests",
        (
            "InvalidRequest" | "NotImplemented" | "KMSNotFoundException" | "InvalidEncryptionAlgorithmError",
            _,
        ) => {
            "the service does not know what was asked: if the storage URL has sse, it may not encrypt that way"
        }
        _ => "",
    };
    advice.to_owned()
}
