//! What went wrong, told apart by what may be done about it.
//!
//! Where somebody has to do something the message says what, behind "; ".
use super::location::DynamoLocation;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use homeroom_core::ports::record_store::StoreError;
use std::error::Error;

/// Why one attempt of a request failed.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The service refused for now, before it did anything.
    Busy(String),
    /// No connection came about: nothing was sent.
    Unreachable(String),
    /// The request was sent and no answer came that says what became of it.
    Lost(String),
    /// Another transaction holds one of the items; nothing was done.
    Conflict,
    /// Nothing was done, and trying again does not help.
    Refused(StoreError),
}

/// Judges a failed attempt, whatever the operation; conditions are the caller's matter.
pub(super) fn judge<E>(error: &SdkError<E, HttpResponse>, location: &DynamoLocation) -> Trouble
where
    E: Error + ProvideErrorMetadata + 'static,
{
    match error {
        SdkError::ServiceError(failed) => {
            let status = failed.raw().status().as_u16();
            judge_answer(failed.err(), status, location)
        }
        SdkError::ResponseError(_) | SdkError::TimeoutError(_) => Trouble::Lost(words(error)),
        _ => judge_dispatch(error, location),
    }
}

fn judge_dispatch<E>(error: &SdkError<E, HttpResponse>, location: &DynamoLocation) -> Trouble
where
    E: Error + 'static,
{
    if let Some(missing) = find::<CredentialsError>(error) {
        return Trouble::Refused(StoreError::Unavailable(format!(
            "no AWS credentials were found for {}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give \
             the machine a role ({})",
            location.name(),
            DisplayErrorContext(missing)
        )));
    }
    let connecting = find::<hyper_util::client::legacy::Error>(error)
        .is_some_and(hyper_util::client::legacy::Error::is_connect);
    let why = words(error);
    if connecting || matches!(error, SdkError::ConstructionFailure(_)) {
        return Trouble::Unreachable(format!("{} cannot be reached: {why}", location.name()));
    }
    Trouble::Lost(why)
}

fn judge_answer<E>(error: &E, status: u16, location: &DynamoLocation) -> Trouble
where
    E: ProvideErrorMetadata,
{
    let (code, message) = (
        error.code().unwrap_or("unknown"),
        error.message().unwrap_or_default(),
    );
    let name = location.name();
    let unavailable = |why: String| Trouble::Refused(StoreError::Unavailable(why));
    match code {
        "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "ThrottlingException"
        | "Throttling"
        | "LimitExceededException"
        | "TransactionInProgressException" => {
            Trouble::Busy(format!("{name} is throttled ({code}: {message})"))
        }
        "TransactionConflictException" | "ReplicatedWriteConflictException" => Trouble::Conflict,
        "ResourceNotFoundException" => unavailable(format!(
            "{name} does not exist or is not ready; check the URL's region and table, or make it with \
             `homeroom admin records init` ({message})"
        )),
        "ValidationException" if message.contains("does not have the specified index") => {
            unavailable(format!(
                "{name} lacks an index that the product needs; see `homeroom admin records check` ({message})"
            ))
        }
        "ValidationException" | "SerializationException" | "IdempotentParameterMismatchException" => {
            Trouble::Refused(StoreError::Invalid(format!(
                "{name} refused the request: {message}"
            )))
        }
        "ExpiredTokenException" | "ExpiredToken" => unavailable(format!(
            "the AWS credentials for {name} have expired; renew them ({message})"
        )),
        "InvalidSignatureException" | "RequestExpired" if is_about_time(message) => unavailable(format!(
            "this machine's clock differs too much from that of AWS; set it, for example by NTP ({message})"
        )),
        "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "InvalidClientTokenId"
        | "MissingAuthenticationTokenException"
        | "MissingAuthenticationToken"
        | "IncompleteSignatureException"
        | "IncompleteSignature" => unavailable(format!(
            "the AWS credentials for {name} were refused; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or \
             the machine's role ({message})"
        )),
        "AccessDeniedException" | "AccessDenied" => unavailable(format!(
            "the AWS credentials do not allow this on {name}; extend their policy ({message})"
        )),
        _ if status >= 500 => Trouble::Lost(format!("{name} answered {status} {code}: {message}")),
        _ => unavailable(format!("{name} answered {status} {code}: {message}")),
    }
}

fn is_about_time(message: &str) -> bool {
    [
        "Signature expired",
        "Signature not yet current",
        "Request is expired",
    ]
    .iter()
    .any(|sign| message.contains(sign))
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The innermost reasons in one line; never the request, which holds content.
fn words(error: &(dyn Error + 'static)) -> String {
    let mut reasons = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let reason = error.to_string();
        if !reason.is_empty() && !reasons.contains(&reason) {
            reasons.push(reason);
        }
        next = error.source();
    }
    reasons.join(": ")
}
