//! Who looks at a page, in which language, and what they are told when it cannot be shown.
use crate::api::App;
use crate::api::caller::{browser_session, check_rate, cookie};
use crate::gateway::request_id;
use crate::problem::Problem;
use crate::web::context::{Chrome, SignedIn};
use crate::web::localizer::{Lang, Localizer};
use crate::web::pages::errors::{self, ErrorPage, Trouble};
use crate::web::parts;
use crate::web::problem_pages::wants_page;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use homeroom_core::domain::policy::Actor;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::authenticate::Identity;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use maud::Markup;

const LANG_COOKIE: &str = "lang";

/// Whoever looks at a page.
pub(super) struct Visitor {
    pub app: App,
    pub identity: Option<Identity>,
    pub t: &'static Localizer,
    pub headers: HeaderMap,
    pub here: String,
    /// The page to come back to after logging in: this one, or the one whose form was sent.
    pub page: String,
    chosen: Option<Lang>,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let here = parts
            .extensions
            .get::<OriginalUri>()
            .map_or(&parts.uri, |uri| &uri.0);
        let here = here.path_and_query().map_or("/", |text| text.as_str()).to_owned();
        let chosen = parameter(&here, "lang").and_then(|code| Lang::from_code(&code));
        let mut visitor = Self {
            app: app.clone(),
            identity: None,
            t: Localizer::of(chosen.unwrap_or_else(|| language(&parts.headers))),
            headers: parts.headers.clone(),
            page: if parts.method.is_safe() {
                here.clone()
            } else {
                page_of_form(&parts.headers)
            },
            here,
            chosen,
        };
        match browser_session(app, &parts.headers).await {
            Ok(identity) => {
                let rate = identity
                    .as_ref()
                    .map_or(Ok(()), |identity| check_rate(parts, identity));
                visitor.identity = identity;
                rate.map_err(|problem| visitor.trouble(&problem))?;
            }
            Err(problem) => return Err(visitor.trouble(&problem)),
        }
        Ok(visitor)
    }
}

/// The first value of a parameter in a path with a query.
pub(super) fn parameter(here: &str, name: &str) -> Option<String> {
    let query = here.split_once('?')?.1;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// Where a form was sent from; home when the browser does not say. The log-in goes to paths of this
/// site only, whatever stands here.
fn page_of_form(headers: &HeaderMap) -> String {
    headers
        .get(header::REFERER)
        .and_then(|value| url::Url::parse(value.to_str().ok()?).ok())
        .map_or_else(
            || "/".to_owned(),
            |page| page[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
        )
}

/// The language that was chosen here before, or else the best of those that the browser asks for.
pub(in crate::web) fn language(headers: &HeaderMap) -> Lang {
    let remembered = cookie(headers, LANG_COOKIE).and_then(Lang::from_code);
    remembered.unwrap_or_else(|| {
        let wishes = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        Lang::negotiate(wishes.unwrap_or_default())
    })
}

impl Visitor {
    /// For the policy.
    pub fn actor(&self) -> Actor {
        self.identity
            .as_ref()
            .map_or(Actor::Anonymous, |identity| identity.actor.clone())
    }

    /// What surrounds the page.
    pub fn chrome(&self) -> Chrome {
        Chrome {
            here: self.here.clone(),
            user: self.identity.as_ref().map(|identity| SignedIn {
                name: identity.user.display_name().to_owned(),
                csrf: identity.csrf.clone().unwrap_or_default(),
            }),
            notice: None,
            version: self.app.version.to_owned(),
        }
    }

    /// The signed-in user, or the way to the log-in and back.
    pub fn signed_in(&self) -> Result<&Identity, Box<Response>> {
        self.identity
            .as_ref()
            .ok_or_else(|| Box::new(Redirect::to(&parts::login_url(&self.page)).into_response()))
    }

    /// The page; a language that was chosen on the way is remembered for a year.
    pub fn show(&self, page: Markup) -> Response {
        self.show_as(StatusCode::OK, page)
    }

    /// The page with a status.
    pub fn show_as(&self, status: StatusCode, page: Markup) -> Response {
        let language = (header::CONTENT_LANGUAGE, self.t.lang().code());
        let kept = self.chosen.map(|lang| {
            let secure = if self.app.https { "; Secure" } else { "" };
            let cookie = format!(
                "{LANG_COOKIE}={}; Path=/; SameSite=Lax; Max-Age=31536000{secure}",
                lang.code()
            );
            AppendHeaders([(header::SET_COOKIE, cookie)])
        });
        match kept {
            Some(kept) => (status, kept, [language], page).into_response(),
            None => (status, [language], page).into_response(),
        }
    }

    /// What is shown instead of a page that a use case refuses.
    pub fn refused(&self, error: UseCaseError) -> Response {
        match error {
            UseCaseError::Unauthenticated(_) if self.identity.is_none() => {
                Redirect::to(&parts::login_url(&self.page)).into_response()
            }
            error => self.trouble(&error.into()),
        }
    }

    /// What is shown instead of a page.
    pub fn trouble(&self, problem: &Problem) -> Response {
        let page = ErrorPage {
            chrome: self.chrome(),
            trouble: Trouble::of_status(problem.status.as_u16()),
            request_id: request_id::current().map(|id| id.to_string()),
        };
        let mut response = self.show_as(problem.status, errors::page(&page, self.t));
        if let Some(after) = problem.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, after.as_secs().max(1).into());
        }
        response
    }
}

/// Unknown paths: a page for people, a problem document for programs.
pub(super) async fn nothing_here(visitor: Visitor) -> Response {
    let problem = Problem::not_found();
    if wants_page(&visitor.headers, &visitor.here) {
        visitor.trouble(&problem)
    } else {
        problem.into_response()
    }
}
