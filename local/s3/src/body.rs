//! Bodies: from the wire into a file, and from files to the wire, a piece at a time.

use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use s3s::dto::StreamingBlob;
use s3s::{S3Error, S3Result, StdError, s3_error};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, BufWriter, Take};

use super::checksums::{Checksums, Stated};
use super::errors::{Failure, bad_request};
use super::files::{Files, NewFile};
use super::record::Segment;

/// Reads and writes go through the blocking pool, so pieces are large.
const PIECE: usize = 256 * 1024;
/// S3's limit for one PUT and for one part.
const MOST: i64 = 5 * 1024 * 1024 * 1024;

/// A body that arrived whole and as stated.
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

/// Writes `body` into a new file. Nothing stays unless length and digests are those stated.
pub(super) async fn receive(
    files: &Files,
    body: Option<StreamingBlob>,
    length: Option<i64>,
    stated: &Stated,
) -> S3Result<Received> {
    let length = length
        .ok_or_else(|| s3_error!(MissingContentLength, "You must provide the Content-Length HTTP header."))?;
    if length > MOST {
        return Err(s3_error!(EntityTooLarge, "Your proposed upload exceeds the maximum allowed size"));
    }
    let file = files.fresh();
    let output = File::create(file.path()).await.map_err(Failure::from)?;
    let mut output = BufWriter::with_capacity(PIECE, output);
    let mut digest = stated.digest();
    let mut size = 0;
    let mut body = body;
    while let Some(piece) = next(body.as_mut()).await {
        let piece = piece.map_err(|error| unreadable(error.as_ref()))?;
        digest.update(&piece);
        size += piece.len() as u64;
        output.write_all(&piece).await.map_err(Failure::from)?;
    }
    output.flush().await.map_err(Failure::from)?;
    if u64::try_from(length) != Ok(size) {
        return Err(incomplete());
    }
    let (etag, checksums) = stated.verify(digest)?;
    Ok(Received { file, size, etag, checksums })
}

async fn next(body: Option<&mut StreamingBlob>) -> Option<Result<Bytes, StdError>> {
    body?.next().await
}

/// `s3s` verifies the payload's signature while it is read and tells only by the text what was wrong.
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

/// The bytes in `range` of a body made of `segments`; the first file is opened at once.
pub(super) async fn send(
    files: &Files,
    segments: &[Segment],
    range: Range<u64>,
) -> Result<StreamingBlob, Failure> {
    let wanted = range.end - range.start;
    let mut slices = slices(files, segments, range);
    slices.reverse();
    let Some(first) = slices.pop() else { return Ok(StreamingBlob::from(s3s::Body::empty())) };
    let mut file = first.open().await?;
    match usize::try_from(wanted) {
        // Small bodies, the usual case, in one read.
        Ok(wanted) if slices.is_empty() && wanted <= PIECE => {
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

/// Streams what is left of `first`, then `slices` from the last to the first.
fn pieces(
    first: Take<File>,
    slices: Vec<Slice>,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + Sync + 'static {
    stream::try_unfold((first, slices), async |(mut file, mut slices)| {
        loop {
            let mut piece = Vec::with_capacity(PIECE);
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
