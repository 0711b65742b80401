//! Signing up, logging in, and making the first administrator.
use crate::web::context::{Chrome, Field, SelectOption};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::parts::{self, Input, Need, query_value};
use homeroom_core::domain::user::MIN_PASSWORD_CHARACTERS;
use maud::{Markup, html};

/// The log-in form.
#[derive(Clone, Debug, PartialEq)]
pub struct LogInPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where one goes after; a path on this site.
    pub next: String,
    /// User name or e-mail address.
    pub login: Field,
    /// What is wrong with the whole.
    pub error: Option<String>,
}

/// The sign-up form.
#[derive(Clone, Debug, PartialEq)]
pub struct SignUpPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where one goes after; a path on this site.
    pub next: String,
    /// What others call them by.
    pub username: Field,
    /// Where they can be reached.
    pub email: Field,
    /// How others see them.
    pub full_name: Field,
    /// Never holds a value; only what is wrong.
    pub password: Field,
    /// Grades, the first being "none".
    pub grades: Vec<SelectOption>,
    /// What is wrong with the whole.
    pub error: Option<String>,
}

/// The one-time form that makes the first administrator.
#[derive(Clone, Debug, PartialEq)]
pub struct SetUpPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where the form is posted: holds the one-time token.
    pub action: String,
    /// What others call them by.
    pub username: Field,
    /// Where they can be reached.
    pub email: Field,
    /// How others see them.
    pub full_name: Field,
    /// Never holds a value; only what is wrong.
    pub password: Field,
    /// What is wrong with the whole.
    pub error: Option<String>,
}

/// Logging in.
pub fn log_in(ctx: &LogInPage, t: &Localizer) -> Markup {
    let body = html! {
        form.form method="post" action="/login" {
            (wrong(ctx.error.as_deref()))
            (parts::csrf_field(ctx.chrome.csrf()))
            input type="hidden" name="next" value=(ctx.next);
            (parts::input(&Input { name: "login", label: t.text("field-login"), hint: None, kind: "text",
                autocomplete: "username", need: Need::Required, max: 254 }, &ctx.login))
            (password("current-password", None, &Field::default(), t))
            button.button.button-primary.button-wide { (t.text("log-in")) }
        }
        p.aside { (t.text("no-account-yet")) " " a href={ "/signup?next=" (query_value(&ctx.next)) } { (t.text("sign-up")) } }
    };
    door(&ctx.chrome, &t.text("log-in-title"), None, &body, t)
}

/// Signing up.
pub fn sign_up(ctx: &SignUpPage, t: &Localizer) -> Markup {
    let body = html! {
        form.form method="post" action="/signup" {
            (wrong(ctx.error.as_deref()))
            (parts::csrf_field(ctx.chrome.csrf()))
            input type="hidden" name="next" value=(ctx.next);
            (who(&ctx.username, &ctx.email, &ctx.full_name, t))
            (parts::select("grade", &t.text("facet-grade"), &ctx.grades))
            (password("new-password", Some(password_hint(t)), &ctx.password, t))
            button.button.button-primary.button-wide { (t.text("sign-up")) }
        }
        p.aside { (t.text("have-account")) " " a href={ "/login?next=" (query_value(&ctx.next)) } { (t.text("log-in")) } }
    };
    door(&ctx.chrome, &t.text("sign-up-title"), None, &body, t)
}

/// Making the first administrator.
pub fn set_up(ctx: &SetUpPage, t: &Localizer) -> Markup {
    let body = html! {
        form.form method="post" action=(ctx.action) {
            (wrong(ctx.error.as_deref()))
            (parts::csrf_field(ctx.chrome.csrf()))
            (who(&ctx.username, &ctx.email, &ctx.full_name, t))
            (password("new-password", Some(password_hint(t)), &ctx.password, t))
            button.button.button-primary.button-wide { (t.text("set-up-go")) }
        }
    };
    door(
        &ctx.chrome,
        &t.text("set-up-title"),
        Some(t.text("set-up-hint")),
        &body,
        t,
    )
}

fn door(chrome: &Chrome, title: &str, intro: Option<String>, form: &Markup, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome,
        title: title.to_owned(),
        class: "page-door",
        search: HeaderSearch::OnPage,
        scripts: &[],
        words: &[],
    };
    let body =
        html! { div.door { h1 { (title) } @if let Some(intro) = intro { p.hint { (intro) } } (form) } };
    document(&frame, &body, t)
}

/// What is wrong with a whole form, above it.
pub fn wrong(error: Option<&str>) -> Markup {
    html! { @if let Some(error) = error { p.form-error role="alert" { (icon(Icon::Warning)) (error) } } }
}

fn who(username: &Field, email: &Field, full_name: &Field, t: &Localizer) -> Markup {
    html! {
        (parts::input(&Input { name: "username", label: t.text("field-username"), hint: Some(t.text("field-username-hint")),
            kind: "text", autocomplete: "username", need: Need::Required, max: 32 }, username))
        (parts::input(&Input { name: "email", label: t.text("field-email"), hint: None, kind: "email",
            autocomplete: "email", need: Need::Required, max: 254 }, email))
        (parts::input(&Input { name: "full_name", label: t.text("field-full-name"), hint: Some(t.text("field-full-name-hint")),
            kind: "text", autocomplete: "name", need: Need::Optional, max: 100 }, full_name))
    }
}

/// How long a new password has to be.
pub fn password_hint(t: &Localizer) -> String {
    t.with("field-password-hint", &[("n", MIN_PASSWORD_CHARACTERS.into())])
}

fn password(autocomplete: &str, hint: Option<String>, field: &Field, t: &Localizer) -> Markup {
    parts::input(
        &Input {
            name: "password",
            label: t.text("field-password"),
            hint,
            kind: "password",
            autocomplete,
            need: Need::Required,
            max: 256,
        },
        field,
    )
}
