//! Sharing: the page of the uploader, and a plain form for browsers without scripts.
use super::attached::AttachedForm;
use super::cards::Subjects;
use super::options;
use super::visitor::Visitor;
use crate::api::{App, CallerOrigin};
use crate::problem::Problem;
use crate::web::pages::share::{self, SharePage, UnfinishedUpload};
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use futures::{StreamExt, TryStreamExt, stream};
use homeroom_core::domain::upload::Upload;
use homeroom_core::ports::object_store::Audience;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::begin_upload::{get_upload, list_uploads};
use homeroom_core::usecases::share_content::{MAX_SHARED_BYTES, share_content};
use homeroom_core::usecases::update_material::DetailsChange;
use http::StatusCode;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Simple forms read at a time: each holds its file in memory.
static PLACES: Semaphore = Semaphore::const_new(2);
/// How long a simple form may take.
const PATIENCE: Duration = Duration::from_mins(5);
/// Uploads that storage is asked about side by side.
const LOOKED_UP_AT_ONCE: usize = 8;

/// `GET /share`
pub(super) async fn page(visitor: Visitor, origin: CallerOrigin) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    match context(&visitor, &origin.0).await {
        Ok(context) => visitor.show(share::page(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

async fn context(visitor: &Visitor, audience: &Audience) -> Result<SharePage, UseCaseError> {
    let subjects = Subjects::read(visitor).await?;
    let own = visitor.identity.as_ref().and_then(|identity| identity.user.grade);
    let grade = own.map(|grade| grade.number().to_string()).unwrap_or_default();
    let uploads = list_uploads(&visitor.app.product, &visitor.actor(), 100, None).await?;
    let unfinished = uploads.items.into_iter().filter(|upload| !upload.open_length);
    let settings = &visitor.app.product.settings;
    Ok(SharePage {
        chrome: visitor.chrome(),
        subjects: options::subjects(&subjects, visitor, ""),
        grades: options::grades(visitor, &grade),
        visibilities: options::visibilities(visitor, "school"),
        unfinished: stream::iter(unfinished.map(|upload| unfinished_upload(visitor, upload, audience)))
            .buffered(LOOKED_UP_AT_ONCE)
            .try_collect()
            .await?,
        max_bytes: settings.max_upload_bytes.min(settings.quota_bytes),
    })
}

/// An upload with what has arrived of it, which storage is asked for.
async fn unfinished_upload(
    visitor: &Visitor,
    upload: Upload,
    audience: &Audience,
) -> Result<UnfinishedUpload, UseCaseError> {
    let received = match get_upload(&visitor.app.product, &visitor.actor(), upload.id, audience).await {
        Ok(view) => view.received,
        // It was shared or given up a moment ago.
        Err(UseCaseError::NotFound) => upload.size,
        Err(error) => return Err(error),
    };
    Ok(UnfinishedUpload {
        id: upload.id.to_string(),
        filename: upload.filename.as_str().to_owned(),
        size: upload.size,
        received,
    })
}

/// `POST /share/simple`: one small file with a few words about it.
pub(super) async fn simple(State(app): State<App>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let visitor = match Visitor::from_request_parts(&mut parts, &app).await {
        Ok(visitor) => visitor,
        Err(response) => return response,
    };
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    let request = Request::from_parts(parts, body);
    let work = async {
        let _place = PLACES.acquire().await.map_err(|_| Problem::unavailable())?;
        let form = AttachedForm::read(&app, request, &visitor, MAX_SHARED_BYTES).await?;
        publish(&visitor, form).await
    };
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(url)) => Redirect::to(&url).into_response(),
        Ok(Err(problem)) => visitor.trouble(&problem),
        Err(_) => visitor.trouble(&Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "timed_out",
            "That took too long",
        )),
    }
}

async fn publish(visitor: &Visitor, form: AttachedForm) -> Result<String, Problem> {
    let field = |name: &str| form.optional(name);
    let details = DetailsChange {
        title: field("title"),
        subject: field("subject").map(Some),
        grade: field("grade").map(|grade| Some(grade.parse().unwrap_or(-1))),
        visibility: field("visibility"),
        ..DetailsChange::default()
    };
    let product = &visitor.app.product;
    let material = share_content(product, &visitor.actor(), &form.filename, form.content, details).await?;
    Ok(format!("/materials/{}", material.id))
}
