//! Changes to accounts: by their owners, by staff and by operators.

use std::iter;

use jiff::Timestamp;
use serde::Deserialize;

use satchel_files::moves;
use satchel_guard::{Attempts, Caller, login_key};
use satchel_model::{Email, Error, Login, Refusal, TierId, User, UserId};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::Key;
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, failed};

use crate::OutgoingMail;
use crate::directory::{Holder, waits};
use crate::outbox::note_addresses;

/// The most attempts at a change, if the account changes again between the read and the write.
const MAX_CHANGES: usize = 5;

/// Changes accounts. Fields that sign-in needs are changed in the login record too, in the same transaction.
#[derive(Clone)]
pub struct Accounts {
    table: Table,
}

/// A change to an account by staff; `None` leaves the field unchanged.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub tier: Option<TierId>,
    pub is_active: Option<bool>,
}

/// An account as it is stored.
#[derive(Deserialize)]
struct Found {
    #[serde(flatten)]
    user: User,
    /// When the account expires unless its address is verified, in epoch seconds.
    ttl: Option<i64>,
}

/// The positions of a change's writes in its transaction, after those of account and login.
mod place {
    pub const TIER: usize = 2;
}

impl Wired for Accounts {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()? })
    }
}

impl Accounts {
    /// Sets a new password for the caller and ends all other sessions of the caller at once.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`] if the caller's own session was ended in the meantime.
    pub async fn change_password(&self, caller: &Caller, password_hash: &str) -> Result<(), Error> {
        let next = caller.session.auth_epoch + 1;
        let key = login_key(&self.table, &caller.user.username, caller.user.id).await?;
        let new_login = "SET #auth_epoch = :next, #password_hash = :hash, #nfc_hash = :hash";
        let writes = vec![
            caller
                .update_user("SET #auth_epoch = :next ADD #credential_epoch :one", "")
                .number(":next", next)
                .number(":one", 1),
            login(key, caller.user.id, new_login).number(":next", next).text(":hash", password_hash),
            Write::update(Key::session(caller.user.id, caller.session.id), "SET #auth_epoch = :next")
                .when("attribute_exists(pk)")
                .number(":next", next),
        ];
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(()),
            Outcome::Cancelled(_) => Err(Refusal::TokenNotValid.into()),
        }
    }

    /// Stores the address that the caller wants, which takes effect once it is verified, and queues the mails
    /// about it.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`] if the caller was signed out in the meantime; [`Refusal::Throttled`] if one
    /// of the addresses got too many mails.
    pub async fn change_email(
        &self,
        caller: &Caller,
        email: &Email,
        mails: &[OutgoingMail],
        attempts: &Attempts,
        now: Timestamp,
    ) -> Result<(), Error> {
        let holder = Holder { user_id: caller.user.id, username: caller.user.username.clone() };
        let mut writes = vec![
            caller.session_is_there(),
            caller.update_user("SET #pending_email = :email", "").text(":email", email.as_str()),
            waits(&email.key(), &holder, None)?,
        ];
        let given_up = caller.user.pending_email.as_deref().map(Email::stored);
        for key in given_up.iter().flat_map(Email::keys).filter(|key| *key != email.key()) {
            writes.push(Write::delete(Key::waits(&key, holder.user_id)));
        }
        for mail in mails {
            writes.push(mail.write(now)?);
        }
        // Notifications count against the limits too: the owner learns of every change, or the change is
        // refused.
        let told = mails.iter().map(|mail| Email::stored(&mail.email).key());
        let told: Vec<_> = told.filter(|told| *told != email.key()).collect();
        let first_count = writes.len();
        writes.push(attempts.mail(&email.key(), now));
        writes.extend(told.iter().map(|told| attempts.first_mail(told, now)));
        let mailed = caller.user.email.iter().chain(&caller.user.pending_email);
        let mailed = mailed.map(|text| Email::stored(text).key()).chain([email.key()]).collect();
        writes.extend(note_addresses(caller.user.id, &mailed, now)?);
        let addresses = iter::once(email.key()).chain(told);
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(()),
            Outcome::Cancelled(reasons) if !failed(&reasons, 0) && !failed(&reasons, 1) => {
                let mut waits = addresses.enumerate().filter_map(|(place, address)| {
                    let place = first_count + place;
                    let counter = reasons.get(place)?.item.as_ref();
                    failed(&reasons, place).then(|| attempts.mail_wait(&address, counter, now))
                });
                Err(Error::Refused(Refusal::Throttled { seconds: waits.next().unwrap_or(1) }))
            }
            Outcome::Cancelled(_) => Err(Refusal::TokenNotValid.into()),
        }
    }

    /// Changes an account for staff and returns the changed account. Closing the account ends its sessions at
    /// once.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if the account does not exist or the caller is no longer staff;
    /// [`Refusal::TokenNotValid`] if the caller was signed out in the meantime. A field error for `tier` if
    /// the tier was deleted in the meantime, or if the account may still expire: an expiry would not be
    /// subtracted from the tier's number of accounts.
    pub async fn change(&self, caller: &Caller, id: UserId, change: &Change) -> Result<User, Error> {
        for _ in 0..MAX_CHANGES {
            let Some(Found { user, ttl }) = self.table.get(&Key::user(id)).await? else {
                return Err(Refusal::NotFound.into());
            };
            let changed = change.of(&user);
            if changed.tier != user.tier && ttl.is_some() {
                return Err(Error::field("tier", "The address of this account is not verified yet."));
            }
            let key = login_key(&self.table, &user.username, id).await?;
            let mut writes = change_of(&user, &changed, key);
            writes.extend(moves(&user.tier, &changed.tier));
            let session = writes.len();
            let [is_there, is_staff] = caller.is_still_staff();
            writes.push(is_there);
            // A transaction may contain a record only once; the caller's own account was read a moment ago.
            writes.extend(Some(is_staff).filter(|_| id != caller.user.id));
            match self.table.transact(writes).await? {
                Outcome::Done => return Ok(changed),
                Outcome::Cancelled(reasons) if failed(&reasons, session) => {
                    return Err(Refusal::TokenNotValid.into());
                }
                Outcome::Cancelled(reasons) if failed(&reasons, session + 1) => {
                    return Err(Refusal::NotFound.into());
                }
                Outcome::Cancelled(reasons) if is_erased(&reasons) => return Err(Refusal::NotFound.into()),
                Outcome::Cancelled(reasons) if failed(&reasons, place::TIER) => {
                    let words = format!("\"{}\" is not a valid choice.", changed.tier.as_str());
                    return Err(Error::field("tier", &words));
                }
                // The account was signed out everywhere or changed by other staff in between: try again.
                Outcome::Cancelled(_) => {}
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Gives or removes the staff status of the account of `login`; returns `false` if the account no longer
    /// exists.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn set_staff(&self, login: &Login, staff: bool) -> Result<bool, StoreError> {
        // The journal has every change of an account with this mark, so that a restore does not give the rights back.
        let write = Write::update(Key::user(login.user_id), "SET #is_staff = :staff, #journalled = :true")
            .when("attribute_exists(pk)")
            .flag(":staff", staff)
            .flag(":true", true);
        Ok(matches!(self.table.transact(vec![write]).await?, Outcome::Done))
    }
}

impl Change {
    fn of(&self, user: &User) -> User {
        let is_active = self.is_active.unwrap_or(user.is_active);
        let closes = user.is_active && !is_active;
        User {
            tier: self.tier.clone().unwrap_or_else(|| user.tier.clone()),
            is_active,
            auth_epoch: user.auth_epoch + u64::from(closes),
            // A link mailed before the account was closed must not work when it is opened again.
            credential_epoch: user.credential_epoch + u64::from(closes),
            ..user.clone()
        }
    }
}

/// The writes that change the account `user`, as it was read, to `changed`, and its login record.
fn change_of(user: &User, changed: &User, key: Key) -> Vec<Write> {
    let closes = changed.credential_epoch - user.credential_epoch;
    // Added, not set: verifying a new address raises this epoch without the other one.
    // The journal has every change of an account with the mark, so that a restore does not open a closed account.
    let is_marked = user.is_active != changed.is_active;
    let mark = if is_marked { ", #journalled = :true" } else { "" };
    let set = format!(
        "SET #tier = :tier, #is_active = :active, #auth_epoch = :next{mark} ADD #credential_epoch :closes"
    );
    let account = Write::update(Key::user(user.id), &set).number(":closes", closes);
    let account = if is_marked { account.flag(":true", true) } else { account };
    vec![
        account
            // The record must be as it was read, so that neither of two concurrent changes undoes the other.
            .when(
                "#auth_epoch = :epoch AND #is_active = :was AND #tier = :had AND attribute_not_exists(#erasing)",
            )
            .text(":tier", changed.tier.as_str())
            .flag(":active", changed.is_active)
            .number(":next", changed.auth_epoch)
            .number(":epoch", user.auth_epoch)
            .flag(":was", user.is_active)
            .text(":had", user.tier.as_str()),
        login(key, user.id, "SET #is_active = :active, #auth_epoch = :next")
            .flag(":active", changed.is_active)
            .number(":next", changed.auth_epoch),
    ]
}

/// An update of the account's login record.
fn login(key: Key, user: UserId, expression: &str) -> Write {
    Write::update(key, expression).when("#user_id = :user").text(":user", user)
}

fn is_erased(reasons: &[aws_sdk_dynamodb::types::CancellationReason]) -> bool {
    let user = reasons.first().and_then(|reason| reason.item.as_ref());
    failed(reasons, 0) && user.is_none_or(|user| user.is_empty() || user.contains_key("erasing"))
}
