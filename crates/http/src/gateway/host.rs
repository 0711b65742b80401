//! Which site the caller believes to be on: known hosts only, so that no link, cookie or signed
//! URL is ever made for somebody else's name (HARDENING 32, 45).
use super::address::{Network, PeerAddress, is_trusted};
use crate::problem::Problem;
use axum::extract::Request;
use http::{StatusCode, header};
use std::net::IpAddr;
use url::Url;

/// The origin under which the caller reached the program, such as `http://localhost:8000`:
/// scheme, host and, unless it is the scheme's own, port. A request extension.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestOrigin(pub String);

/// The hosts that are ours.
#[derive(Clone, Debug)]
pub(super) struct Hosts {
    public_host: String,
    public_origin: String,
    /// Lower-cased names, without ports.
    allowed: Vec<String>,
    trusted_proxies: Vec<Network>,
}

impl Hosts {
    pub(super) fn new(public_url: &Url, allowed: &[String], trusted_proxies: &[Network]) -> Self {
        Self {
            public_host: public_url.host_str().unwrap_or_default().to_ascii_lowercase(),
            public_origin: public_url.origin().ascii_serialization(),
            allowed: allowed
                .iter()
                .map(|host| {
                    split_port(host)
                        .map_or(host.as_str(), |(name, _)| name)
                        .to_ascii_lowercase()
                })
                .collect(),
            trusted_proxies: trusted_proxies.to_vec(),
        }
    }

    /// The origin that the request names, if it is ours.
    pub(super) fn check(&self, request: &Request) -> Result<RequestOrigin, Problem> {
        let behind_proxy = request
            .extensions()
            .get::<PeerAddress>()
            .is_some_and(|peer| is_trusted(&self.trusted_proxies, peer.0.ip().to_canonical()));
        let forwarded = |name: &str| {
            let value = request.headers().get(name).filter(|_| behind_proxy)?;
            value.to_str().ok()?.split(',').next().map(str::trim)
        };
        let host = match forwarded("x-forwarded-host") {
            Some(host) => host,
            None => named_host(request)?,
        };
        let host = host.to_ascii_lowercase();
        let (name, port) = split_port(&host).ok_or_else(malformed)?;
        if !self.is_ours(name) {
            return Err(misdirected());
        }
        let https = forwarded("x-forwarded-proto").map(|scheme| scheme.eq_ignore_ascii_case("https"));
        Ok(RequestOrigin(self.origin(name, port, https)))
    }

    fn is_ours(&self, name: &str) -> bool {
        name == self.public_host
            || name == "localhost"
            || is_address(name)
            || self.allowed.iter().any(|allowed| allowed == name)
    }

    /// The public URL's own host speaks the public URL's scheme, whoever ends TLS in front of us.
    fn origin(&self, name: &str, port: Option<u16>, https: Option<bool>) -> String {
        let public_scheme = self.public_origin.split(':').next().unwrap_or("http");
        let scheme = match https {
            Some(true) => "https",
            None if name == self.public_host => public_scheme,
            Some(false) | None => "http",
        };
        let implied = if scheme == "https" { 443 } else { 80 };
        match port.filter(|port| *port != implied) {
            Some(port) => format!("{scheme}://{name}:{port}"),
            None => format!("{scheme}://{name}"),
        }
    }
}

/// What the request says: `:authority` or an absolute target, and `Host`, which must agree.
fn named_host(request: &Request) -> Result<&str, Problem> {
    let mut fields = request.headers().get_all(header::HOST).iter();
    let field = fields
        .next()
        .map(|value| value.to_str().map_err(|_| malformed()))
        .transpose()?;
    if fields.next().is_some() {
        return Err(malformed());
    }
    match (request.uri().authority(), field) {
        (Some(authority), Some(field)) if !authority.as_str().eq_ignore_ascii_case(field) => Err(malformed()),
        (Some(authority), _) => Ok(authority.as_str()),
        (None, Some(field)) => Ok(field),
        (None, None) => Err(malformed()),
    }
}

fn split_port(host: &str) -> Option<(&str, Option<u16>)> {
    let name_end = if host.starts_with('[') {
        host.find(']')? + 1
    } else {
        host.find(':').unwrap_or(host.len())
    };
    let (name, rest) = host.split_at(name_end);
    let clean = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '[' | ']' | ':');
    if name.is_empty() || !name.chars().all(clean) {
        return None;
    }
    match rest.strip_prefix(':') {
        Some(port) => Some((name, Some(port.parse().ok()?))),
        None => rest.is_empty().then_some((name, None)),
    }
}

/// An address cannot be made to point elsewhere by DNS, so every one of them is ours.
fn is_address(name: &str) -> bool {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    bare.unwrap_or(name).parse::<IpAddr>().is_ok()
}

fn malformed() -> Problem {
    Problem::bad_request("bad_host", "The request names no host, or two")
}

fn misdirected() -> Problem {
    Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "foreign_host",
        "This host is not served here",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use std::net::SocketAddr;

    fn origin(public: &str, peer: &str, headers: &[(&str, &str)]) -> Result<String, u16> {
        let hosts = Hosts::new(
            &public.parse().unwrap(),
            &["files.school.example".into(), "lan:8000".into()],
            &["10.0.0.0/8".parse().unwrap()],
        );
        let mut request = Request::builder().uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer = SocketAddr::new(peer.parse().unwrap(), 1);
        request.extensions_mut().insert(PeerAddress(peer));
        hosts
            .check(&request)
            .map(|origin| origin.0)
            .map_err(|problem| problem.status.as_u16())
    }

    fn direct(host: &str) -> Result<String, u16> {
        origin("https://school.example", "9.9.9.9", &[("host", host)])
    }

    #[test]
    fn hardening_45_foreign_hosts_are_421() {
        for host in [
            "evil.example",
            "school.example.evil.example",
            "xschool.example",
            "localhost.evil.example",
        ] {
            assert_eq!(direct(host), Err(421), "{host}");
        }
        for host in [
            "",
            "a b",
            "school.example:x",
            "school.example:99999",
            "[::1",
            "school.example/",
            "a@school.example",
            "school.example:80:80",
        ] {
            assert_eq!(direct(host), Err(400), "{host:?}");
        }
        assert_eq!(origin("https://school.example", "9.9.9.9", &[]), Err(400));
        let two = [("host", "school.example"), ("host", "school.example")];
        assert_eq!(origin("https://school.example", "9.9.9.9", &two), Err(400));
    }

    #[test]
    fn our_hosts_give_the_origin_that_the_caller_sees() {
        let cases = [
            ("school.example", "https://school.example"),
            ("SCHOOL.example:443", "https://school.example"),
            ("files.school.example", "http://files.school.example"),
            ("lan:9000", "http://lan:9000"),
            ("localhost:8000", "http://localhost:8000"),
            ("localhost:80", "http://localhost"),
            ("127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("[::1]:8000", "http://[::1]:8000"),
            ("192.168.1.20:8000", "http://192.168.1.20:8000"),
        ];
        for (host, expected) in cases {
            assert_eq!(direct(host).as_deref(), Ok(expected), "{host}");
        }
    }

    #[test]
    fn hardening_32_forwarded_hosts_count_from_trusted_proxies_only() {
        let headers = [
            ("host", "127.0.0.1:8000"),
            ("x-forwarded-host", "files.school.example"),
            ("x-forwarded-proto", "https"),
        ];
        let public = "https://school.example";
        assert_eq!(
            origin(public, "9.9.9.9", &headers).as_deref(),
            Ok("http://127.0.0.1:8000")
        );
        assert_eq!(
            origin(public, "10.0.0.1", &headers).as_deref(),
            Ok("https://files.school.example")
        );
        let foreign = [("host", "127.0.0.1"), ("x-forwarded-host", "evil.example")];
        assert_eq!(origin(public, "10.0.0.1", &foreign), Err(421));
    }
}
