//! What services answer, read into what the port speaks of.
use super::call::Answer;
use crate::xml::Element;
use homeroom_core::ports::object_store::{
    ListedObject, MultipartId, ObjectError, ObjectKey, OpenMultipart, StoredPart,
};
use http::StatusCode;
use jiff::Timestamp;

/// Of an error document, all that is read.
const CODE_LENGTH: usize = 100;

/// Makes an error of a refusal.
pub async fn translate(answer: Answer) -> ObjectError {
    let status = answer.status;
    let document = answer.document().await.unwrap_or_default();
    let root = Element::parse(&document).ok();
    let code = root
        .as_ref()
        .and_then(|root| root.value("Code"))
        .unwrap_or_default();
    of_code(code, status)
}

/// Makes an error of a code and a status. The service's message is not trusted with our logs.
pub fn of_code(code: &str, status: StatusCode) -> ObjectError {
    let named: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(CODE_LENGTH)
        .collect();
    match (code, status.as_u16()) {
        ("NoSuchKey" | "NoSuchUpload" | "NoSuchVersion", _) => ObjectError::NotFound,
        ("InvalidPart" | "InvalidPartOrder" | "EntityTooSmall" | "MalformedXML", _) => {
            ObjectError::BadParts(named)
        }
        ("PreconditionFailed" | "ConditionalRequestConflict", _) => ObjectError::Exists,
        ("IntegrityError", _) => ObjectError::Damaged("integrity_error".into()),
        ("InsufficientStorage" | "QuotaExceeded" | "XMinioStorageFull", _) | (_, 507) => ObjectError::Full,
        // A missing bucket is a mistake in the set-up, not an absent object.
        ("NoSuchBucket", _) => ObjectError::Unavailable(named),
        ("", 404) => ObjectError::NotFound,
        ("", 409 | 412) => ObjectError::Exists,
        ("", number) => ObjectError::Unavailable(format!("status {number}")),
        _ => ObjectError::Unavailable(named),
    }
}

/// The root of an answer, or the error that some services send with status 200.
pub fn root(document: &[u8], expected: &str) -> Result<Element, ObjectError> {
    let root = Element::parse(document).map_err(|_| odd("an answer that is not XML"))?;
    if root.name == "Error" {
        return Err(of_code(
            root.value("Code").unwrap_or_default(),
            StatusCode::INTERNAL_SERVER_ERROR,
        ));
    }
    if root.name == expected {
        Ok(root)
    } else {
        Err(odd("an answer of another kind"))
    }
}

/// An answer that does not follow the protocol.
pub fn odd(what: &str) -> ObjectError {
    ObjectError::Unavailable(format!("the service gave {what}"))
}

fn text(element: &Element, name: &str) -> Result<String, ObjectError> {
    element
        .value(name)
        .map(str::to_owned)
        .ok_or_else(|| odd(&format!("an answer without {name}")))
}

fn parsed<T: std::str::FromStr>(element: &Element, name: &str) -> Result<T, ObjectError> {
    text(element, name)?
        .trim()
        .parse()
        .map_err(|_| odd(&format!("an odd {name}")))
}

/// The parts of one page.
pub fn parts(root: &Element) -> Result<Vec<StoredPart>, ObjectError> {
    let part = |part: &Element| {
        Ok(StoredPart {
            number: parsed(part, "PartNumber")?,
            size: parsed(part, "Size")?,
            etag: quoted(&text(part, "ETag")?),
        })
    };
    root.all("Part").map(part).collect()
}

/// The objects of one page.
pub fn objects(root: &Element) -> Result<Vec<ListedObject>, ObjectError> {
    let object = |object: &Element| {
        Ok(ListedObject {
            key: ObjectKey(text(object, "Key")?),
            size: parsed(object, "Size")?,
            modified_at: parsed::<Timestamp>(object, "LastModified")?,
        })
    };
    root.all("Contents").map(object).collect()
}

/// The open uploads of one page.
pub fn uploads(root: &Element) -> Result<Vec<OpenMultipart>, ObjectError> {
    let upload = |upload: &Element| {
        Ok(OpenMultipart {
            key: ObjectKey(text(upload, "Key")?),
            multipart: MultipartId(text(upload, "UploadId")?),
            initiated_at: parsed::<Timestamp>(upload, "Initiated")?,
        })
    };
    root.all("Upload").map(upload).collect()
}

/// With quotes, however the service spells it.
pub fn quoted(etag: &str) -> String {
    if etag.starts_with('"') {
        etag.to_owned()
    } else {
        format!("\"{etag}\"")
    }
}
