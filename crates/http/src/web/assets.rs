//! Style sheets, ES modules and icons, from the binary.
//!
//! Every address holds a hash over all assets (`/assets/{build}/js/main.js`), so that relative
//! imports between modules keep working, answers may be kept for ever, and a new build is a new address.
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// Sixteen hexadecimal digits over the names and contents of all assets.
pub fn build_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        let mut names: Vec<_> = names().collect();
        names.sort();
        let mut hasher = DefaultHasher::new();
        for name in names {
            if let Some(file) = Assets::get(&name) {
                (name, file.metadata.sha256_hash()).hash(&mut hasher);
            }
        }
        format!("{:016x}", hasher.finish())
    })
}

/// Where a browser gets an asset: `asset_url("css/base.css")`.
pub fn asset_url(name: &str) -> String {
    format!("/assets/{}/{name}", build_hash())
}

/// All assets' names, such as `js/main.js`, in no particular order.
pub fn names() -> impl Iterator<Item = String> {
    Assets::iter().map(std::borrow::Cow::into_owned)
}

/// An asset's bytes.
pub fn content(name: &str) -> Option<Vec<u8>> {
    Assets::get(name).map(|file| file.data.into_owned())
}

/// `GET /assets/{*path}`: the asset, or 304 when the browser has it, or 404.
///
/// An address of an earlier build still answers, with the present content and without permission
/// to keep it, so that a page loaded before an upgrade goes on working.
pub async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some((build, name)) = path.split_once('/') else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(file) = Assets::get(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let caching = if build == build_hash() { FOREVER } else { ASK_AGAIN };
    answer(
        name,
        file,
        caching,
        headers
            .get(header::IF_NONE_MATCH)
            .map(header::HeaderValue::as_bytes),
    )
}

fn answer(name: &str, file: EmbeddedFile, caching: &'static str, known: Option<&[u8]>) -> Response {
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let fresh = known.is_some_and(|known| known == tag.as_bytes());
    let mut response = if fresh {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.into_owned().into_response()
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(media_type(name)),
    );
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static(caching));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        header::HeaderValue::from_static("nosniff"),
    );
    if let Ok(tag) = tag.parse() {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(path: &str, known: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(known) = known {
            headers.insert(header::IF_NONE_MATCH, known.parse().unwrap());
        }
        serve(Path(path.to_owned()), headers).await
    }

    fn of(response: &Response, name: header::HeaderName) -> &str {
        response.headers()[name].to_str().unwrap()
    }

    #[tokio::test]
    async fn an_asset_is_kept_for_ever_at_its_hashed_address_and_asked_for_again_at_an_old_one() {
        let path = asset_url("css/base.css");
        let path = path.strip_prefix("/assets/").unwrap();
        let answer = get(path, None).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(of(&answer, header::CACHE_CONTROL), FOREVER);
        assert_eq!(of(&answer, header::CONTENT_TYPE), "text/css; charset=utf-8");

        let tag = of(&answer, header::ETAG).to_owned();
        assert_eq!(get(path, Some(&tag)).await.status(), StatusCode::NOT_MODIFIED);
        let old = get("0000000000000000/css/base.css", None).await;
        assert_eq!(
            (old.status(), of(&old, header::CACHE_CONTROL)),
            (StatusCode::OK, ASK_AGAIN)
        );
    }

    #[tokio::test]
    async fn what_is_not_embedded_is_not_found() {
        for path in [
            "x",
            "x/",
            "x/../Cargo.toml",
            "x/css/../../Cargo.toml",
            "x//etc/passwd",
        ] {
            assert_eq!(get(path, None).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn modules_import_only_modules_that_exist() {
        for name in names().filter(|name| name.starts_with("js/")) {
            let source = String::from_utf8(content(&name).unwrap()).unwrap();
            let statements = source.lines().filter(|line| line.starts_with("import "));
            for import in statements.filter_map(|line| line.split('"').nth(1)) {
                let base = url::Url::parse(&format!("http://a/{name}")).unwrap();
                let target = base.join(import).unwrap();
                assert!(
                    Assets::get(&target.path()[1..]).is_some(),
                    "{name} imports {import}"
                );
            }
        }
    }
}
