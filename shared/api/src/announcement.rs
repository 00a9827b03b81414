//! Announcements: the description of a file that a client sends before or with its bytes.

use aws_lc_rs::digest::{SHA256, digest};

use satchel_model::{FileName, MediaType, NewContent, Refusal, SizeLimit, Title, VersionId, Visibility};

use crate::{Fields, FilePart, Input};

const NO_FILE: &str = "No file was submitted.";
const NOT_A_FILE: &str = "The submitted data was not a file. Check the encoding type on the form.";
const EMPTY_FILE: &str = "The submitted file is empty.";

/// An announced file.
#[derive(Debug, Clone)]
pub struct Announcement {
    pub filename: FileName,
    pub content_type: MediaType,
    /// Size in bytes, at least 1.
    pub size: u64,
    /// In hexadecimal, lower case.
    pub sha256: Option<String>,
    pub title: Option<Title>,
    pub visibility: Option<Visibility>,
    /// The displayed name of the uploader; `None` stands for the owner's username.
    pub uploaded_by: Option<String>,
}

impl Announcement {
    /// Reads `filename`, `content_type`, `size`, `sha256`?, `title`? and `visibility`?.
    ///
    /// # Errors
    /// All field errors together.
    pub fn of_json(input: &Input) -> Result<Self, Refusal> {
        let mut fields = Fields::of(input);
        let filename = fields.required("filename", FileName::parse);
        let content_type = fields.required("content_type", MediaType::parse);
        let size = fields.integer("size").and_then(|size| u64::try_from(size).ok().filter(|size| *size > 0));
        if size.is_none() && !fields.errors().contains_key("size") {
            fields.refuse("size", "Ensure this value is greater than or equal to 1.");
        }
        let sha256 = fields.optional_or_blank("sha256", parse_sha256);
        let title = fields.optional_or_blank("title", Title::parse);
        let visibility = fields.optional_or_blank("visibility", str::parse);
        let required = filename.zip(content_type).zip(size);
        let ((filename, content_type), size) = fields.finish(required)?;
        Ok(Self { filename, content_type, size, sha256, title, visibility, uploaded_by: None })
    }

    /// Reads a form's file, under one of `names`, with `title`? and `visibility`?; the bytes remain in
    /// `input`.
    ///
    /// # Errors
    /// All field errors together; a missing file is reported under the first name.
    pub fn of_form<'a>(input: &'a Input, names: &[&str]) -> Result<(Self, &'a FilePart), Refusal> {
        let mut fields = Fields::of(input);
        let file = input.file(names);
        let name = file.map_or(names[0], |file| file.name.as_str());
        let filename = match file {
            None if names.iter().any(|name| input.has(name)) => refuse(&mut fields, name, NOT_A_FILE),
            None => refuse(&mut fields, name, NO_FILE),
            Some(file) if file.bytes.is_empty() => refuse(&mut fields, name, EMPTY_FILE),
            Some(file) => FileName::parse(&file.filename)
                .map_err(|messages| messages.iter().for_each(|message| fields.refuse(name, message)))
                .ok(),
        };
        let title = fields.optional_or_blank("title", Title::parse);
        let visibility = fields.optional_or_blank("visibility", str::parse);
        let (filename, file) = fields.finish(filename.zip(file))?;
        let declared = file.content_type.as_deref().and_then(|text| MediaType::parse(text).ok());
        let announcement = Self {
            filename,
            content_type: declared.unwrap_or_else(MediaType::octet_stream),
            size: file.bytes.len() as u64,
            sha256: Some(hex(digest(&SHA256, &file.bytes).as_ref())),
            title,
            visibility,
            uploaded_by: None,
        };
        Ok((announcement, file))
    }

    /// Checks that the file has at most `max` bytes; `limit` names the limit in the refusal.
    ///
    /// # Errors
    /// [`Refusal::FileTooLarge`] if it has more.
    pub fn at_most(&self, max: u64, limit: SizeLimit) -> Result<(), Refusal> {
        if self.size <= max {
            return Ok(());
        }
        Err(Refusal::FileTooLarge { limit, max })
    }

    /// Converts the announcement to a new version of an existing file.
    #[must_use]
    pub fn into_content(self, version: VersionId) -> NewContent {
        NewContent {
            version,
            size: self.size,
            sha256: self.sha256,
            content_type: self.content_type,
            title: self.title.unwrap_or_else(|| Title::from(&self.filename)),
            filename: self.filename,
            visibility: self.visibility,
        }
    }
}

fn refuse<T>(fields: &mut Fields, name: &str, message: &str) -> Option<T> {
    fields.refuse(name, message);
    None
}

fn parse_sha256(text: &str) -> Result<String, Vec<String>> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(vec!["Enter a SHA-256 as 64 hexadecimal digits.".to_owned()])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or_default());
        }
        text
    })
}
