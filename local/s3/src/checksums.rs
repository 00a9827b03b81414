//! Compares the checksums that a sender declares, in headers or trailers, with those of the received body.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Md5};
use s3s::{S3Result, TrailingHeaders, s3_error};
use serde::{Deserialize, Serialize};

const PREFIX: &str = "x-amz-checksum-";
const ALGORITHMS: [&str; 5] = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"];

/// Base64 values by algorithm. Algorithms are named as in the headers: `sha256`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checksums(BTreeMap<String, String>);

impl Checksums {
    /// Reads the checksums in `headers`, which may be trailers.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let declared = ALGORITHMS.iter().filter_map(|algorithm| {
            let value = headers.get(format!("{PREFIX}{algorithm}"))?.to_str().ok()?;
            Some(((*algorithm).to_owned(), value.to_owned()))
        });
        Self(declared.collect())
    }

    /// The headers of a response.
    pub fn to_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (algorithm, value) in &self.0 {
            let name = HeaderName::try_from(format!("{PREFIX}{algorithm}"));
            if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        if !headers.is_empty() {
            headers.insert("x-amz-checksum-type", HeaderValue::from_static("FULL_OBJECT"));
        }
        headers
    }
}

/// The checksums that the sender of a body declares.
pub(super) struct DeclaredChecksums {
    md5: Option<String>,
    checksums: Checksums,
    /// Algorithms of the checksums that will follow as trailers, from `x-amz-trailer`.
    announced: Vec<String>,
    trailers: Option<TrailingHeaders>,
}

impl DeclaredChecksums {
    /// Reads the headers of a request. `trailers` is filled when the body has been read.
    pub fn new(headers: &HeaderMap, trailers: Option<TrailingHeaders>) -> S3Result<Self> {
        let checksums = Checksums::from_headers(headers);
        let announced: Vec<String> = headers
            .get_all("x-amz-trailer")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|name| name.trim().strip_prefix(PREFIX).map(str::to_owned))
            .collect();
        if checksums.0.len() + announced.len() > 1 {
            return Err(s3_error!(
                InvalidRequest,
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
            ));
        }
        for (algorithm, value) in &checksums.0 {
            well_formed(algorithm, value)?;
        }
        let md5 = headers.get("content-md5").and_then(|value| value.to_str().ok()).map(str::to_owned);
        if md5.as_ref().is_some_and(|value| STANDARD.decode(value).map_or(0, |bytes| bytes.len()) != 16) {
            return Err(s3_error!(InvalidDigest, "The Content-MD5 you specified is not valid."));
        }
        Ok(Self { md5, checksums, announced, trailers })
    }

    /// A hasher for every declared algorithm.
    pub fn digest(&self) -> Digest {
        let wanted =
            |name: &str| self.checksums.0.contains_key(name) || self.announced.iter().any(|a| a == name);
        Digest {
            md5: Md5::new(),
            others: ChecksumHasher {
                crc32: wanted("crc32").then(Default::default),
                crc32c: wanted("crc32c").then(Default::default),
                sha1: wanted("sha1").then(Default::default),
                sha256: wanted("sha256").then(Default::default),
                crc64nvme: wanted("crc64nvme").then(Default::default),
            },
        }
    }

    /// Compares the declared checksums with those of the body. Returns the body's MD5 in hexadecimal (the `ETag`) and
    /// the checksums to store.
    pub fn verify(&self, digest: Digest) -> S3Result<(String, Checksums)> {
        let md5 = digest.md5.finalize();
        if self.md5.as_ref().is_some_and(|declared| *declared != STANDARD.encode(md5)) {
            return Err(s3_error!(
                BadDigest,
                "The Content-MD5 you specified did not match what we received."
            ));
        }
        let found = digest.others.finalize();
        let found = [
            ("crc32", found.checksum_crc32),
            ("crc32c", found.checksum_crc32c),
            ("crc64nvme", found.checksum_crc64nvme),
            ("sha1", found.checksum_sha1),
            ("sha256", found.checksum_sha256),
        ];
        let found: BTreeMap<String, String> =
            found.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        let trailers = self.trailers.as_ref().and_then(|trailers| trailers.read(Checksums::from_headers));
        for (algorithm, value) in &found {
            let declared = self.checksums.0.get(algorithm);
            let declared =
                declared.or_else(|| trailers.as_ref().and_then(|trailers| trailers.0.get(algorithm)));
            if declared != Some(value) {
                let name = algorithm.to_uppercase();
                return Err(s3_error!(
                    BadDigest,
                    "The {name} you specified did not match the calculated checksum."
                ));
            }
        }
        Ok((hex(&md5), Checksums(found)))
    }
}

/// The hashers of a body that is being received.
pub(super) struct Digest {
    md5: Md5,
    others: ChecksumHasher,
}

impl Digest {
    pub fn update(&mut self, data: &[u8]) {
        self.md5.update(data);
        self.others.update(data);
    }
}

fn well_formed(algorithm: &str, value: &str) -> S3Result<()> {
    let length = match algorithm {
        "crc32" | "crc32c" => 4,
        "crc64nvme" => 8,
        "sha1" => 20,
        _ => 32,
    };
    if STANDARD.decode(value).is_ok_and(|bytes| bytes.len() == length) {
        return Ok(());
    }
    Err(s3_error!(InvalidRequest, "Value for {PREFIX}{algorithm} header is invalid."))
}

/// The `ETag` of a multipart object: the MD5 of its parts' MD5s, a hyphen, and the number of parts.
pub(super) fn multipart_etag<'a>(parts: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = parts.len();
    let mut md5 = Md5::new();
    for etag in parts {
        md5.update(&unhex(etag));
    }
    format!("{}-{count}", hex(&md5.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..text.len()).step_by(2).filter_map(digit).collect()
}
