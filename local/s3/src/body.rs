//! Receives bodies into files and sends them from files, in chunks.

use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use s3s::dto::StreamingBlob;
use s3s::{S3Error, S3Result, StdError, s3_error};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, BufWriter, Take};

use super::checksums::{Checksums, DeclaredChecksums};
use super::errors::{StoreError, bad_request};
use super::files::{Files, NewFile};
use super::record::Segment;

/// Chunks are large because each read and write goes through the thread pool for blocking calls.
const CHUNK: usize = 256 * 1024;
/// S3's maximum size of one PUT or one part, in bytes.
const MAX_BODY: i64 = 5 * 1024 * 1024 * 1024;

/// A body that arrived completely and has the expected length and digests.
pub(super) struct Received {
    pub file: NewFile,
    pub size: u64,
    /// MD5 in hexadecimal.
    pub etag: String,
    pub checksums: Checksums,
}

impl Received {
    pub fn segment(&self) -> Segment {
        Segment { file: self.file.name().to_owned(), size: self.size }
    }
}

/// Writes `body` into a new file. The file is removed unless length and digests are as expected.
pub(super) async fn receive(
    files: &Files,
    body: Option<StreamingBlob>,
    length: Option<i64>,
    declared: &DeclaredChecksums,
) -> S3Result<Received> {
    let length = length
        .ok_or_else(|| s3_error!(MissingContentLength, "You must provide the Content-Length HTTP header."))?;
    if length > MAX_BODY {
        return Err(s3_error!(EntityTooLarge, "Your proposed upload exceeds the maximum allowed size"));
    }
    let file = files.fresh();
    let output = File::create(file.path()).await.map_err(StoreError::from)?;
    let mut output = BufWriter::with_capacity(CHUNK, output);
    let mut digest = declared.digest();
    let mut size = 0;
    let mut body = body;
    while let Some(piece) = next(body.as_mut()).await {
        let piece = piece.map_err(|error| unreadable(error.as_ref()))?;
        digest.update(&piece);
        size += piece.len() as u64;
        output.write_all(&piece).await.map_err(StoreError::from)?;
    }
    output.flush().await.map_err(StoreError::from)?;
    if u64::try_from(length) != Ok(size) {
        return Err(incomplete());
    }
    let (etag, checksums) = declared.verify(digest)?;
    Ok(Received { file, size, etag, checksums })
}

async fn next(body: Option<&mut StreamingBlob>) -> Option<Result<Bytes, StdError>> {
    body?.next().await
}

/// Converts an error of `s3s`, which verifies the payload's signature while reading. These errors differ only in their
/// text.
fn unreadable(error: &(dyn std::error::Error + Send + Sync)) -> S3Error {
    let text = error.to_string();
    if text.contains("Sha256Mismatch") {
        return bad_request(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        );
    }
    if text.contains("SignatureMismatch") {
        return s3_error!(SignatureDoesNotMatch);
    }
    incomplete()
}

fn incomplete() -> S3Error {
    s3_error!(
        IncompleteBody,
        "You did not provide the number of bytes specified by the Content-Length HTTP header"
    )
}

/// Sends the bytes in `range` of a body that consists of `segments`. The first file is opened before this returns.
pub(super) async fn send(
    files: &Files,
    segments: &[Segment],
    range: Range<u64>,
) -> Result<StreamingBlob, StoreError> {
    let wanted = range.end - range.start;
    let mut slices = slices(files, segments, range);
    slices.reverse();
    let Some(first) = slices.pop() else { return Ok(StreamingBlob::from(s3s::Body::empty())) };
    let mut file = first.open().await?;
    match usize::try_from(wanted) {
        // Small bodies are the usual case and need only one read.
        Ok(wanted) if slices.is_empty() && wanted <= CHUNK => {
            let mut bytes = Vec::with_capacity(wanted);
            file.read_to_end(&mut bytes).await?;
            Ok(StreamingBlob::from(s3s::Body::from(bytes)))
        }
        _ => Ok(StreamingBlob::wrap(pieces(file, slices))),
    }
}

/// A part of one file.
struct Slice {
    path: PathBuf,
    start: u64,
    length: u64,
}

impl Slice {
    async fn open(&self) -> std::io::Result<Take<File>> {
        let mut file = File::open(&self.path).await?;
        if self.start > 0 {
            file.seek(std::io::SeekFrom::Start(self.start)).await?;
        }
        Ok(file.take(self.length))
    }
}

fn slices(files: &Files, segments: &[Segment], range: Range<u64>) -> Vec<Slice> {
    let mut slices = Vec::new();
    let mut before = 0;
    for segment in segments {
        let start = range.start.max(before);
        let end = range.end.min(before + segment.size);
        if start < end {
            slices.push(Slice {
                path: files.path(&segment.file),
                start: start - before,
                length: end - start,
            });
        }
        before += segment.size;
    }
    slices
}

/// Streams the rest of `first`, and then `slices` in reverse order.
fn pieces(
    first: Take<File>,
    slices: Vec<Slice>,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + Sync + 'static {
    stream::try_unfold((first, slices), async |(mut file, mut slices)| {
        loop {
            let mut piece = Vec::with_capacity(CHUNK);
            if file.read_buf(&mut piece).await? > 0 {
                return Ok(Some((Bytes::from(piece), (file, slices))));
            }
            if file.limit() > 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            match slices.pop() {
                Some(slice) => file = slice.open().await?,
                None => return Ok(None),
            }
        }
    })
}
