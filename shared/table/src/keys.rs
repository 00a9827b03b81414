//! The keys of the table. Records of one account that are read together are in one partition.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use satchel_model::{FileId, Kind, MailId, ResourceId, SessionId, ShareId, TierId, UserId};

/// The condition for writes that belong to an account: it exists and is not being erased.
pub const IS_KEPT: &str = "attribute_exists(pk) AND attribute_not_exists(#erasing)";

/// A record as DynamoDB attributes.
pub type Item = HashMap<String, AttributeValue>;

/// The partition key and sort key of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Key {
    pub partition: String,
    pub sort: String,
}

impl Key {
    /// The sort key of all erasures.
    pub const ERASURE: &str = "ERASE";

    /// The key of `item`; `None` if it has no key attributes.
    #[must_use]
    pub fn of(item: &Item) -> Option<Self> {
        let text = |name: &str| item.get(name)?.as_s().ok().cloned();
        Some(Self { partition: text("pk")?, sort: text("sk")? })
    }

    fn new(partition: String, sort: impl Into<String>) -> Self {
        Self { partition, sort: sort.into() }
    }

    /// An account.
    #[must_use]
    pub fn user(id: UserId) -> Self {
        Self::new(format!("USER#{id}"), "USER")
    }

    /// A session of an account.
    #[must_use]
    pub fn session(user: UserId, id: SessionId) -> Self {
        Self::new(format!("USER#{user}"), format!("{SESSION}{id}"))
    }

    /// The record that reserves a name and contains what a sign-in reads.
    ///
    /// `name` is [`Username::key`](satchel_model::Username::key).
    #[must_use]
    pub fn login(name: &str) -> Self {
        Self::new(format!("{NAME}{name}"), "LOGIN")
    }

    /// The record that reserves a verified address.
    ///
    /// `address` is [`Email::key`](satchel_model::Email::key).
    #[must_use]
    pub fn email(address: &str) -> Self {
        Self::new(format!("EMAIL#{address}"), "EMAIL")
    }

    /// The mark of an address that gets no more mail.
    ///
    /// `hash` is a keyed hash, so that the table does not contain the address.
    #[must_use]
    pub fn undeliverable(hash: &str) -> Self {
        Self::new(format!("{UNDELIVERABLE}#{hash}"), UNDELIVERABLE)
    }

    /// The mark of an address that gets no more mail, as older releases wrote it.
    #[must_use]
    pub fn plain_undeliverable(address: &str) -> Self {
        Self::new(format!("EMAIL#{address}"), UNDELIVERABLE)
    }

    /// The record of an account whose address is not verified yet; a request to resend the mail finds the
    /// account by it.
    #[must_use]
    pub fn waits(address: &str, user: UserId) -> Self {
        Self::new(format!("EMAIL#{address}"), format!("{WAITS}{user}"))
    }

    /// A share link.
    ///
    /// `hash` is the SHA-256 of its token.
    #[must_use]
    pub fn share(hash: &str) -> Self {
        Self::new(format!("SHARE#{hash}"), "SHARE")
    }

    /// The hash of the token in the key of a share link.
    #[must_use]
    pub fn token_hash(&self) -> Option<&str> {
        self.partition.strip_prefix("SHARE#")
    }

    /// A share link in its owner's list, sorted by file.
    #[must_use]
    pub fn share_of(owner: UserId, file: FileId, id: ShareId) -> Self {
        Self::new(shares_of(owner), format!("{}{id}", shares_prefix(file)))
    }

    /// The counter of one subject, a keyed hash, in one window of time.
    #[must_use]
    pub fn count(subject: &str, what: &str, window: i64) -> Self {
        Self::new(format!("COUNT#{subject}"), format!("{what}#{window}"))
    }

    /// The erasure of an account, while it is in progress.
    #[must_use]
    pub fn erasure(user: UserId) -> Self {
        Self::new(format!("ERASE#{user}"), Self::ERASURE)
    }

    /// A file or an image of an account.
    #[must_use]
    pub fn upload(owner: UserId, kind: Kind, id: FileId) -> Self {
        Self::new(owned_by(owner), format!("{}{id}", sort_prefix(kind)))
    }

    /// The part of a file that every signed-in user may see: a copy, found by the file's id alone.
    #[must_use]
    pub fn shared_file(id: FileId) -> Self {
        Self::new(format!("{SHARED}{id}"), "FILE")
    }

    /// The mark of a month, such as `2026-11`, in which the index across owners has files.
    #[must_use]
    pub fn month(month: &str) -> Self {
        Self::new(MONTHS.to_owned(), month)
    }

    /// A queued mail, in the partition of its recipient.
    ///
    /// `address` is [`Email::key`](satchel_model::Email::key).
    #[must_use]
    pub fn mail(address: &str, id: MailId) -> Self {
        Self::new(mails_to(address), id.to_string())
    }

    /// The record of a mail link: the action that it allows.
    ///
    /// `hash` is the SHA-256 of its token.
    #[must_use]
    pub fn mail_link(hash: &str) -> Self {
        Self::new(format!("LINK#{hash}"), "LINK")
    }

    /// The note of a mail link, in its account's partition, by which the erasure of the account finds the
    /// link.
    #[must_use]
    pub fn mail_link_of(user: UserId, hash: &str) -> Self {
        Self::new(format!("USER#{user}"), format!("{MAIL_LINK}{hash}"))
    }

    /// The note of an address that got mail about an account, by which the erasure of the account finds those
    /// mails.
    #[must_use]
    pub fn mailed_address(user: UserId, address: &str) -> Self {
        Self::new(format!("USER#{user}"), format!("{MAILED_ADDRESS}{address}"))
    }

    /// Bytes of an account that S3 keeps although they were deleted: those of one day, or of one object.
    ///
    /// It is in the account's partition, which the erasure of the account empties.
    #[must_use]
    pub fn kept(user: UserId, what: &str) -> Self {
        Self::new(format!("USER#{user}"), format!("{KEPT}{what}"))
    }

    /// An idempotent request of an account.
    ///
    /// `hash` is the SHA-256 of its idempotency key.
    #[must_use]
    pub fn idempotency(user: UserId, hash: &str) -> Self {
        Self::new(idempotency_of(user), hash)
    }

    /// A resource of an account.
    #[must_use]
    pub fn resource(owner: UserId, id: ResourceId) -> Self {
        Self::new(resources_of(owner), format!("{RESOURCE}{id}"))
    }

    /// A tier as staff have created or changed it.
    #[must_use]
    pub fn tier(id: &TierId) -> Self {
        Self::new(TIERS.to_owned(), id.as_str())
    }

    /// The number of accounts in a tier.
    #[must_use]
    pub fn tier_count(id: &TierId) -> Self {
        Self::new("TIERCOUNT".to_owned(), id.as_str())
    }

    /// The place at which an unfinished audit continues.
    #[must_use]
    pub fn audit() -> Self {
        Self::new("AUDIT".to_owned(), "PLACE")
    }

    /// The account in whose partition the key is, if it is in one.
    #[must_use]
    pub fn account(&self) -> Option<UserId> {
        self.partition.strip_prefix("USER#")?.parse().ok()
    }

    /// The key as the attributes of a request.
    #[must_use]
    pub fn item(&self) -> Item {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        Item::from([("pk".to_owned(), text(&self.partition)), ("sk".to_owned(), text(&self.sort))])
    }
}

/// The prefix of the partitions of login records; the key of the name follows.
pub const NAME: &str = "NAME#";

/// The prefix of the sort keys of accounts whose address is not verified yet.
pub const WAITS: &str = "WAITS#";

/// The sort key of the marks of addresses that get no more mail, and the prefix of their partitions.
const UNDELIVERABLE: &str = "UNDELIVERABLE";

/// The prefix of the sort keys of mail links, in the partition of their account.
pub const MAIL_LINK: &str = "LINK#";

/// The prefix of the sort keys of mailed addresses, in the partition of the account.
pub const MAILED_ADDRESS: &str = "ADDRESS#";

/// The prefix of the sort keys of kept bytes, in the partition of their account; a day or an object follows.
pub const KEPT: &str = "KEPT#";

/// The prefix of the sort keys of sessions; the id that follows sorts by time.
pub const SESSION: &str = "SESSION#";

/// The partition of an owner's share links.
#[must_use]
pub fn shares_of(owner: UserId) -> String {
    format!("SHARES#{owner}")
}

/// The prefix of the sort keys of a file's share links, in their owner's partition; the link's id follows, sorted by
/// time.
#[must_use]
pub fn shares_prefix(file: FileId) -> String {
    format!("SHARE#{file}#")
}

/// The partition of the mails to an address.
#[must_use]
pub fn mails_to(address: &str) -> String {
    format!("MAIL#{address}")
}

/// The prefix of the partitions of copies of shared files.
pub const SHARED: &str = "SHARED#";

/// The partition of an owner's files and images.
#[must_use]
pub fn owned_by(owner: UserId) -> String {
    format!("OWNER#{owner}")
}

/// The partition of an owner's resources. It is not the files' partition, because the erasure of an account
/// empties that one as a whole.
#[must_use]
pub fn resources_of(owner: UserId) -> String {
    format!("RESOURCES#{owner}")
}

/// The partition of an account's idempotent requests.
#[must_use]
pub fn idempotency_of(user: UserId) -> String {
    format!("IDEMPOTENCY#{user}")
}

/// The prefix of the sort keys of resources; the id that follows sorts by time.
pub const RESOURCE: &str = "RESOURCE#";

/// The prefix of the sort keys of files or images; the id that follows sorts by time.
#[must_use]
pub fn sort_prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "FILE#",
        Kind::Image => "IMAGE#",
    }
}

/// The partition of the months in which the index across owners has files.
pub const MONTHS: &str = "MONTHS";

/// The partition of the tiers that differ from the built-in ones.
pub const TIERS: &str = "TIERS";
