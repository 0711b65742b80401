//! The product's pages: server-rendered, whole without JavaScript, in every language that is spoken here.
//!
//! A page is `pages::<name>::page(&context, &localizer)`. Contexts are plain data that handlers have
//! decided; templates only write them down. There is no inline script and no inline style anywhere,
//! so that the content security policy needs no exception.
pub mod assets;
pub mod context;
pub mod formula;
pub mod handlers;
pub mod icons;
pub mod layout;
pub mod localizer;
pub mod pages;
pub mod parts;
pub(crate) mod problem_pages;
pub mod samples;
pub(crate) mod source;

#[cfg(test)]
mod tests;
