//! Taking files from forms: what the dialects of that share.

use satchel_aws::Aws;
use satchel_core::announce::Announcement;
use satchel_core::clock::Clock;
use satchel_core::config::{Config, Lives};
use satchel_core::http::{ApiError, FilePart};
use satchel_core::model::{Kind, Status, Tier, Upload, Visibility};
use satchel_core::random::Random;
use satchel_images::sniff;
use satchel_objects::Objects;
use satchel_store::{Caller, Table, Uploads};

/// Stores the files of forms.
#[derive(Clone)]
pub struct FormFiles {
    uploads: Uploads,
    objects: Objects,
    lives: Lives,
    clock: Clock,
    random: Random,
}

impl FormFiles {
    #[must_use]
    pub fn new(aws: &Aws, table: &Table, config: &Config) -> Self {
        Self {
            uploads: Uploads::new(table.clone()),
            objects: Objects::new(aws, config),
            lives: config.lives,
            clock: Clock::System,
            random: Random::System,
        }
    }

    /// At a time and with randomness of a test's.
    #[must_use]
    pub fn at(self, clock: Clock, random: Random) -> Self {
        Self { clock, random, ..self }
    }

    /// Stores a file of the caller's, which is ready when this returns: its record first, so that bytes are found
    /// whatever happens. `uploaded_by` is the caller unless somebody else is named.
    ///
    /// # Errors
    /// 400 if the content contradicts its type; 413 over the tier's file size; 403 over the quota; 401 if the caller was
    /// signed out meanwhile.
    pub async fn store(
        &self,
        caller: &Caller,
        tier: &Tier,
        announced: Announcement,
        part: &FilePart,
        visibility: Visibility,
        uploaded_by: Option<String>,
    ) -> Result<Upload, ApiError> {
        announced.at_most(tier.max_file_bytes, "your account tier")?;
        check_type(&announced, part)?;
        let now = self.clock.now();
        let mut file =
            announced.into_upload(Kind::File, &caller.user, visibility, self.lives, self.random, now);
        if let Some(name) = uploaded_by {
            file.uploaded_by = name;
        }
        self.uploads.create(caller, &file, tier.max_total_bytes).await?;
        self.objects.put_original(&file, part.bytes.clone()).await?;
        self.uploads.make_ready(&file, None, None, now).await?;
        file.status = Status::Ready;
        Ok(file)
    }
}

fn check_type(announced: &Announcement, part: &FilePart) -> Result<(), ApiError> {
    let found = sniff(&part.bytes).map(satchel_images::Kind::content_type);
    if announced.content_type.belied_by(found) {
        let message = format!("The content of this file is not {}.", announced.content_type.as_str());
        return Err(ApiError::field(&part.name, &message));
    }
    Ok(())
}
