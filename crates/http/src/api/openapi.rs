//! The OpenAPI 3.1 document, made from the routes, and the pages to browse it.
use super::App;
use crate::problem::ProblemDocument;
use axum::Router;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, header};
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, License, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// The document that describes every route below `/api`.
pub fn document() -> OpenApi {
    let mut document = super::routes().into_openapi();
    let mut licence = License::new("Apache-2.0");
    licence.identifier = Some("Apache-2.0".into());
    document.info = InfoBuilder::new()
        .title("Homeroom")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Share study material and find the page again. Errors are RFC 9457 problem documents with a stable `code`; \
             lists take `limit` and `cursor`; times are RFC 3339 UTC; unknown fields are refused.",
        ))
        .license(Some(licence))
        .build();
    let components = document
        .components
        .take()
        .unwrap_or_else(|| ComponentsBuilder::new().build());
    let mut components = components;
    let bearer = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components
        .schemas
        .insert(ProblemDocument::name().into_owned(), ProblemDocument::schema());
    document.components = Some(components);
    describe_problems(&mut document);
    document
}

/// Every route may also answer with a problem that is not particular to it: limits, overload.
fn describe_problems(document: &mut OpenApi) {
    let content = ContentBuilder::new()
        .schema(Some(RefOr::Ref(Ref::from_schema_name(ProblemDocument::name()))))
        .build();
    let problem = ResponseBuilder::new()
        .description("A problem that is not particular to this route")
        .content("application/problem+json", content)
        .build();
    for path in document.paths.paths.values_mut() {
        let operations = [
            &mut path.get,
            &mut path.put,
            &mut path.post,
            &mut path.delete,
            &mut path.patch,
            &mut path.head,
        ];
        for operation in operations.into_iter().flatten() {
            operation
                .responses
                .responses
                .insert("default".into(), problem.clone().into());
        }
    }
}

/// The document as it is served and kept in `docs/api/openapi.json`.
pub(super) fn json() -> Bytes {
    let text = document().to_pretty_json().expect("an OpenAPI document is JSON");
    Bytes::from(text + "\n")
}

pub(super) fn answer(json: Bytes) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], json)
}

/// As everywhere, and the little pictures that Swagger UI's own style sheet holds.
const DOCS_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);

/// `/docs`, with all assets from the binary.
pub(super) fn docs() -> Router<App> {
    let config = Config::from("/openapi.json")
        .validator_url("none")
        .use_base_layout();
    let router: Router<App> = SwaggerUi::new("/docs").config(config).into();
    router.layer(map_response(async |mut response: Response| {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, DOCS_POLICY);
        response
    }))
}
