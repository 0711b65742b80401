//! The rule that lets pages of the public URL use the bucket
//! ([PutBucketCors](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html)).
use super::{Finding, INIT, StorageAdmin, Verdict, copy};
use crate::xml::{Element, Writer};

const METHODS: [&str; 3] = ["PUT", "GET", "HEAD"];
/// For how long browsers need not ask again.
const MAX_AGE_SECONDS: u32 = 3_600;
const LOOKED_AT: &str = "CORS rule";
const ABSENT: &str = "NoSuchCORSConfiguration";

impl StorageAdmin<'_> {
    /// Reads the rules.
    pub(super) async fn look_at_cors(&self) -> Finding {
        match self.setting("cors", ABSENT).await {
            Ok(rules) => {
                let rules = rules.unwrap_or_default();
                if rules.all("CORSRule").any(|rule| self.covers(rule)) {
                    Finding::good(LOOKED_AT, format!("pages of {} may use the bucket", self.origin))
                } else {
                    let said = format!(
                        "the bucket has no CORS rule that lets pages of {} upload to it and read ETag",
                        self.origin
                    );
                    Finding::wrong(LOOKED_AT, said).remedy(INIT)
                }
            }
            Err(failure) => Finding::weak(
                LOOKED_AT,
                format!("it cannot be read, so a preflight must show: {failure}"),
            ),
        }
    }

    /// Adds our rule to what is there.
    pub(super) async fn set_cors(&self) -> Finding {
        let present = match self.setting("cors", ABSENT).await {
            Ok(present) => present.unwrap_or_default(),
            Err(failure) => return self.cors_refused(&failure),
        };
        if present.all("CORSRule").any(|rule| self.covers(rule)) {
            return Finding::good(LOOKED_AT, format!("pages of {} may use the bucket", self.origin));
        }
        let id = self.rule_id();
        let document = Writer::root("CORSConfiguration", |writer| {
            for rule in present
                .all("CORSRule")
                .filter(|rule| rule.value("ID") != Some(&id))
            {
                copy(writer, rule);
            }
            self.write_rule(writer, &id);
        });
        match self.set_setting("cors", document).await {
            Ok(()) => {
                let said = format!("pages of {} may use the bucket now", self.origin);
                Finding::new(LOOKED_AT, Verdict::Mended, said)
            }
            Err(failure) => self.cors_refused(&failure),
        }
    }

    fn cors_refused(&self, failure: &super::Failure) -> Finding {
        let said = format!("it cannot be set: {failure}");
        let remedy = format!(
            "allow the keys s3:GetBucketCORS and s3:PutBucketCORS, or set it where the service is managed: origin {}, \
             methods PUT, GET, HEAD, headers *, exposed ETag",
            self.origin
        );
        Finding::wrong(LOOKED_AT, said).remedy(remedy)
    }

    fn rule_id(&self) -> String {
        format!("homeroom {}", self.origin)
    }

    fn write_rule(&self, writer: &mut Writer, id: &str) {
        writer.nest("CORSRule", |writer| {
            writer.text("ID", id);
            writer.text("AllowedOrigin", &self.origin);
            for method in METHODS {
                writer.text("AllowedMethod", method);
            }
            writer.text("AllowedHeader", "*");
            writer.text("ExposeHeader", "ETag");
            writer.value("MaxAgeSeconds", MAX_AGE_SECONDS);
        });
    }

    fn covers(&self, rule: &Element) -> bool {
        let texts = |name: &'static str| rule.all(name).map(|element| element.text.trim());
        texts("AllowedOrigin").any(|pattern| matches(pattern, &self.origin))
            && METHODS
                .iter()
                .all(|method| texts("AllowedMethod").any(|allowed| allowed == *method))
            && self
                .sent_headers()
                .iter()
                .all(|header| texts("AllowedHeader").any(|pattern| matches(pattern, header)))
            && texts("ExposeHeader").any(|exposed| exposed == "*" || exposed.eq_ignore_ascii_case("etag"))
    }

    /// The headers that browsers ask for before a PUT.
    pub(super) fn sent_headers(&self) -> Vec<&'static str> {
        let mut headers = vec!["content-type", "if-none-match", "x-amz-checksum-sha256"];
        headers.extend(self.store.encryption_headers().into_iter().map(|(name, _)| name));
        headers
    }
}

/// Whether a pattern with at most one `*` fits, whatever the case.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    match pattern.split_once('*') {
        None => pattern == text,
        Some((begin, end)) => {
            text.len() >= begin.len() + end.len() && text.starts_with(begin) && text.ends_with(end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_have_one_star() {
        assert!(matches("*", "https://a.example"));
        assert!(matches("https://*.example", "https://a.example"));
        assert!(matches("X-Amz-*", "x-amz-checksum-sha256"));
        assert!(!matches("https://a.example", "https://a.example.evil"));
        assert!(!matches("https://a*a.example", "https://a.example"));
    }
}
