//! DeleteObject and DeleteObjects: the index first, then the files.
use super::Call;
use crate::embedded::checksum::Expected;
use crate::embedded::error::{Code, S3Error, S3Result};
use crate::embedded::response::{ResponseBody, empty, xml};
use crate::xml::{Element, Writer};
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body::Body;

const MOST_KEYS: usize = 1_000;
/// 1,000 keys of 1,024 bytes, each byte escaped.
const LARGEST_BYTES: u64 = 8 * 1024 * 1024;

impl<B> Call<'_, B>
where
    B: Body<Data = Bytes> + Unpin + Send,
{
    pub(super) async fn delete_one(self, key: String) -> S3Result<Response<ResponseBody>> {
        let unused = self.endpoint.inner.index.delete(vec![key]).await?;
        self.endpoint.discard(unused);
        Ok(empty(StatusCode::NO_CONTENT))
    }

    pub(super) async fn delete_many(self) -> S3Result<Response<ResponseBody>> {
        let expected = Expected::read(&self.parts.headers, &self.payload, None)?;
        let document = self.body.read_document(&expected, LARGEST_BYTES).await?;
        let malformed = || S3Error::from(Code::MalformedXML);
        let root = Element::parse(&document).map_err(|_| malformed())?;
        let quiet = root
            .value("Quiet")
            .is_some_and(|quiet| quiet.trim().eq_ignore_ascii_case("true"));
        let keys: Vec<String> = root
            .all("Object")
            .map(|object| object.value("Key").map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(malformed)?;
        if root.name != "Delete" || keys.is_empty() || keys.len() > MOST_KEYS {
            return Err(malformed());
        }
        let unused = self.endpoint.inner.index.delete(keys.clone()).await?;
        self.endpoint.discard(unused);
        Ok(xml(Writer::root("DeleteResult", |writer| {
            for key in keys.iter().filter(|_| !quiet) {
                writer.nest("Deleted", |writer| writer.text("Key", key));
            }
        })))
    }
}
