//! The walk-through of README.md: sign up, sign in, upload a photo, fetch its thumbnail, share it, delete everything.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::ACCEPT;
use serde_json::{Value, json};

use super::api::{Answer, Api, send};
use super::jpeg::{MAKER, PHOTO, contains, size};
use super::{Check, show};
use crate::console::Console;
use crate::failure::Failure;

/// Who walks.
#[derive(Debug)]
pub enum Account {
    /// A new account without an address, which is deleted at the end.
    New,
    Existing {
        name: String,
        password: String,
    },
}

/// Seconds until a photo must be ready.
const PATIENCE: u64 = 60;

/// A walk under way.
struct Walk<'a> {
    api: Api,
    console: Console,
    checks: Vec<Check>,
    account: &'a Account,
    name: String,
    password: String,
    /// The photo, while it exists.
    photo: Option<String>,
}

/// Walks until the end or the first failure, then deletes what was created.
pub async fn through(api: &Api, account: &Account, console: Console) -> Vec<Check> {
    let (name, password) = match account {
        Account::New => (format!("smoke-{}", &password()[..12]), password()),
        Account::Existing { name, password } => (name.clone(), password.clone()),
    };
    let mut walk =
        Walk { api: api.clone(), console, checks: Vec::new(), account, name, password, photo: None };
    if walk.sign_in().await {
        walk.with_photo().await;
        walk.clean_up().await;
    }
    walk.checks
}

impl Walk<'_> {
    fn note(&mut self, name: &'static str, result: Result<String, String>) -> bool {
        let is_ok = result.is_ok();
        self.push(Check::of(name, result));
        is_ok
    }

    fn push(&mut self, check: Check) {
        show(&check, self.console);
        self.checks.push(check);
    }

    /// Signs up and in. Without this, nothing else can be tried.
    async fn sign_in(&mut self) -> bool {
        if matches!(self.account, Account::New) {
            let body = json!({"username": self.name, "password": self.password});
            let answer = self.api.json(Method::POST, "/api/users", &body).await;
            match answer.map_err(|failure| failure.message) {
                Ok(answer) if is_closed(&answer) => {
                    let why = format!(
                        "strangers cannot sign up without an address ({}); add --username",
                        answer.summary()
                    );
                    self.push(Check::not_applicable("sign-up", why));
                    return false;
                }
                answer => {
                    let created = answer.and_then(|answer| answer.expect(201));
                    if !self.note(
                        "sign-up",
                        created.map(|_| format!("{} signed up without an address", self.name)),
                    ) {
                        return false;
                    }
                }
            }
        }
        let form = [("username", self.name.as_str()), ("password", self.password.as_str())];
        let answer = send(self.api.request(Method::POST, "/api/token").form(&form)).await;
        let token = expected(answer, 200).and_then(|answer| text(&answer.json(), "access"));
        let me = match &token {
            Ok(token) => {
                self.api = self.api.signed_in(token);
                expected(self.api.get("/api/users/me").await, 200)
                    .and_then(|answer| text(&answer.json(), "username"))
            }
            Err(why) => Err(why.clone()),
        };
        self.note("sign-in", me.map(|name| format!("the token is {name}'s")))
    }

    async fn with_photo(&mut self) {
        let announced = self.announce().await;
        let Ok((id, upload)) = announced else {
            self.note("upload", announced.map(|_| String::new()));
            return;
        };
        self.photo = Some(id.clone());
        let first = self.put(&upload).await.and_then(|answer| answer.expect(200));
        if !self.note("upload", first.map(|_| format!("{} bytes by a signed PUT", PHOTO.len()))) {
            return;
        }
        let second = self.put(&upload).await.and_then(|answer| answer.expect(412));
        self.note("upload-once", second.map(|_| "the same URL takes no second upload".to_owned()));
        let ready = self.ready(&id).await;
        if !self.note("processing", ready) {
            return;
        }
        let thumbnail = self.thumbnail(&id).await;
        self.note("thumbnail", thumbnail);
        let shared = self.share(&id).await;
        self.note("share-link", shared);
        let deleted = self.delete_photo(&id).await;
        self.note("delete", deleted);
    }

    async fn announce(&self) -> Result<(String, Value), String> {
        let body = json!({"filename": "smoke.jpg", "content_type": "image/jpeg", "size": PHOTO.len()});
        let answer = expected(self.api.json(Method::POST, "/api/images", &body).await, 201)?.json();
        Ok((text(&answer, "id")?, answer["upload"].clone()))
    }

    async fn put(&self, upload: &Value) -> Result<Answer, String> {
        let mut request = self.api.elsewhere(Method::PUT, &text(upload, "url")?).body(PHOTO);
        for (name, value) in upload["headers"].as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().unwrap_or_default());
        }
        send(request).await.map_err(|failure| failure.message)
    }

    /// Waits until the photo is ready.
    async fn ready(&self, id: &str) -> Result<String, String> {
        let path = format!("/api/images/{id}");
        for half in 0..2 * PATIENCE {
            let image = expected(self.api.get(&path).await, 200)?.json();
            match image["status"].as_str() {
                Some("ready")
                    if (image["width"].as_u64(), image["height"].as_u64()) == (Some(480), Some(640)) =>
                {
                    return Ok(format!("the photo is ready and upright after about {} s", half / 2));
                }
                Some("pending") => tokio::time::sleep(Duration::from_millis(500)).await,
                _ => return Err(format!("the photo became {image}")),
            }
        }
        Err(format!("the photo is still pending after {PATIENCE} s: look at process-upload in the log group"))
    }

    async fn thumbnail(&self, id: &str) -> Result<String, String> {
        let path = format!("/api/images/{id}/thumbnail?size=200");
        let url = text(&expected(self.api.get(&path).await, 200)?.json(), "url")?;
        let answer = expected(send(self.api.elsewhere(Method::GET, &url)).await, 200)?;
        match size(&answer.body) {
            Some((150, 200)) if contains(&answer.body, MAKER) => {
                Err("the thumbnail has the photo's metadata".to_owned())
            }
            Some((150, 200)) => Ok(format!("150 x 200, {} bytes, {}", answer.body.len(), caching(&answer))),
            other => Err(format!("the thumbnail should have 150 x 200 pixels, and has {other:?}")),
        }
    }

    async fn share(&self, id: &str) -> Result<String, String> {
        let links = format!("/api/images/{id}/links");
        let link = expected(self.api.json(Method::POST, &links, &json!({})).await, 201)?.json();
        let page = Api::new(&self.api.base).map_err(|failure| failure.message)?;
        let url = text(&link, "url")?;
        let open = || send(page.request(Method::GET, &url).header(ACCEPT, "*/*"));
        let file = expected(open().await, 302)?.header("location").to_owned();
        let answer = expected(send(page.elsewhere(Method::GET, &file)).await, 200)?;
        if answer.body != PHOTO {
            return Err(format!("the link leads to {} other bytes", answer.body.len()));
        }
        expected(self.api.delete(&format!("{links}/{}", text(&link, "id")?)).await, 204)?;
        expected(open().await, 404)?;
        Ok("a stranger could open the link, and not after it was deleted".to_owned())
    }

    async fn delete_photo(&mut self, id: &str) -> Result<String, String> {
        let path = format!("/api/images/{id}");
        expected(self.api.delete(&path).await, 204)?;
        self.photo = None;
        expected(self.api.get(&path).await, 404)?;
        Ok("the photo is gone".to_owned())
    }

    /// Deletes what a walk that failed has left, and the account if it is a new one.
    async fn clean_up(&mut self) {
        if let Some(id) = self.photo.take() {
            let deleted = expected(self.api.delete(&format!("/api/images/{id}")).await, 204);
            self.note("clean-up", deleted.map(|_| "the photo of the failed walk is deleted".to_owned()));
        }
        if matches!(self.account, Account::New) {
            let body = json!({"password": self.password});
            let deleted = expected(self.api.json(Method::DELETE, "/api/users/me", &body).await, 204);
            let refused = match deleted {
                Ok(_) => expected(self.api.get("/api/users/me").await, 401),
                Err(why) => Err(why),
            };
            self.note(
                "account",
                refused.map(|_| format!("{} is deleted, and its token is refused", self.name)),
            );
        }
    }
}

/// Whether the deployment takes no strangers without an address.
fn is_closed(answer: &Answer) -> bool {
    let needs_address = answer.status == 400 && !answer.json()["email"].is_null();
    answer.status == 403 || needs_address
}

fn caching(answer: &Answer) -> String {
    match answer.header("cache-control") {
        "" => "without Cache-Control".to_owned(),
        text => format!("Cache-Control: {text}"),
    }
}

pub(super) fn expected(answer: Result<Answer, Failure>, status: u16) -> Result<Answer, String> {
    answer.map_err(|failure| failure.message)?.expect(status)
}

fn text(value: &Value, name: &str) -> Result<String, String> {
    value[name].as_str().map(ToOwned::to_owned).ok_or_else(|| format!("the answer has no `{name}`: {value}"))
}

/// A random password or name: 32 letters and digits from the system's generator.
pub fn password() -> String {
    let mut bytes = [0; 16];
    // Without the system's generator, TLS would not work either.
    getrandom::fill(&mut bytes).unwrap_or_else(|error| panic!("no random numbers: {error}"));
    format!("{:032x}", u128::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: HeaderMap::new(), body: body.into(), version: reqwest::Version::HTTP_11 }
    }

    #[test]
    fn a_deployment_that_takes_no_strangers_is_no_failure() {
        assert!(is_closed(&answer(403, r#"{"detail":"Registration is closed."}"#)));
        assert!(is_closed(&answer(400, r#"{"email":["This field is required."]}"#)));
        assert!(!is_closed(&answer(400, r#"{"password":["This password is too common."]}"#)));
        assert!(!is_closed(&answer(201, "{}")));
    }

    #[test]
    fn passwords_differ() {
        assert_eq!(password().len(), 32);
        assert_ne!(password(), password());
    }
}
