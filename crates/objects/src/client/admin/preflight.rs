//! The question that a browser asks before a page may PUT to another origin
//! ([CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch)).
use super::{Finding, INIT, StorageAdmin};
use crate::client::identity::chain;
use http::Method;
use http::header::{self, HeaderMap};
use std::time::Duration;

const LOOKED_AT: &str = "CORS preflight";
const PATIENCE: Duration = Duration::from_secs(10);
/// A rule that was just set may take a moment to be everywhere.
const ATTEMPTS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(500);

impl StorageAdmin<'_> {
    pub(super) async fn look_at_preflight(&self) -> Finding {
        let mut objection = String::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            match self.preflight().await {
                Ok(()) => {
                    let said = format!("a page of {} is allowed to PUT", self.origin);
                    return Finding::good(LOOKED_AT, said);
                }
                Err(why) => objection = why,
            }
        }
        let said = format!("a page of {} may not upload: {objection}", self.origin);
        Finding::wrong(LOOKED_AT, said).remedy(INIT)
    }

    async fn preflight(&self) -> Result<(), String> {
        let wanted = self.sent_headers();
        let path = self
            .store
            .endpoint
            .path(&self.store.placed("storage-check/preflight"));
        let url = format!("{}{path}", self.store.endpoint.origin());
        let answer = browser()
            .map_err(|error| error.to_string())?
            .request(Method::OPTIONS, url)
            .header(header::ORIGIN, &self.origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, wanted.join(","))
            .send()
            .await
            .map_err(|error| chain(&error.without_url()))?;
        if !answer.status().is_success() {
            return Err(format!(
                "the preflight is answered with status {}",
                answer.status().as_u16()
            ));
        }
        let headers = answer.headers();
        self.allows_origin(headers)?;
        if !lists(headers, &header::ACCESS_CONTROL_ALLOW_METHODS, "PUT") {
            return Err("the answer does not allow the method PUT".into());
        }
        let refused = wanted
            .into_iter()
            .find(|name| !lists(headers, &header::ACCESS_CONTROL_ALLOW_HEADERS, name));
        match refused {
            Some(name) => Err(format!("the answer does not allow the header {name}")),
            None => Ok(()),
        }
    }

    /// Whether a page of ours may see an answer with these headers.
    pub(super) fn allows_origin(&self, headers: &HeaderMap) -> Result<(), String> {
        let allowed = headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        let allowed = allowed.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if allowed == "*" || allowed == self.origin {
            Ok(())
        } else {
            Err(format!("the answer does not allow the origin {}", self.origin))
        }
    }
}

/// Whether a header that is a list names something.
pub(super) fn lists(headers: &HeaderMap, name: &header::HeaderName, wanted: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| one.trim() == "*" || one.trim().eq_ignore_ascii_case(wanted))
}

/// A client that is not ours: no signatures, no state.
pub(super) fn browser() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(PATIENCE)
        .read_timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}
