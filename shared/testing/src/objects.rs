//! Canned responses of S3.

use crate::Reply;

/// `GetObject` of these bytes.
#[must_use]
pub fn object(bytes: &'static [u8]) -> Reply {
    beginning_of(bytes, bytes.len())
}

/// `GetObject` of these bytes, the beginning of an object of `size` bytes.
#[must_use]
pub fn beginning_of(bytes: &'static [u8], size: usize) -> Reply {
    let range = format!("bytes 0-{}/{size}", bytes.len() - 1);
    Reply::new("GetObject", bytes).header("content-range", &range)
}

/// `GetObject` of an object that does not exist.
#[must_use]
pub fn no_object() -> Reply {
    s3_error("GetObject", "NoSuchKey").status(404)
}

/// `GetObject` of an object that the caller may not read.
#[must_use]
pub fn refused_object() -> Reply {
    s3_error("GetObject", "AccessDenied").status(403)
}

/// `ListObjectsV2` of a bucket with these keys.
#[must_use]
pub fn listed(keys: &[&str]) -> Reply {
    let object = |key: &&str| format!("<Contents><Key>{key}</Key><Size>1</Size></Contents>");
    let objects: String = keys.iter().map(object).collect();
    let result = format!("<ListBucketResult><IsTruncated>false</IsTruncated>{objects}</ListBucketResult>");
    Reply::new("ListObjectsV2", result)
}

/// A refusal of S3 with this code.
#[must_use]
pub fn s3_error(operation: &'static str, code: &str) -> Reply {
    Reply::new(operation, format!("<Error><Code>{code}</Code><Message>no</Message></Error>")).status(400)
}

/// `CreateMultipartUpload` that returns this upload id.
#[must_use]
pub fn begun(upload_id: &str) -> Reply {
    let begun = format!("<UploadId>{upload_id}</UploadId>");
    let result = format!("<InitiateMultipartUploadResult>{begun}</InitiateMultipartUploadResult>");
    Reply::new("CreateMultipartUpload", result)
}

/// `ListParts` of these parts, by number, size and `ETag`; no more follow.
#[must_use]
pub fn stored_parts(parts: &[(u64, u64, &str)]) -> Reply {
    page_of_parts(parts, false)
}

/// `ListParts` of these parts, after which more follow.
#[must_use]
pub fn stored_parts_that_go_on(parts: &[(u64, u64, &str)]) -> Reply {
    page_of_parts(parts, true)
}

/// The last page also contains a marker, as in S3's own responses.
fn page_of_parts(parts: &[(u64, u64, &str)], goes_on: bool) -> Reply {
    let part = |(number, size, etag): &(u64, u64, &str)| {
        let etag = etag.replace('"', "&quot;");
        format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><Size>{size}</Size></Part>")
    };
    let last = parts.last().map_or(0, |(number, ..)| *number);
    let marker = format!("<NextPartNumberMarker>{last}</NextPartNumberMarker>");
    let parts: String = parts.iter().map(part).collect();
    let page = format!("{marker}<IsTruncated>{goes_on}</IsTruncated>{parts}");
    Reply::new("ListParts", format!("<ListPartsResult>{page}</ListPartsResult>"))
}

/// `CompleteMultipartUpload` that created the object.
#[must_use]
pub fn completed() -> Reply {
    let result = "<CompleteMultipartUploadResult><ETag>&quot;e&quot;</ETag></CompleteMultipartUploadResult>";
    Reply::new("CompleteMultipartUpload", result)
}

/// `ListMultipartUploads` of uploads with these ids.
#[must_use]
pub fn under_way(upload_ids: &[&str]) -> Reply {
    let upload = |id: &&str| format!("<Upload><UploadId>{id}</UploadId></Upload>");
    let uploads: String = upload_ids.iter().map(upload).collect();
    let result = format!("<ListMultipartUploadsResult>{uploads}</ListMultipartUploadsResult>");
    Reply::new("ListMultipartUploads", result)
}
