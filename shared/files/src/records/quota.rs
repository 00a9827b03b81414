//! The two numbers of an account that limit its storage: the bytes that its records reserve, and the deleted bytes
//! that S3 still keeps.

use aws_sdk_dynamodb::types::CancellationReason;
use jiff::Timestamp;

use satchel_guard::Caller;
use satchel_model::{Error, Refusal, Upload, User, UserId};
use satchel_table::keys::{IS_KEPT, Key};
use satchel_table::write::Write;
use satchel_table::{StoreError, failed, read};

use crate::KeptDays;

/// Reserved and kept bytes together may be this many times as much as the tier allows to reserve.
const WITH_KEPT: i128 = 3;

/// The space that an account has, as of the last read of the account.
///
/// DynamoDB's conditions cannot add two attributes. So the limit for both together is a limit for the reserved
/// bytes, on condition that no more bytes are kept than `kept`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// The bytes that the records may reserve.
    max_total: i128,
    /// The kept bytes up to which `reserved_at_most` is correct.
    kept: i128,
}

/// How a change of a record changes the numbers of its owner.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Difference {
    /// The bytes that the record reserves in addition; may be negative.
    pub more: i128,
    /// The bytes that S3 keeps in addition, and when they are deleted.
    kept: Option<(u64, Timestamp)>,
    days: KeptDays,
}

impl Room {
    pub fn new(max_total: u64, user: &User) -> Self {
        let max_total = i128::from(max_total);
        // Up to this number, the kept bytes limit nothing, so deletions at the same moment do not interfere.
        let harmless = (WITH_KEPT - 1) * max_total;
        Self { max_total, kept: i128::from(user.kept_bytes).max(harmless) }
    }

    /// The largest number of reserved bytes with which `more` bytes still fit; negative if they never fit.
    fn reserved_at_most(&self, more: i128) -> i128 {
        self.max_total.min(WITH_KEPT * self.max_total - self.kept) - more
    }

    fn fits(&self, user: &User, more: i128) -> bool {
        i128::from(user.used_bytes) <= self.reserved_at_most(more)
    }
}

impl Difference {
    pub fn new(before: &Upload, after: &Upload, days: KeptDays) -> Self {
        let more = i128::from(after.reserved()) - i128::from(before.reserved());
        let kept = after.newly_kept(before).filter(|_| days.keeps());
        Self { more, kept, days }
    }

    /// For a transaction of the owner: changes the owner's account, if it still accepts the session and has
    /// room.
    pub fn of_caller(&self, caller: &Caller, room: &Room) -> Write {
        let Some(update) = self.update() else {
            let [_, account] = caller.is_still_good();
            return account;
        };
        if self.more <= 0 {
            return self.values(caller.update_user(update, ""));
        }
        let fits =
            " AND #used_bytes <= :room AND (attribute_not_exists(#kept_bytes) OR #kept_bytes <= :kept_room)";
        let write = caller.update_user(update, fits).number(":kept_room", room.kept);
        self.values(write).number(":room", room.reserved_at_most(self.more))
    }

    /// For a transaction that the owner did not request: changes the owner's account or, for a shared file,
    /// checks that the account is not being erased, because nothing would remove the copy.
    ///
    /// An account that staff closed may be reopened, so its files still change; readers check the account.
    pub fn of_owner(&self, after: &Upload) -> Option<Write> {
        let key = Key::user(after.owner);
        match self.update() {
            Some(update) => Some(self.values(Write::update(key, update).when(IS_KEPT))),
            None => after.is_shared().then(|| Write::check(key).when(IS_KEPT)),
        }
    }

    /// For the same transaction: adds the kept bytes to those of their day.
    pub fn kept_record(&self, owner: UserId) -> Option<Write> {
        self.kept.map(|(bytes, at)| self.days.add(owner, bytes, at))
    }

    fn update(&self) -> Option<&'static str> {
        match (self.more, self.kept) {
            (0, None) => None,
            (_, None) => Some("ADD #used_bytes :more"),
            (_, Some(_)) => Some("ADD #used_bytes :more, #kept_bytes :kept"),
        }
    }

    fn values(&self, write: Write) -> Write {
        let write = write.number(":more", self.more);
        match self.kept {
            Some((bytes, _)) => write.number(":kept", bytes),
            None => write,
        }
    }
}

/// For the transaction that creates `upload`: reserves its bytes in the caller's account.
pub(crate) fn reserves(upload: &Upload) -> Difference {
    Difference { more: upload.reserved().into(), ..Difference::default() }
}

/// Tells why the transaction of a caller was cancelled, whose first two writes are about session and account.
///
/// Returns `None` if neither of their conditions failed. Returns the account's present room if `more` bytes fit
/// into it, because then only the number of kept bytes has grown since it was read.
///
/// # Errors
/// [`Refusal::TokenNotValid`] if the caller was signed out; [`Refusal::QuotaExceeded`] if there is no room.
pub(crate) fn refusal(
    caller: &Caller,
    reasons: &[CancellationReason],
    more: i128,
    room: &Room,
) -> Result<Option<Room>, Error> {
    if failed(reasons, 0) {
        return Err(Refusal::TokenNotValid.into());
    }
    if !failed(reasons, 1) {
        return Ok(None);
    }
    let account = reasons.get(1).and_then(|reason| reason.item.clone()).filter(|item| !item.is_empty());
    let Some(user) = account.map(read::<User>).transpose().map_err(StoreError::from)? else {
        return Err(Refusal::TokenNotValid.into());
    };
    if !user.is_active || user.auth_epoch != caller.session.auth_epoch {
        return Err(Refusal::TokenNotValid.into());
    }
    let fresh = Room { kept: room.kept.max(user.kept_bytes.into()), ..*room };
    if fresh.kept > room.kept && fresh.fits(&user, more) {
        return Ok(Some(fresh));
    }
    Err(Refusal::QuotaExceeded.into())
}
