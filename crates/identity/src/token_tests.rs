//! Tokens that are ours, and every forged shape of HARDENING 27.
use super::*;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

const ISSUER: &str = "https://school.example";
const NOW: i64 = 1_800_000_000;

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        at(self.0.load(Ordering::SeqCst))
    }
}

struct Fixture {
    signer: Ed25519Signer,
    clock: Arc<Hands>,
    directory: tempfile::TempDir,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(Hands(AtomicI64::new(NOW)));
    let signer = Ed25519Signer::open(directory.path(), ISSUER, clock.clone()).unwrap();
    Fixture {
        signer,
        clock,
        directory,
    }
}

fn claims() -> AccessClaims {
    AccessClaims {
        user: UserId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001)),
        session: SessionId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002)),
        issued_at: at(NOW),
        expires_at: at(NOW + 900),
    }
}

fn decoded(token: &str, segment: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD
        .decode(token.split('.').nth(segment).unwrap())
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

impl Fixture {
    /// What the verifier says of a payload that is signed by the true key under the true header.
    fn verdict_on_payload(&self, change: impl FnOnce(&mut Value)) -> Result<AccessClaims, TokenError> {
        let mut payload = decoded(&self.signer.sign(&claims()), 1);
        change(&mut payload);
        self.verdict_on_raw_payload(&payload.to_string())
    }

    fn verdict_on_raw_payload(&self, payload: &str) -> Result<AccessClaims, TokenError> {
        let keys = self.signer.keys();
        let header = &keys.verifying[0].header_segment;
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
        let signature = URL_SAFE_NO_PAD.encode(keys.current.sign(signed.as_bytes()));
        self.signer.verify(&format!("{signed}.{signature}"), at(NOW))
    }

    /// The same of a header, signed by the true key.
    fn verdict_on_header(&self, header: &Value) -> Result<AccessClaims, TokenError> {
        let token = self.signer.sign(&claims());
        let signed = format!("{}.{}", encoded(header), token.split('.').nth(1).unwrap());
        let signature = URL_SAFE_NO_PAD.encode(self.signer.keys().current.sign(signed.as_bytes()));
        self.signer.verify(&format!("{signed}.{signature}"), at(NOW))
    }

    fn header(&self) -> Value {
        decoded(&self.signer.sign(&claims()), 0)
    }

    fn public(&self) -> [u8; 32] {
        self.signer.keys().verifying[0].public
    }
}

#[test]
fn a_token_says_what_was_signed() {
    let fixture = fixture();
    let token = fixture.signer.sign(&claims());

    assert_eq!(fixture.signer.verify(&token, at(NOW)), Ok(claims()));
    assert!(token.len() < 700, "fits any header: {}", token.len());
}

#[test]
fn an_independent_library_accepts_it_with_the_published_keys() {
    let fixture = fixture();
    let token = fixture.signer.sign(&AccessClaims {
        expires_at: Timestamp::now() + SignedDuration::from_hours(1),
        issued_at: Timestamp::now(),
        ..claims()
    });
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(fixture.signer.jwks()).unwrap();
    let header = jsonwebtoken::decode_header(&token).unwrap();
    let jwk = set.find(header.kid.as_deref().unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.set_audience(&[ISSUER]);
    validation.set_issuer(&[ISSUER]);

    let key = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
    let read = jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap();

    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    assert_eq!(read.claims["sub"], claims().user.to_string());
}

#[test]
fn the_published_keys_hold_no_private_half() {
    let fixture = fixture();
    for key in fixture.signer.jwks()["keys"].as_array().unwrap() {
        let members: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x"]);
    }
}

#[test]
fn it_expires_to_the_second() {
    let fixture = fixture();
    let token = fixture.signer.sign(&claims());
    assert!(fixture.signer.verify(&token, at(NOW + 899)).is_ok());
    assert_eq!(
        fixture.signer.verify(&token, at(NOW + 900)),
        Err(TokenError::Expired)
    );
}

#[test]
fn hardening_27_no_signature_and_other_algorithms() {
    let fixture = fixture();
    let token = fixture.signer.sign(&claims());
    let payload = token.split('.').nth(1).unwrap();
    let kid = fixture.header()["kid"].clone();
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let header = encoded(&json!({"alg": algorithm, "typ": "at+jwt", "kid": kid}));
        for signature in ["", "AAAA", token.split('.').nth(2).unwrap()] {
            let forged = format!("{header}.{payload}.{signature}");
            assert_eq!(
                fixture.signer.verify(&forged, at(NOW)),
                Err(TokenError::Malformed),
                "{algorithm}"
            );
        }
    }
    for algorithm in ["HS256", "RS256", "ES256", "PS256", "Ed25519", "Ed448", "eddsa"] {
        let header = json!({"alg": algorithm, "typ": "at+jwt", "kid": kid});
        assert_eq!(
            fixture.verdict_on_header(&header),
            Err(TokenError::Malformed),
            "{algorithm}"
        );
    }
}

#[test]
fn hardening_27_the_public_key_is_no_secret_to_sign_with() {
    let fixture = fixture();
    let payload = decoded(&fixture.signer.sign(&claims()), 1);
    let published = URL_SAFE_NO_PAD.encode(fixture.public());
    for algorithm in ["HS256", "EdDSA"] {
        let header = json!({"alg": algorithm, "typ": "at+jwt", "kid": fixture.header()["kid"]});
        let signed = format!("{}.{}", encoded(&header), encoded(&payload));
        for secret in [&fixture.public()[..], published.as_bytes()] {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
            let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag));
            assert!(fixture.signer.verify(&forged, at(NOW)).is_err());
        }
    }
}

#[test]
fn hardening_27_hostile_key_names() {
    let fixture = fixture();
    let long = "k".repeat(1_000);
    let hostile = [
        "",
        "../../../../dev/null",
        "' OR 1=1 --",
        "\0",
        "a\r\nb",
        "|id",
        "0",
        &long,
    ];
    for kid in hostile {
        let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": kid});
        assert!(fixture.verdict_on_header(&header).is_err(), "{kid:?}");
    }
    for kid in [json!(1), json!(null), json!(["a"]), json!({"a": 1})] {
        let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": kid});
        assert_eq!(fixture.verdict_on_header(&header), Err(TokenError::Malformed));
    }
}

#[test]
fn hardening_27_keys_brought_along_are_not_used() {
    let fixture = fixture();
    let foreign = Ed25519KeyPair::generate().unwrap();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(foreign.public_key())});
    let payload = decoded(&fixture.signer.sign(&claims()), 1);
    let extras = [
        ("jwk", jwk),
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/chain.pem")),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["b64"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
    ];
    for (name, value) in extras {
        let mut header = fixture.header();
        header[name] = value;
        assert_eq!(
            fixture.verdict_on_header(&header),
            Err(TokenError::Malformed),
            "{name}, true key"
        );
        let signed = format!("{}.{}", encoded(&header), encoded(&payload));
        let signature = URL_SAFE_NO_PAD.encode(foreign.sign(signed.as_bytes()));
        let forged = format!("{signed}.{signature}");
        assert_eq!(
            fixture.signer.verify(&forged, at(NOW)),
            Err(TokenError::Malformed),
            "{name}"
        );
    }
}

#[test]
fn hardening_27_another_installations_token() {
    let (ours, theirs) = (fixture(), fixture());
    let token = theirs.signer.sign(&claims());
    assert_eq!(ours.signer.verify(&token, at(NOW)), Err(TokenError::BadSignature));

    let payload = token.split('.').nth(1).unwrap();
    let signed = format!("{}.{payload}", encoded(&ours.header()));
    let signature = URL_SAFE_NO_PAD.encode(theirs.signer.keys().current.sign(signed.as_bytes()));
    let forged = format!("{signed}.{signature}");
    assert!(
        ours.signer.verify(&forged, at(NOW)).is_err(),
        "our key's name, their signature"
    );
}

#[test]
fn hardening_27_times_that_are_no_integers() {
    let fixture = fixture();
    let exp = NOW + 900;
    let wrong = [
        json!(exp.to_string()),
        json!(1.8e9),
        json!(true),
        json!(null),
        json!([exp]),
        json!({}),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(-1),
    ];
    for value in wrong {
        for name in ["exp", "iat"] {
            let verdict = fixture.verdict_on_payload(|payload| payload[name] = value.clone());
            assert!(verdict.is_err(), "{name} = {value}: {verdict:?}");
        }
    }
    for name in ["exp", "iat", "sub", "sid", "iss", "aud", "jti", "client_id"] {
        let verdict = fixture.verdict_on_payload(|payload| {
            payload.as_object_mut().unwrap().remove(name);
        });
        assert_eq!(verdict, Err(TokenError::Malformed), "without {name}");
    }
}

#[test]
fn hardening_27_wrong_issuer_audience_and_type() {
    let fixture = fixture();
    for name in ["iss", "aud"] {
        for value in [
            json!("https://evil.example"),
            json!(""),
            json!([ISSUER]),
            json!(null),
            json!(format!("{ISSUER}/")),
        ] {
            let verdict = fixture.verdict_on_payload(|payload| payload[name] = value.clone());
            assert_eq!(verdict, Err(TokenError::Malformed), "{name} = {value}");
        }
    }
    for kind in ["JWT", "jwt", "rt+jwt", "application/at+jwt", "AT+JWT", ""] {
        let mut header = fixture.header();
        header["typ"] = json!(kind);
        assert_eq!(
            fixture.verdict_on_header(&header),
            Err(TokenError::Malformed),
            "{kind}"
        );
    }
}

#[test]
fn hardening_27_a_refresh_token_is_no_access_token() {
    let fixture = fixture();
    for refresh in [
        "",
        ".",
        "..",
        "...",
        "hr_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0",
        &"A".repeat(43),
    ] {
        assert_eq!(
            fixture.signer.verify(refresh, at(NOW)),
            Err(TokenError::Malformed),
            "{refresh}"
        );
    }
}

#[test]
fn doubled_and_unknown_members_are_refused() {
    let fixture = fixture();
    let payload = decoded(&fixture.signer.sign(&claims()), 1).to_string();
    let doubled = payload.replacen('{', &format!("{{\"exp\":{},", NOW + 1_000), 1);
    assert_eq!(
        fixture.verdict_on_raw_payload(&doubled),
        Err(TokenError::Malformed)
    );
    let verdict = fixture.verdict_on_payload(|payload| payload["role"] = json!("admin"));
    assert_eq!(verdict, Err(TokenError::Malformed));
}

#[test]
fn hardening_57_no_token_is_immortal() {
    let fixture = fixture();
    let ten_years = 10 * 365 * 86_400;
    let long = fixture.verdict_on_payload(|payload| payload["exp"] = json!(NOW + ten_years));
    assert_eq!(long, Err(TokenError::Malformed), "a lifetime beyond the limit");

    let from_the_future = fixture.signer.sign(&AccessClaims {
        issued_at: at(NOW + ten_years),
        expires_at: at(NOW + ten_years + 900),
        ..claims()
    });
    assert_eq!(
        fixture.signer.verify(&from_the_future, at(NOW)),
        Err(TokenError::Expired)
    );
}

#[test]
fn a_huge_token_is_not_looked_at() {
    let fixture = fixture();
    let token = fixture.signer.sign(&claims());
    let huge = format!("{token}{}", "A".repeat(MAX_TOKEN_BYTES));
    assert_eq!(fixture.signer.verify(&huge, at(NOW)), Err(TokenError::Malformed));
}

#[test]
fn old_tokens_hold_after_a_rotation_until_they_could_have_expired() {
    let fixture = fixture();
    let old = fixture.signer.sign(&claims());
    fixture.signer.rotate().unwrap();
    let new = fixture.signer.sign(&claims());

    assert!(fixture.signer.verify(&old, at(NOW + 1)).is_ok());
    assert!(fixture.signer.verify(&new, at(NOW + 1)).is_ok());
    assert_ne!(decoded(&old, 0)["kid"], decoded(&new, 0)["kid"]);
    assert_eq!(fixture.signer.jwks()["keys"].as_array().unwrap().len(), 2);

    fixture.clock.0.store(NOW + 86_400 + 61, Ordering::SeqCst);
    fixture.signer.rotate().unwrap();
    let kids: Vec<_> = fixture
        .signer
        .keys()
        .verifying
        .iter()
        .map(|key| key.kid.clone())
        .collect();
    assert!(!kids.iter().any(|kid| *kid == decoded(&old, 0)["kid"]));
    assert_eq!(
        fixture.signer.verify(&old, at(NOW + 1)),
        Err(TokenError::BadSignature)
    );
}

#[test]
fn a_stolen_retired_key_makes_no_new_tokens() {
    let fixture = fixture();
    let stolen = fixture.signer.keys();
    fixture.signer.rotate().unwrap();
    let payload = json!({
        "iss": ISSUER, "aud": ISSUER, "client_id": CLIENT, "jti": "a",
        "sub": claims().user.to_string(), "sid": claims().session.to_string(),
        "iat": NOW + 3_600, "exp": NOW + 4_500,
    });
    let signed = format!("{}.{}", stolen.verifying[0].header_segment, encoded(&payload));
    let forged = format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(stolen.current.sign(signed.as_bytes()))
    );

    assert_eq!(
        fixture.signer.verify(&forged, at(NOW + 3_600)),
        Err(TokenError::BadSignature)
    );
}

#[test]
fn another_process_sees_a_rotation_after_a_reload() {
    let fixture = fixture();
    let other = Ed25519Signer::open(fixture.directory.path(), ISSUER, fixture.clock.clone()).unwrap();
    other.rotate().unwrap();
    let token = other.sign(&claims());

    assert_eq!(
        fixture.signer.verify(&token, at(NOW)),
        Err(TokenError::BadSignature)
    );
    fixture.signer.reload().unwrap();
    assert!(fixture.signer.verify(&token, at(NOW)).is_ok());
}

proptest::proptest! {
    #[test]
    fn no_changed_token_is_accepted(place in 0_usize..600, byte in proptest::char::range('!', '~')) {
        let fixture = fixture();
        let token = fixture.signer.sign(&claims());
        let mut changed: Vec<char> = token.chars().collect();
        let place = place % changed.len();
        changed[place] = byte;
        let changed: String = changed.into_iter().collect();
        if changed != token {
            proptest::prop_assert!(fixture.signer.verify(&changed, at(NOW)).is_err());
        }
    }

    #[test]
    fn no_text_is_a_token(text in ".{0,200}") {
        proptest::prop_assert!(fixture().signer.verify(&text, at(NOW)).is_err());
    }
}
