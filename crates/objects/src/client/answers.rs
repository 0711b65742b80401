//! What services answer, read into what the port speaks of.
use super::refusal::of_code;
use crate::xml::Element;
use homeroom_core::ports::object_store::{
    ListedObject, MultipartId, ObjectError, ObjectKey, OpenMultipart, StoredPart,
};
use http::StatusCode;
use jiff::Timestamp;

/// The root of an answer, or the error that some services send with status 200.
pub fn root(document: &[u8], expected: &str) -> Result<Element, ObjectError> {
    let root = Element::parse(document.trim_ascii_start()).map_err(|_| odd("an answer that is not XML"))?;
    if root.name == "Error" {
        return Err(of_code(
            root.value("Code").unwrap_or_default(),
            StatusCode::INTERNAL_SERVER_ERROR,
            "",
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
