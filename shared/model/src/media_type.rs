//! Media types of files.

use serde::{Deserialize, Serialize};

/// A media type without parameters, in lower case: `image/png`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MediaType(String);

impl MediaType {
    /// Parses `type/subtype` (RFC 9110, section 8.3.1) and drops parameters.
    ///
    /// # Errors
    /// The message, if the text does not have that form or is longer than 127 characters.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.split_once('/') {
            Some((kind, subtype)) if is_token(kind) && is_token(subtype) && essence.len() <= 127 => {
                Ok(Self(essence))
            }
            _ => Err(vec!["Enter a valid media type.".to_owned()]),
        }
    }

    /// Wraps a type that is known to be valid, such as one from a list in the code.
    #[must_use]
    pub fn known(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self::octet_stream())
    }

    /// The type of content about which nothing is known.
    #[must_use]
    pub fn octet_stream() -> Self {
        Self("application/octet-stream".to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// Whether a browser may show this type in the page; all others are downloaded as `application/octet-stream`.
#[must_use]
pub fn served_inline(media_type: &str) -> bool {
    SHOWN.contains(&media_type) || PLAYED.contains(&media_type)
}

/// Images, documents and text that a browser displays without running any part of them.
const SHOWN: [&str; 6] =
    ["image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf", "text/plain"];

/// Audio and video that Chromium, Firefox or Safari plays, under all names in use.
///
/// Unknown subtypes are not included, because they could be anything: browsers treat every `+xml` as a
/// document that may run scripts.
const PLAYED: [&str; 46] = [
    "video/mp4",
    "video/webm",
    "video/ogg",
    "video/quicktime",
    "video/x-m4v",
    "video/x-matroska",
    "video/matroska",
    "video/mpeg",
    "video/mp2t",
    "video/3gpp",
    "video/3gpp2",
    "audio/mpeg",
    "audio/mp3",
    "audio/mpeg3",
    "audio/x-mp3",
    "audio/x-mpeg",
    "audio/x-mpeg-3",
    "audio/mp4",
    "audio/m4a",
    "audio/x-m4a",
    "audio/x-m4b",
    "audio/aac",
    "audio/aacp",
    "audio/x-aac",
    "audio/x-hx-aac-adts",
    "audio/vnd.dlna.adts",
    "audio/ogg",
    "audio/opus",
    "audio/vorbis",
    "audio/x-vorbis+ogg",
    "audio/x-opus+ogg",
    "audio/webm",
    "audio/matroska",
    "audio/x-matroska",
    "audio/wav",
    "audio/wave",
    "audio/x-wav",
    "audio/x-pn-wav",
    "audio/vnd.wave",
    "audio/flac",
    "audio/x-flac",
    "audio/3gpp",
    "audio/3gpp2",
    "audio/aiff",
    "audio/x-aiff",
    "audio/x-caf",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_parsed_without_its_parameters() {
        assert_eq!(MediaType::parse("Text/Plain; charset=utf-8").unwrap().as_str(), "text/plain");
        for wrong in ["", "text", "text/", "/plain", "text/pl ain", "text/plain\r\nX: y"] {
            assert!(MediaType::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_type_that_a_browser_could_run_is_never_inline() {
        for media_type in [
            "text/html",
            "image/svg+xml",
            "application/javascript",
            "application/xhtml+xml",
            "video/x+xml",
            "audio/html",
            "video/unknown",
            "audio/x-mpegurl",
        ] {
            assert!(!served_inline(media_type), "{media_type}");
        }
    }

    #[test]
    fn a_type_that_browsers_show_or_play_is_inline_under_all_its_names() {
        for media_type in SHOWN.into_iter().chain(PLAYED) {
            assert_eq!(MediaType::parse(media_type).unwrap().as_str(), media_type);
        }
        for media_type in ["video/mp4", "video/quicktime", "audio/x-wav", "audio/mp3"] {
            assert!(served_inline(media_type), "{media_type}");
        }
    }
}
