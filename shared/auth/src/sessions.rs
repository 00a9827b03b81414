//! Sessions: made at sign-in, carried on by refresh tokens, ended by logout.

use jiff::Timestamp;

use satchel_guard::{Caller, Learnt, login_key};
use satchel_model::clock::later;
use satchel_model::{Error, RefreshClaims, Refusal, Replaced, Session, SessionId, Succession, UserId};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{Key, SESSION};
use satchel_table::listing::Range;
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, failed, item, read};

/// How many replaced tokens are answered at most. Tabs do not run further ahead of each other within seconds, and
/// the record stays small whoever asks how often.
const MAX_REPLACED: usize = 20;

/// How often a refresh looks again after another one was first; what that one left is the answer, as a rule.
const MAX_TRIES: u32 = 10;

/// Keeps sessions.
#[derive(Clone)]
pub struct Sessions {
    table: Table,
    /// Seconds that a replaced refresh token is accepted after its successor was first presented.
    grace: i64,
}

/// What became of a refresh token that was presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// Answer with the refresh token of these claims.
    Successor(RefreshClaims),
    /// It had been replaced, and its successor used, too long ago: somebody has a copy. The session is ended.
    Reused,
    /// The session has ended meanwhile.
    Gone,
}

/// What a presented token asks for, by the succession as it was read.
enum Step {
    /// It was answered before: the same again.
    Repeat(RefreshClaims),
    /// Its first time: it gets a successor.
    Advance(Succession),
    Reused,
}

impl Wired for Sessions {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()?, grace: wiring.parsed("REFRESH_GRACE_SECONDS") })
    }
}

impl Sessions {
    /// Keeps a new session, unless the account was closed or its epoch raised since `session.auth_epoch` was
    /// read: a sign-in that races a password change leaves no session of the old password. Says whether it was kept.
    /// What the sign-in taught about the account is written with it, if nothing else changed that meanwhile.
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
        let Some(learnt) = learnt else { return self.kept(writes).await };
        let with_login = [writes.clone(), vec![learnt.write(session)?]].concat();
        match self.table.transact(with_login).await? {
            Outcome::Done => Ok(true),
            // Another sign-in was first to write the same; this one is as good without.
            Outcome::Cancelled(reasons) if !failed(&reasons, 1) && failed(&reasons, 2) => {
                self.kept(writes).await
            }
            Outcome::Cancelled(_) => Ok(false),
        }
    }

    async fn kept(&self, writes: Vec<Write>) -> Result<bool, StoreError> {
        Ok(matches!(self.table.transact(writes).await?, Outcome::Done))
    }

    /// Up to `limit` sessions of the caller's account that count now, latest first, and where the next page goes on.
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

    /// Ends one session of the caller's account, which may be the caller's own; `false` if it has none of this id.
    ///
    /// # Errors
    /// 401 if the caller was signed out meanwhile.
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

    /// Ends a session: every token of it is refused from the next call on.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn end(&self, caller: &Caller) -> Result<(), StoreError> {
        let key = Key::session(caller.user.id, caller.session.id).item();
        self.table.client.delete_item().table_name(&self.table.name).set_key(Some(key)).send().await?;
        Ok(())
    }

    /// Ends all sessions of the caller's account at once, by raising its epoch. Links that reset the password stay
    /// valid: an owner who has an intruder can sign out everywhere and set a new password in either order.
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
        // Cancelled: somebody else ended them in the meantime.
        self.table.transact(writes).await?;
        Ok(())
    }

    /// Answers the refresh token `jti`. Each token has one successor, always the same; `fresh` is what it will be
    /// if it has none yet. Of callers that present one token at once, all get the same successor.
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
                // Another tab was first: look again at what it left.
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

    /// The tokens that are still answered once `successor` takes the place of the current one.
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
