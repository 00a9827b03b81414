//! The signing keys of tokens are published, rotated, rolled back and dropped, during operation.

use std::time::Duration;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local::calls::Fault;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard, watch};

use crate::helpers::{Answer, TestStack, User, decode_token, stack_with};

/// A stack whose keys are changed, for one test at a time. Its generation continues where the previous test left it.
struct Keys {
    stack: TestStack,
    generation: MutexGuard<'static, u32>,
}

async fn keys() -> Keys {
    static GENERATION: Mutex<u32> = Mutex::const_new(1);
    let generation = GENERATION.lock().await;
    Keys { stack: stack_with(&[("MailFrom", "keys@example.com")]), generation }
}

impl Keys {
    /// Deploys a generation of keys.
    async fn deploy(&mut self, generation: u32, drop: &str) {
        self.stack
            .update(&[("KeyGeneration", &generation.to_string()), ("DropPreviousKeys", drop)])
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        *self.generation = generation;
    }

    async fn rotate(&mut self) {
        self.deploy(*self.generation + 1, "false").await;
    }

    /// The published keys: the previous, the current and the next.
    async fn published(&self) -> Vec<Value> {
        let answer = self.stack.get("/.well-known/jwks.json").await;
        assert_eq!(answer.status, 200, "{}", self.stack.explain(&answer));
        answer.json()["keys"].as_array().expect("keys").clone()
    }

    async fn kids(&self) -> Vec<String> {
        self.published().await.iter().map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
    }

    async fn verify(&self, token: &str) -> u16 {
        self.stack.post("/api/token/verify", json!({"token": token})).await.status
    }

    async fn refresh(&self, token: &str) -> Answer {
        self.stack.post("/api/token/refresh", json!({"refresh": token})).await
    }

    /// Creates another session of the user.
    async fn sign_in(&self, user: &User) -> User {
        self.stack.sign_in(&user.name, &user.password, user.id.clone()).await
    }
}

fn kid(token: &str) -> Value {
    decode_token(token).0["kid"].clone()
}

#[tokio::test]
async fn the_three_published_keys_verify_our_tokens() {
    let keys = keys().await;
    let answer = keys.stack.get("/.well-known/jwks.json").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let published = keys.published().await;
    assert_eq!(published.len(), 3);
    for key in &published {
        // Exactly these members (RFC 7517, RFC 8037). In particular there is no `d`, the private key.
        let known = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key["kid"], "x": key["x"]});
        assert_eq!(*key, known);
    }
    let ada = keys.stack.signed_up_user("ada").await;
    for token in [&ada.access, &ada.refresh] {
        let key = published.iter().find(|key| key["kid"] == kid(token)).expect("the key is published");
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
        let (message, signature) = token.rsplit_once('.').expect("a signature");
        let x = bytes(key["x"].as_str().expect("x"));
        let verified = UnparsedPublicKey::new(&ED25519, x).verify(message.as_bytes(), &bytes(signature));
        assert!(verified.is_ok());
    }
}

#[tokio::test]
async fn after_a_rotation_old_tokens_stay_valid_and_the_next_key_signs_new_ones() {
    let mut keys = keys().await;
    let before = keys.kids().await;
    let ada = keys.stack.signed_up_user("ada").await;
    assert_eq!(kid(&ada.access), before[1]);
    keys.rotate().await;
    let after = keys.kids().await;
    assert_eq!(after[..2], before[1..]);
    assert!(!before.contains(&after[2]));
    for token in [&ada.access, &ada.refresh] {
        assert_eq!(keys.verify(token).await, 200);
    }
    assert_eq!(ada.get("/api/users/me").await.status, 200);
    let refreshed = keys.refresh(&ada.refresh).await;
    assert_eq!(refreshed.status, 200, "{}", keys.stack.explain(&refreshed));
    let again = keys.sign_in(&ada).await;
    for token in
        [refreshed.json()["access"].as_str(), refreshed.json()["refresh"].as_str(), Some(&again.access)]
    {
        assert_eq!(kid(token.expect("a token")), before[2]);
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn tokens_of_a_removed_key_are_refused() {
    let mut keys = keys().await;
    let ada = keys.stack.signed_up_user("ada").await;
    keys.rotate().await;
    assert_eq!(keys.verify(&ada.access).await, 200);
    keys.rotate().await;
    for token in [&ada.access, &ada.refresh] {
        assert_eq!(keys.verify(token).await, 401);
    }
    assert_eq!(keys.refresh(&ada.refresh).await.status, 401);
    assert_eq!(keys.sign_in(&ada).await.get("/api/users/me").await.status, 200);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn rolling_back_restores_the_previous_keys() {
    let mut keys = keys().await;
    let before = keys.published().await;
    keys.rotate().await;
    let (after, ada) = (keys.published().await, keys.stack.signed_up_user("ada").await);
    keys.deploy(*keys.generation - 1, "false").await;
    assert_eq!(keys.published().await, before);
    // Tokens from before the rollback stay valid, because their key was published as the next.
    assert_eq!(keys.verify(&ada.access).await, 200);
    assert_eq!(kid(&keys.sign_in(&ada).await.access), before[1]["kid"]);
    keys.rotate().await;
    assert_eq!(keys.published().await, after);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn dropping_the_keys_invalidates_all_earlier_tokens_for_good() {
    let mut keys = keys().await;
    let (before, generation) = (keys.kids().await, *keys.generation);
    let ada = keys.stack.signed_up_user("ada").await;
    keys.deploy(generation, "true").await;
    assert_eq!((keys.verify(&ada.access).await, keys.refresh(&ada.refresh).await.status), (401, 401));
    let again = keys.sign_in(&ada).await;
    assert_eq!(again.get("/api/users/me").await.status, 200);
    keys.deploy(generation, "false").await;
    assert_eq!(keys.verify(&ada.access).await, 401);
    assert_eq!(keys.verify(&again.access).await, 200, "a deployment without dropping keeps the keys");
    let held: Vec<_> = keys.stack.signing_keys().map(|key| key.kid).into();
    assert!(before.iter().all(|old| !held.contains(old)), "the old keys are gone for good");
    assert_eq!(keys.kids().await, held);
}

#[tokio::test]
async fn a_rotation_under_load_fails_no_request() {
    let mut keys = keys().await;
    let ada = keys.stack.signed_up_user("ada").await;
    for _ in 0..3 {
        let (stop, stopped) = watch::channel(false);
        let work = [Work::Verify, Work::SignIn, Work::Refresh, Work::Verify];
        let workers: Vec<_> =
            work.map(|work| tokio::spawn(send_requests(work, ada.clone(), stopped.clone()))).into();
        tokio::time::sleep(PAUSE).await;
        keys.rotate().await;
        tokio::time::sleep(PAUSE).await;
        stop.send(true).expect("the workers are running");
        for worker in workers {
            worker.await.expect("every answer is 200");
        }
    }
}

/// Long enough for a few requests.
const PAUSE: Duration = Duration::from_millis(300);

#[derive(Clone, Copy)]
enum Work {
    Verify,
    SignIn,
    Refresh,
}

/// Sends requests one after another until it is stopped, but at least four.
async fn send_requests(work: Work, ada: User, stopped: watch::Receiver<bool>) {
    let stack = &ada.stack;
    let credentials = json!({"username": ada.name, "password": ada.password});
    let mut mine = stack.sign_in(&ada.name, &ada.password, ada.id.clone()).await;
    let mut answered = 0;
    while answered < 4 || !*stopped.borrow() {
        let answer = match work {
            Work::Verify => stack.post("/api/token/verify", json!({"token": mine.access})).await,
            Work::SignIn => stack.post("/api/token", credentials.clone()).await,
            Work::Refresh => stack.post("/api/token/refresh", json!({"refresh": mine.refresh})).await,
        };
        assert_eq!(answer.status, 200, "{}", stack.explain(&answer));
        answered += 1;
        // `Work::Verify` keeps its token from before the rotation.
        if !matches!(work, Work::Verify) {
            let token = |kind: &str| answer.json()[kind].as_str().expect("a token").to_owned();
            mine = mine.with_tokens(&token("access"), &token("refresh"));
            // A new token is valid for all functions, including those that are not updated yet.
            let verified = stack.post("/api/token/verify", json!({"token": mine.access})).await;
            assert_eq!(verified.status, 200, "{}", stack.explain(&verified));
        }
    }
}

#[tokio::test]
async fn a_failed_rotation_reports_the_reason_and_keeps_the_keys() {
    let keys = keys().await;
    let (before, ada) = (keys.published().await, keys.stack.signed_up_user("ada").await);
    // The client tries three times.
    for call in 1..=3 {
        keys.stack.calls().inject("manage-signing-keys", call, Fault::InternalError, 1);
    }
    let next = (*keys.generation + 1).to_string();
    let error = keys.stack.update(&[("KeyGeneration", &next)]).await.expect_err("it fails").to_string();
    assert!(error.starts_with("the custom resource SigningKeys failed: cannot read the secret: "), "{error}");
    assert!(!error.contains("pkcs8"), "{error}");
    assert_eq!(keys.published().await, before);
    assert_eq!(keys.verify(&ada.access).await, 200);
    assert_eq!(kid(&keys.sign_in(&ada).await.access), before[1]["kid"]);
}
