//! Keys of the table. Everything of one account that is read together lies in one partition.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use satchel_model::{FileId, Kind, MailId, ResourceId, SessionId, ShareId, TierId, UserId};

/// The condition for writes that belong to an account: it exists and is not being erased.
pub const IS_KEPT: &str = "attribute_exists(pk) AND attribute_not_exists(#erasing)";

/// A record as DynamoDB has it.
pub type Item = HashMap<String, AttributeValue>;

/// Partition and sort key of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Key {
    pub partition: String,
    pub sort: String,
}

impl Key {
    /// What sort keys of erasures are.
    pub const ERASURE: &str = "ERASE";

    /// The key of a record.
    pub fn of(item: &Item) -> Option<Self> {
        let text = |name: &str| item.get(name)?.as_s().ok().cloned();
        Some(Self { partition: text("pk")?, sort: text("sk")? })
    }

    fn new(partition: String, sort: impl Into<String>) -> Self {
        Self { partition, sort: sort.into() }
    }

    /// An account.
    pub fn user(id: UserId) -> Self {
        Self::new(format!("USER#{id}"), "USER")
    }

    /// A sign-in of an account.
    pub fn session(user: UserId, id: SessionId) -> Self {
        Self::new(format!("USER#{user}"), format!("{SESSION}{id}"))
    }

    /// The claim on a name, with what sign-in needs; `name` is [`Username::key`](satchel_model::Username::key).
    pub fn login(name: &str) -> Self {
        Self::new(format!("NAME#{name}"), "LOGIN")
    }

    /// The claim on a verified address; `address` is [`Email::key`](satchel_model::Email::key).
    pub fn email(address: &str) -> Self {
        Self::new(format!("EMAIL#{address}"), "EMAIL")
    }

    /// The mark of an address that gets no more mail; `hash` is keyed, so that the table does not name the address.
    pub fn undeliverable(hash: &str) -> Self {
        Self::new(format!("{UNDELIVERABLE}#{hash}"), UNDELIVERABLE)
    }

    /// The mark of an address as older releases wrote it.
    pub fn plain_undeliverable(address: &str) -> Self {
        Self::new(format!("EMAIL#{address}"), UNDELIVERABLE)
    }

    /// An account whose address is not verified yet: what a mail sent again is found by.
    pub fn waits(address: &str, user: UserId) -> Self {
        Self::new(format!("EMAIL#{address}"), format!("{WAITS}{user}"))
    }

    /// A share link; `hash` is the SHA-256 of its token.
    pub fn share(hash: &str) -> Self {
        Self::new(format!("SHARE#{hash}"), "SHARE")
    }

    /// A share link among those of its owner, sorted by file.
    pub fn share_of(owner: UserId, file: FileId, id: ShareId) -> Self {
        Self::new(shares_of(owner), format!("{}{id}", shares_prefix(file)))
    }

    /// A count of what one subject, a keyed hash, did in one window of time.
    pub fn count(subject: &str, what: &str, window: i64) -> Self {
        Self::new(format!("COUNT#{subject}"), format!("{what}#{window}"))
    }

    /// An account that is being erased.
    pub fn erasure(user: UserId) -> Self {
        Self::new(format!("ERASE#{user}"), Self::ERASURE)
    }

    /// A file or an image of an account.
    pub fn upload(owner: UserId, kind: Kind, id: FileId) -> Self {
        Self::new(owned_by(owner), format!("{}{id}", sort_prefix(kind)))
    }

    /// What every signed-in user may see of a file: a copy, found by its id alone.
    pub fn shared_file(id: FileId) -> Self {
        Self::new(format!("{SHARED}{id}"), "FILE")
    }

    /// Word that there are files in a month of the index across owners, `2026-11`.
    pub fn month(month: &str) -> Self {
        Self::new(MONTHS.to_owned(), month)
    }

    /// A mail to send, among those to the same address; `address` is [`Email::key`](satchel_model::Email::key).
    pub fn mail(address: &str, id: MailId) -> Self {
        Self::new(mails_to(address), id.to_string())
    }

    /// What a link in a mail is good for; `hash` is the SHA-256 of its token.
    pub fn mail_link(hash: &str) -> Self {
        Self::new(format!("LINK#{hash}"), "LINK")
    }

    /// The note of a link in a mail, beside its account: the erasure of the account finds the link by it.
    pub fn mail_link_of(user: UserId, hash: &str) -> Self {
        Self::new(format!("USER#{user}"), format!("{MAIL_LINK}{hash}"))
    }

    /// The note of an address to which mails about an account go or went: the erasure of the account finds them by it.
    pub fn mailed_address(user: UserId, address: &str) -> Self {
        Self::new(format!("USER#{user}"), format!("{MAILED_ADDRESS}{address}"))
    }

    /// A request that an account may repeat; `hash` is the SHA-256 of what its client calls it.
    pub fn idempotency(user: UserId, hash: &str) -> Self {
        Self::new(idempotency_of(user), hash)
    }

    /// A resource of an account.
    pub fn resource(owner: UserId, id: ResourceId) -> Self {
        Self::new(resources_of(owner), format!("{RESOURCE}{id}"))
    }

    /// What staff made of a tier.
    pub fn tier(id: &TierId) -> Self {
        Self::new(TIERS.to_owned(), id.as_str())
    }

    /// How many accounts are in a tier.
    pub fn tier_count(id: &TierId) -> Self {
        Self::new("TIERCOUNT".to_owned(), id.as_str())
    }

    /// Where an audit stopped that is to be gone on with.
    pub fn audit() -> Self {
        Self::new("AUDIT".to_owned(), "PLACE")
    }

    /// The key as a whole item of a request.
    pub fn item(&self) -> Item {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        Item::from([("pk".to_owned(), text(&self.partition)), ("sk".to_owned(), text(&self.sort))])
    }
}

/// What sort keys of accounts that wait for their address to be verified begin with.
pub const WAITS: &str = "WAITS#";

/// The sort key of marks of addresses that get no more mail, and the prefix of their partitions.
const UNDELIVERABLE: &str = "UNDELIVERABLE";

/// The prefix of the sort keys of links in mails, in the partition of their account.
pub const MAIL_LINK: &str = "LINK#";

/// The prefix of the sort keys of addresses, in the partition of the account that mails to them were about.
pub const MAILED_ADDRESS: &str = "ADDRESS#";

/// What sort keys of sessions begin with; the id that follows sorts by time.
pub const SESSION: &str = "SESSION#";

/// Partition of an owner's share links.
pub fn shares_of(owner: UserId) -> String {
    format!("SHARES#{owner}")
}

/// The prefix of the sort keys of a file's share links, in their owner's partition; the link's id follows, sorted by
/// time.
pub fn shares_prefix(file: FileId) -> String {
    format!("SHARE#{file}#")
}

/// Partition of the mails to an address.
pub fn mails_to(address: &str) -> String {
    format!("MAIL#{address}")
}

/// The prefix of the partitions of copies of shared files.
pub const SHARED: &str = "SHARED#";

/// Partition of an owner's files and images.
pub fn owned_by(owner: UserId) -> String {
    format!("OWNER#{owner}")
}

/// Partition of an owner's resources; not that of the files, which is emptied as such when an account is erased.
pub fn resources_of(owner: UserId) -> String {
    format!("RESOURCES#{owner}")
}

/// Partition of what an account's Idempotency-Keys were used for.
pub fn idempotency_of(user: UserId) -> String {
    format!("IDEMPOTENCY#{user}")
}

/// What sort keys of resources begin with; the id that follows sorts by time.
pub const RESOURCE: &str = "RESOURCE#";

/// What sort keys of a kind begin with; the id that follows sorts by time.
pub fn sort_prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "FILE#",
        Kind::Image => "IMAGE#",
    }
}

/// Partition of the months that the index across owners has files in.
pub const MONTHS: &str = "MONTHS";

/// Partition of the account tiers that differ from the built-in ones.
pub const TIERS: &str = "TIERS";
