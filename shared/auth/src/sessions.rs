//! Sessions: created at sign-in, continued by refresh tokens, ended by sign-out.

use jiff::Timestamp;

use satchel_guard::{Caller, Learnt, login_key};
use satchel_model::clock::later;
use satchel_model::{Error, RefreshClaims, Refusal, Replaced, Session, SessionId, Succession, UserId};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{Key, SESSION};
use satchel_table::listing::Range;
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, failed, item, read};

/// The most replaced tokens that are still accepted. Browser tabs do not get further ahead of each other
/// within seconds, and the limit keeps the record small however often a client refreshes.
const MAX_REPLACED: usize = 20;

/// How often a refresh starts over because another one was first. Usually the first repetition finds the
/// other's result.
const MAX_TRIES: u32 = 10;

/// Creates, lists, refreshes and ends sessions.
#[derive(Clone)]
pub struct Sessions {
    table: Table,
    /// Seconds that a replaced refresh token is accepted after its successor was first presented.
    grace: i64,
}

/// The result of presenting a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// The refresh token to return, as claims.
    Successor(RefreshClaims),
    /// The token was replaced and its successor used too long ago, so somebody has a copy. The session has
    /// been ended.
    Reused,
    /// The session has ended in the meantime.
    Gone,
}

/// What a presented token leads to, according to the stored succession.
enum Step {
    /// The token was exchanged before: return the same successor again.
    Repeat(RefreshClaims),
    /// The token is exchanged for the first time: store a successor.
    Advance(Succession),
    Reused,
}

impl Wired for Sessions {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()?, grace: wiring.parsed("REFRESH_GRACE_SECONDS") })
    }
}

impl Sessions {
    /// Stores a new session; returns `false` if the account refuses it.
    ///
    /// The session is refused if the account was closed or its epoch was raised since `session.auth_epoch`
    /// was read. So a sign-in during a password change leaves no session of the old password. `learnt`, which
    /// is what the sign-in revealed about the account, is written with the session unless the login record
    /// has changed.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn create(&self, session: &Session, learnt: Option<&Learnt>) -> Result<bool, StoreError> {
        let key = Key::session(session.user_id, session.id);
        let writes = vec![
            Write::put(item(&key, session, Some(session.expires_at.as_second()))?)
                .when("attribute_not_exists(pk)"),
            Write::check(Key::user(session.user_id))
                .when("#auth_epoch = :epoch AND #is_active = :true")
                .number(":epoch", session.auth_epoch)
                .flag(":true", true),
        ];
        let Some(learnt) = learnt else { return self.store(writes).await };
        let with_login = [writes.clone(), vec![learnt.write(session)?]].concat();
        match self.table.transact(with_login).await? {
            Outcome::Done => Ok(true),
            // Another sign-in has already updated the login record; store the session without that.
            Outcome::Cancelled(reasons) if !failed(&reasons, 1) && failed(&reasons, 2) => {
                self.store(writes).await
            }
            Outcome::Cancelled(_) => Ok(false),
        }
    }

    async fn store(&self, writes: Vec<Write>) -> Result<bool, StoreError> {
        Ok(matches!(self.table.transact(writes).await?, Outcome::Done))
    }

    /// Lists up to `limit` sessions of the caller's account, latest first, and returns the id after which the
    /// next page begins.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn list(
        &self,
        caller: UserId,
        limit: usize,
        after: Option<SessionId>,
    ) -> Result<(Vec<Session>, Option<SessionId>), StoreError> {
        let range = Range { partition: Key::user(caller).partition, prefix: SESSION, filter: None };
        let after = after.map(|id| id.to_string());
        let (items, last) = range.newest_first(&self.table, limit, after.as_deref()).await?;
        let sessions: Result<Vec<Session>, _> = items.into_iter().map(read).collect();
        Ok((sessions?, last.and_then(|id| id.parse().ok())))
    }

    /// Ends one session of the caller's account, possibly the caller's own; returns `false` if there is no
    /// such session.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`] if the caller was signed out in the meantime.
    pub async fn end_one(&self, caller: &Caller, id: SessionId) -> Result<bool, Error> {
        let end = Write::delete(Key::session(caller.user.id, id)).when("attribute_exists(pk)");
        let [session, account] = caller.is_still_good();
        let writes = if id == caller.session.id { vec![end, account] } else { vec![session, account, end] };
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(true),
            Outcome::Cancelled(reasons) if failed(&reasons, 0) || failed(&reasons, 1) => {
                Err(Refusal::TokenNotValid.into())
            }
            Outcome::Cancelled(_) => Ok(false),
        }
    }

    /// Ends the caller's session; all its tokens are refused from the next call on.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn end(&self, caller: &Caller) -> Result<(), StoreError> {
        let key = Key::session(caller.user.id, caller.session.id).item();
        self.table.client.delete_item().table_name(&self.table.name).set_key(Some(key)).send().await?;
        Ok(())
    }

    /// Ends all sessions of the caller's account at once, by raising its epoch.
    ///
    /// Links that reset the password stay valid, so that an owner whose account is compromised can sign out
    /// everywhere and set a new password in either order.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn end_all(&self, caller: &Caller) -> Result<(), StoreError> {
        let login = login_key(&self.table, &caller.user.username, caller.user.id).await?;
        let writes = vec![
            caller.update_user("ADD #auth_epoch :one", "").number(":one", 1),
            Write::update(login, "SET #auth_epoch = :next")
                .when("#user_id = :user")
                .number(":next", caller.session.auth_epoch + 1)
                .text(":user", caller.user.id),
        ];
        // If the transaction is cancelled, another request has already ended them.
        self.table.transact(writes).await?;
        Ok(())
    }

    /// Exchanges the refresh token `jti`.
    ///
    /// Each token has exactly one successor; `fresh` becomes the successor if there is none yet. All clients
    /// that present one token at the same time get the same successor.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn refresh(
        &self,
        caller: &Caller,
        jti: &str,
        fresh: RefreshClaims,
        now: Timestamp,
    ) -> Result<Refreshed, StoreError> {
        let mut session = caller.session.clone();
        for _ in 0..MAX_TRIES {
            let Some(succession) = &session.refresh else { return Ok(Refreshed::Gone) };
            let next = match self.step(succession, jti, &fresh, now) {
                Step::Repeat(claims) => return Ok(Refreshed::Successor(claims)),
                Step::Reused => {
                    self.end(caller).await?;
                    return Ok(Refreshed::Reused);
                }
                Step::Advance(next) => next,
            };
            match self.advance(caller, succession, &next, now).await? {
                Advanced::Done => return Ok(Refreshed::Successor(fresh)),
                Advanced::Gone => return Ok(Refreshed::Gone),
                // Another request was first: decide again by what it stored.
                Advanced::Overtaken(current) => session = *current,
            }
        }
        Err(StoreError::Conflict)
    }

    fn step(&self, had: &Succession, jti: &str, fresh: &RefreshClaims, now: Timestamp) -> Step {
        if had.current.jti == jti {
            return match &had.successor {
                Some(successor) => Step::Repeat(successor.clone()),
                None => Step::Advance(Succession { successor: Some(fresh.clone()), ..had.clone() }),
            };
        }
        if let Some(successor) = had.successor.as_ref().filter(|successor| successor.jti == jti) {
            return Step::Advance(Succession {
                current: successor.clone(),
                successor: Some(fresh.clone()),
                replaced: self.replaced(had, successor, now),
            });
        }
        let answered = had.replaced.iter().find(|old| old.jti == jti && now < old.until);
        answered.map_or(Step::Reused, |old| Step::Repeat(old.answer.clone()))
    }

    /// The replaced tokens that are still accepted after `successor` has become the current one.
    fn replaced(&self, had: &Succession, successor: &RefreshClaims, now: Timestamp) -> Vec<Replaced> {
        let (jti, answer) = (had.current.jti.clone(), successor.clone());
        let old = Replaced { jti, answer, until: later(now, self.grace) };
        let alive = had.replaced.iter().filter(|old| now < old.until).cloned();
        let mut replaced: Vec<_> = alive.chain([old]).collect();
        replaced.drain(..replaced.len().saturating_sub(MAX_REPLACED));
        replaced
    }

    async fn advance(
        &self,
        caller: &Caller,
        from: &Succession,
        to: &Succession,
        now: Timestamp,
    ) -> Result<Advanced, StoreError> {
        let key = Key::session(caller.user.id, caller.session.id);
        let writes = vec![
            Write::update(key, "SET #refresh = :to, #last_used_at = :now")
                .when("#refresh = :from")
                .value(":from", serde_dynamo::to_attribute_value(from)?)
                .value(":to", serde_dynamo::to_attribute_value(to)?)
                .text(":now", now),
            Write::check(Key::user(caller.user.id))
                .when("#auth_epoch = :epoch AND #is_active = :true")
                .number(":epoch", caller.session.auth_epoch)
                .flag(":true", true),
        ];
        let reasons = match self.table.transact(writes).await? {
            Outcome::Done => return Ok(Advanced::Done),
            Outcome::Cancelled(reasons) => reasons,
        };
        if failed(&reasons, 1) {
            return Ok(Advanced::Gone);
        }
        let current = reasons.into_iter().next().and_then(|reason| reason.item);
        match current.filter(|item| !item.is_empty()) {
            Some(item) => Ok(Advanced::Overtaken(Box::new(read(item)?))),
            None => Ok(Advanced::Gone),
        }
    }
}

enum Advanced {
    Done,
    Overtaken(Box<Session>),
    Gone,
}
