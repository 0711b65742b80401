//! What answers for each page: reads a request, calls use cases, fills a context.
mod account;
mod attached;
mod captions;
mod cards;
mod entrance;
mod find;
mod form;
mod home;
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
