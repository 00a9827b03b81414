//! Changes to the description of a file or an image by its owner.

use jiff::Timestamp;

use satchel_model::{FileName, Refusal, Title, Upload, Visibility};

use crate::{Fields, Input};

/// A change of a description; `None` leaves the field unchanged.
#[derive(Debug, Clone, Default)]
pub struct Description {
    pub title: Option<Title>,
    pub filename: Option<FileName>,
    pub visibility: Option<Visibility>,
}

impl Description {
    /// Reads `title`, `filename` and `visibility` of a file.
    ///
    /// For PATCH, all are optional. For PUT (`whole`), the file name is required, and the title becomes the
    /// file name if none is given.
    ///
    /// # Errors
    /// All field errors together.
    pub fn read(input: &Input, whole: bool) -> Result<Self, Refusal> {
        let mut fields = Fields::of(input);
        let title = fields.optional("title", Title::parse);
        let filename = if whole {
            fields.required("filename", FileName::parse)
        } else {
            fields.optional("filename", FileName::parse)
        };
        let visibility = fields.optional("visibility", str::parse);
        let title = title.or_else(|| filename.as_ref().filter(|_| whole).map(Title::from));
        fields.finish(Some(Self { title, filename, visibility }))
    }

    /// Reads `title` and `filename` of an image, which has no visibility. Both are optional.
    ///
    /// # Errors
    /// All field errors together.
    pub fn of_image(input: &Input) -> Result<Self, Refusal> {
        let mut fields = Fields::of(input);
        let title = fields.optional("title", Title::parse);
        let filename = fields.optional("filename", FileName::parse);
        fields.finish(Some(Self { title, filename, visibility: None }))
    }

    /// Applies the change to `file` and returns the new record.
    #[must_use]
    pub fn applied_to(&self, file: &Upload, now: Timestamp) -> Upload {
        Upload {
            title: self.title.clone().unwrap_or_else(|| file.title.clone()),
            filename: self.filename.clone().unwrap_or_else(|| file.filename.clone()),
            visibility: self.visibility.unwrap_or(file.visibility),
            updated_at: now,
            revision: file.revision + 1,
            ..file.clone()
        }
    }
}
