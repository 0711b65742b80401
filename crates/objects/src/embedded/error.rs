//! Everything the endpoint refuses, in the words of the
//! [S3 error list](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
use http::StatusCode;
use std::borrow::Cow;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $message:literal;)*) => {
        /// An S3 error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// As it stands in the XML.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            const fn message(self) -> &'static str {
                match self { $(Self::$name => $message,)* }
            }
        }
    };
}

codes! {
    /// Not signed, expired, or not allowed.
    AccessDenied = 403, "Access Denied";
    /// Content-MD5 or a checksum differs from the body.
    BadDigest = 400, "The checksum you specified did not match what we received.";
    /// The bucket is there and yours.
    BucketAlreadyOwnedByYou = 409, "The bucket exists and is yours.";
    /// There is one bucket.
    BucketNotEmpty = 409, "The bucket cannot be deleted.";
    /// Above 5 GiB in one PUT, or above 5 TiB in all.
    EntityTooLarge = 400, "The object exceeds the maximum allowed size.";
    /// A part before the last has fewer than 5 MiB.
    EntityTooSmall = 400, "The part is smaller than the minimum allowed size.";
    /// The body ended early.
    IncompleteBody = 400, "The body does not have the announced length.";
    /// The disk is full.
    InsufficientStorage = 507, "No space is left.";
    /// Stored bytes are damaged.
    IntegrityError = 500, "The stored object is damaged.";
    /// Our fault.
    InternalError = 500, "We encountered an internal error.";
    /// No such key pair.
    InvalidAccessKeyId = 403, "The access key does not exist.";
    /// A parameter is wrong.
    InvalidArgument = 400, "Invalid argument.";
    /// Content-MD5 is not a digest.
    InvalidDigest = 400, "The Content-MD5 or checksum value is not valid.";
    /// A part is unknown or has another ETag.
    InvalidPart = 400, "A part could not be found, or its ETag differs.";
    /// Parts are not in ascending order.
    InvalidPartOrder = 400, "The list of parts was not in ascending order.";
    /// Beyond the end.
    InvalidRange = 416, "The requested range is not satisfiable.";
    /// The request contradicts itself.
    InvalidRequest = 400, "Invalid request.";
    /// The path is not UTF-8 or broken.
    InvalidURI = 400, "The URI cannot be parsed.";
    /// Above 1,024 bytes.
    KeyTooLongError = 400, "The key is too long.";
    /// Not XML of the expected form.
    MalformedXML = 400, "The XML is not well-formed or not of the expected form.";
    /// More than a document may have.
    MaxMessageLengthExceeded = 400, "The request is too big.";
    /// The operation is not for this resource.
    MethodNotAllowed = 405, "The method is not allowed for this resource.";
    /// No Content-Length.
    MissingContentLength = 411, "The Content-Length header is required.";
    /// No such bucket.
    NoSuchBucket = 404, "The bucket does not exist.";
    /// No policy.
    NoSuchBucketPolicy = 404, "The bucket has no policy.";
    /// No CORS rules.
    NoSuchCORSConfiguration = 404, "The bucket has no CORS configuration.";
    /// No such object.
    NoSuchKey = 404, "The key does not exist.";
    /// No lifecycle rules.
    NoSuchLifecycleConfiguration = 404, "The bucket has no lifecycle configuration.";
    /// No tags.
    NoSuchTagSet = 404, "There are no tags.";
    /// No such multipart upload.
    NoSuchUpload = 404, "The upload does not exist; it may have been aborted or completed.";
    /// No such version.
    NoSuchVersion = 404, "The version does not exist.";
    /// Not a website.
    NoSuchWebsiteConfiguration = 404, "The bucket is not a website.";
    /// Part of S3 that this endpoint does not have.
    NotImplemented = 501, "The functionality is not implemented.";
    /// No object lock.
    ObjectLockConfigurationNotFoundError = 404, "The bucket has no object lock.";
    /// No controls.
    OwnershipControlsNotFoundError = 404, "The bucket has no ownership controls.";
    /// No block.
    NoSuchPublicAccessBlockConfiguration = 404, "The bucket has no public access block.";
    /// No replication.
    ReplicationConfigurationNotFoundError = 404, "The bucket has no replication.";
    /// A condition does not hold.
    PreconditionFailed = 412, "At least one of the preconditions did not hold.";
    /// The clock differs by more than 15 minutes.
    RequestTimeTooSkewed = 403, "The difference between the request time and the server's time is too large.";
    /// No encryption by configuration.
    ServerSideEncryptionConfigurationNotFoundError = 404, "There is no encryption configuration.";
    /// The disk or the index does not answer; a retry may help.
    ServiceUnavailable = 503, "Please try again.";
    /// The signature is wrong.
    SignatureDoesNotMatch = 403, "The signature does not match.";
    /// The payload differs from its signed digest.
    XAmzContentSHA256Mismatch = 400, "The x-amz-content-sha256 header does not match what was computed.";
}

/// A refusal: a code and what a developer may read about it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {message}", .code.name())]
pub struct S3Error {
    /// The stable code.
    pub code: Code,
    /// For humans; never internal text.
    pub message: Cow<'static, str>,
}

/// What an operation gives.
pub type S3Result<T> = Result<T, S3Error>;

impl S3Error {
    /// With a message of its own.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).expect("the table holds valid statuses only")
    }

    /// Logs the cause, which the caller is not told.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!("object endpoint failed: {cause}");
        Code::InternalError.into()
    }

    /// Damage that was found in stored data.
    pub fn damaged(what: &dyn std::fmt::Display) -> Self {
        tracing::error!("stored object is damaged: {what}");
        Code::IntegrityError.into()
    }
}

impl From<Code> for S3Error {
    fn from(code: Code) -> Self {
        Self {
            code,
            message: Cow::Borrowed(code.message()),
        }
    }
}

/// A disk that fails: full is 507, anything else may pass (HARDENING 54).
impl From<std::io::Error> for S3Error {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::InsufficientStorage.into(),
            ErrorKind::InvalidData => Self::damaged(&error),
            _ => {
                tracing::error!("disk failed: {error}");
                Code::ServiceUnavailable.into()
            }
        }
    }
}

impl From<homeroom_sqlite::Error> for S3Error {
    fn from(error: homeroom_sqlite::Error) -> Self {
        use homeroom_sqlite::Error;
        match &error {
            Error::Unavailable(why) if why.contains("full") && why.contains("disk") => {
                Code::InsufficientStorage.into()
            }
            Error::Unavailable(_) | Error::OutcomeUnknown(_) => {
                tracing::error!("object index: {error}");
                Code::ServiceUnavailable.into()
            }
            Error::Damaged(_) => Self::damaged(&error),
            Error::NewerSchema { .. } | Error::Panicked | Error::Statement(_) => Self::internal(&error),
        }
    }
}

impl From<homeroom_sqlite::rusqlite::Error> for S3Error {
    fn from(error: homeroom_sqlite::rusqlite::Error) -> Self {
        homeroom_sqlite::Error::from(error).into()
    }
}
