//! What answers for each page: reads a request, calls use cases, fills a context.
mod account;
mod attached;
mod board;
mod calendar;
mod captions;
mod cards;
mod classes;
mod entrance;
mod find;
mod form;
mod home;
mod lesson;
mod listing;
mod manage;
mod options;
mod reader;
mod recent;
mod share;
mod visitor;

pub(in crate::web) use visitor::language;

use super::assets;
use crate::api::App;
use axum::Router;
use axum::routing::{get, post};

/// All pages and their assets.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::page))
        .route("/search", get(find::page))
        .route("/materials", get(listing::everything))
        .route("/subjects/{slug}", get(listing::subject))
        .route("/grades/{grade}", get(listing::grade))
        .route("/materials/{id}", get(reader::page))
        .route("/materials/{id}/leaves/{number}", get(reader::leaf))
        .route("/materials/{id}/find", get(reader::find))
        .route("/materials/{id}/place", get(reader::place))
        .route("/materials/{id}/print", get(reader::printed))
        .route("/materials/{id}/edit", get(manage::edit).post(manage::save))
        .route("/materials/{id}/captions", post(captions::set))
        .route("/materials/{id}/captions/delete", post(captions::remove))
        .route("/materials/{id}/delete", post(manage::delete))
        .route("/mine", get(manage::mine))
        .route("/classes", get(classes::list).post(classes::create))
        .route("/classes/join", post(classes::join))
        .route("/join/{code}", get(classes::join_page))
        .route("/classes/{id}", get(classes::page))
        .route(
            "/classes/{id}/settings",
            get(classes::settings::page).post(classes::settings::save),
        )
        .route("/classes/{id}/holidays", post(classes::settings::holidays))
        .route("/classes/{id}/archive", post(classes::settings::archive))
        .route("/classes/{id}/delete", post(classes::settings::delete))
        .route("/classes/{id}/join-code", post(classes::manage::join_code))
        .route("/classes/{id}/teachers", post(classes::manage::teachers))
        .route("/classes/{id}/function-url", post(classes::manage::function_url))
        .route("/classes/{id}/leave", post(classes::manage::leave))
        .route(
            "/classes/{id}/plan",
            get(classes::plan::page).post(classes::plan::save),
        )
        .route(
            "/classes/{id}/members/new",
            get(classes::members::new).post(classes::members::add),
        )
        .route(
            "/classes/{id}/members/{member}",
            get(classes::members::edit).post(classes::members::save),
        )
        .route(
            "/classes/{id}/members/{member}/remove",
            post(classes::members::remove),
        )
        .route(
            "/classes/{id}/roster",
            get(classes::roster::page)
                .post(classes::roster::preview)
                .layer(axum::extract::DefaultBodyLimit::disable()),
        )
        .route(
            "/classes/{id}/roster/import",
            post(classes::roster::import).layer(axum::extract::DefaultBodyLimit::disable()),
        )
        .route("/classes/{id}/term", get(classes::term::page))
        .route("/calendar", get(calendar::page))
        .route("/calendar/feed", post(calendar::feed))
        .route("/view/{date}", get(calendar::day))
        .route("/lessons/{id}", get(lesson::page))
        .route("/lessons/{id}/rows", get(board::rows))
        .route("/lessons/{id}/marks", post(board::mark))
        .route(
            "/lessons/{id}/edit",
            get(classes::plan::edit).post(classes::plan::change),
        )
        .route("/lessons/{id}/cancel", post(classes::plan::cancel))
        .route("/lessons/{id}/delete", post(classes::plan::delete))
        .route("/submissions/{id}/review", post(board::review))
        .route("/submissions/{id}/edit", post(lesson::edit))
        .route("/submissions/{id}/delete", post(lesson::delete))
        .route("/share", get(share::page))
        .route(
            "/share/simple",
            post(share::simple).layer(axum::extract::DefaultBodyLimit::disable()),
        )
        .route("/login", get(entrance::log_in_page).post(entrance::log_in))
        .route("/signup", get(entrance::sign_up_page).post(entrance::sign_up))
        .route(
            "/setup/{token}",
            get(entrance::set_up_page).post(entrance::set_up),
        )
        .route("/logout", post(entrance::log_out))
        .route("/account", get(account::page).post(account::save))
        .route("/account/password", post(account::change_password))
        .route("/account/delete", post(account::delete))
        .route("/account/sessions/{id}/end", post(account::end_session))
        .route("/keys", get(home::keys))
        .route("/assets/{*path}", get(assets::serve))
        .fallback(visitor::nothing_here)
}
