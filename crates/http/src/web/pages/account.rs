//! The reader's own account: who they are, their password, where they are logged in, leaving.
use crate::web::context::{Chrome, Field, SelectOption};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::pages::entrance::{password_hint, wrong};
use crate::web::parts::{self, Input, Need};
use jiff::civil::Date;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountPage {
    /// Around it.
    pub chrome: Chrome,
    /// Cannot be changed.
    pub username: String,
    /// Cannot be changed here.
    pub email: String,
    /// How others see them.
    pub full_name: Field,
    /// Grades, the present one chosen.
    pub grades: Vec<SelectOption>,
    /// What they may do.
    pub role: homeroom_core::domain::user::Role,
    /// Since when.
    pub member_since: Date,
    /// Never hold values; only what is wrong.
    pub password: PasswordFields,
    /// Where they are logged in, this one first.
    pub sessions: Vec<SessionLine>,
    /// What is wrong with leaving.
    pub delete_error: Option<String>,
}

/// What is wrong with a change of password.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PasswordFields {
    /// The present one.
    pub current: Field,
    /// The new one.
    pub new: Field,
}

/// Somewhere they are logged in.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionLine {
    /// The browser or program, as it named itself.
    pub agent: String,
    /// Since when.
    pub since: Date,
    /// Here, or where a form is posted that ends it.
    pub place: SessionPlace,
}

/// Whether a session is the present one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionPlace {
    /// It is.
    Here,
    /// It is another.
    Elsewhere {
        /// Where a form is posted that ends it.
        end_url: String,
    },
}

/// The page.
pub fn page(ctx: &AccountPage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: t.text("account-title"),
        class: "page-form",
        search: HeaderSearch::Shown(""),
        scripts: &[],
        words: &[],
    };
    let body = html! {
        div.narrow {
            div.account-head {
                h1 { (t.text("account-title")) }
                form method="post" action="/logout" { (parts::csrf_field(ctx.chrome.csrf())) button.button { (t.text("log-out")) } }
            }
            (me(ctx, t))
            (change_password(ctx, t))
            (sessions(ctx, t))
            (leave(ctx, t))
        }
    };
    document(&frame, &body, t)
}

fn me(ctx: &AccountPage, t: &Localizer) -> Markup {
    use homeroom_core::domain::user::Role;
    let role = t.text(match ctx.role {
        Role::Student => "role-student",
        Role::Teacher => "role-teacher",
        Role::Moderator => "role-moderator",
        Role::Admin => "role-admin",
    });
    html! {
        form.form.panel method="post" action="/account" {
            (parts::csrf_field(ctx.chrome.csrf()))
            dl.facts {
                div.fact { dt { (t.text("field-username")) } dd { bdi { (ctx.username) } } }
                div.fact { dt { (t.text("field-email")) } dd { bdi { (ctx.email) } } }
                div.fact { dt { (t.text("account-role")) } dd { (role) } }
                div.fact { dt { (t.text("account-since")) } dd { (t.day(ctx.member_since)) } }
            }
            (parts::input(&Input { name: "full_name", label: t.text("field-full-name"), hint: Some(t.text("field-full-name-hint")),
                kind: "text", autocomplete: "name", need: Need::Optional, max: 100 }, &ctx.full_name))
            (parts::select("grade", &t.text("facet-grade"), &ctx.grades))
            div.form-actions { button.button.button-primary { (t.text("save")) } }
        }
    }
}

fn change_password(ctx: &AccountPage, t: &Localizer) -> Markup {
    html! {
        form.form.panel method="post" action="/account/password" aria-labelledby="change-password" {
            h2 #change-password { (t.text("account-password")) }
            (parts::csrf_field(ctx.chrome.csrf()))
            (parts::input(&Input { name: "current_password", label: t.text("account-password-current"), hint: None,
                kind: "password", autocomplete: "current-password", need: Need::Required, max: 256 }, &ctx.password.current))
            (parts::input(&Input { name: "new_password", label: t.text("account-password-new"), hint: Some(password_hint(t)),
                kind: "password", autocomplete: "new-password", need: Need::Required, max: 256 }, &ctx.password.new))
            p.hint { (t.text("account-password-hint")) }
            div.form-actions { button.button { (t.text("account-password-go")) } }
        }
    }
}

fn sessions(ctx: &AccountPage, t: &Localizer) -> Markup {
    html! {
        section.panel aria-labelledby="sessions" {
            h2 #sessions { (t.text("account-sessions")) }
            ul.sessions {
                @for session in &ctx.sessions {
                    li {
                        span.row-text {
                            bdi.row-title { (session.agent) }
                            span.meta { (t.with("account-session-since", &[("date", t.day(session.since).into())])) }
                        }
                        @match &session.place {
                            SessionPlace::Here => span.state.state-ready { (t.text("account-session-here")) },
                            SessionPlace::Elsewhere { end_url } => form method="post" action=(end_url) {
                                (parts::csrf_field(ctx.chrome.csrf()))
                                button.button { (t.text("log-out")) }
                            },
                        }
                    }
                }
            }
        }
    }
}

/// The one thing that cannot be undone asks for the password, not for "are you sure".
fn leave(ctx: &AccountPage, t: &Localizer) -> Markup {
    html! {
        details.panel.leave open[ctx.delete_error.is_some()] {
            summary { (t.text("account-delete")) }
            form.form method="post" action="/account/delete" {
                (wrong(ctx.delete_error.as_deref()))
                (parts::csrf_field(ctx.chrome.csrf()))
                p { (t.text("account-delete-what")) }
                (parts::input(&Input { name: "password", label: t.text("field-password"), hint: None, kind: "password",
                    autocomplete: "current-password", need: Need::Required, max: 256 }, &Field::default()))
                div.form-actions { button.button.button-danger { (t.text("account-delete-go")) } }
            }
        }
    }
}
