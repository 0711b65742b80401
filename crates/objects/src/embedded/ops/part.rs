//! UploadPart: as PutObject, but what arrives becomes a part of an upload that is still open.
use super::put::{etag, refuse_unknown_demands};
use super::{Call, bad_argument, set};
use crate::embedded::EmbeddedS3;
use crate::embedded::authenticate::Mechanism;
use crate::embedded::blob::StagedBlob;
use crate::embedded::checksum::{Computed, Expected, base64};
use crate::embedded::error::{Code, S3Error, S3Result};
use crate::embedded::index::Part;
use crate::embedded::response::{ResponseBody, empty};
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body::Body;

/// The highest number of a part.
pub(super) const MOST_PARTS: u32 = 10_000;

impl<B> Call<'_, B>
where
    B: Body<Data = Bytes> + Unpin + Send,
{
    pub(super) async fn upload_part(self, key: &str) -> S3Result<Response<ResponseBody>> {
        let inner = &self.endpoint.inner;
        let (id, number) = self.part_of()?;
        let id = id.to_owned();
        refuse_unknown_demands(&self.parts.headers)?;
        if self.body.length()? > inner.limits.max_put_bytes {
            return Err(Code::EntityTooLarge.into());
        }
        let upload = inner.index.upload(key, &id).await?;
        let fallback = upload.checksum.map(|(algorithm, _)| algorithm);
        let expected = Expected::read(&self.parts.headers, &self.payload, fallback)?;
        let etag_md5 = self.mechanism == Mechanism::Header;
        let name = self.name_blob();
        let received = inner
            .receiver
            .receive(name, self.body, expected, etag_md5)
            .await?;
        let at = self.now.as_millisecond();
        let part = self.endpoint.commit_part(key, &id, number, received, at).await?;
        let mut response = empty(StatusCode::OK);
        set(&mut response, "etag", &part.etag);
        if let Some((algorithm, value)) = &part.checksum {
            set(&mut response, algorithm.header(), value);
        }
        Ok(response)
    }

    pub(super) fn part_of(&self) -> S3Result<(&str, u32)> {
        let id = self.target.get("uploadId").unwrap_or_default();
        let number = self.target.number::<u32>("partNumber")?.unwrap_or_default();
        if !(1..=MOST_PARTS).contains(&number) {
            return Err(bad_argument(
                "Part number must be an integer between 1 and 10000, inclusive.",
            ));
        }
        Ok((id, number))
    }
}

impl EmbeddedS3 {
    /// Adds a part in a task of its own, which goes on when the caller gives up.
    pub(super) async fn commit_part(
        &self,
        key: &str,
        id: &str,
        number: u32,
        (staged, computed): (StagedBlob, Computed),
        modified_ms: i64,
    ) -> S3Result<Part> {
        let segment = staged.segment().clone();
        let part = Part {
            number,
            etag: etag(&computed, &segment),
            modified_ms,
            checksum: computed
                .checksum
                .map(|(algorithm, value)| (algorithm, base64(&value))),
            segment,
        };
        let (endpoint, key, id, row) = (self.clone(), key.to_owned(), id.to_owned(), part.clone());
        let task = tokio::spawn(async move {
            let outcome = endpoint.inner.index.put_part(&key, &id, row).await;
            endpoint.settle(vec![staged], outcome)
        });
        task.await.map_err(|error| S3Error::internal(&error))??;
        Ok(part)
    }
}
