//! The local stacks of the tests: one that most tests share, and one for each other set of parameters.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};

use local::{Options, Stack};
use reqwest::Client;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use super::{Answer, User, note_passwords, note_permissions, watch_api, watch_logs};

/// The password of every account that the helpers create.
pub const PASSWORD: &str = "correct horse battery";

/// All tests send from one address, so the limits on attempts are out of reach. Tests of these limits use
/// [`throttled_stack`].
const UNTHROTTLED: [(&str, &str); 5] = [
    ("SignInsPerAccountAndAddress", "1000000"),
    ("SignInsPerAddress", "1000000"),
    ("SignInsPerAccount", "1000000"),
    ("GuessesPerAddress", "1000000"),
    ("SignUpsPerAddress", "1000000"),
];

/// A running stack and an HTTP client. Each test has its own client, because connections end with the test that
/// opened them.
#[derive(Clone)]
pub struct TestStack {
    stack: &'static Stack,
    pub http: Client,
}

/// The stack that most tests share, with the template's default parameters.
pub fn stack() -> TestStack {
    stack_with(&[])
}

/// A stack with these parameters. Tests with the same parameters share it.
pub fn stack_with(parameters: &[(&str, &str)]) -> TestStack {
    static STACKS: LazyLock<Mutex<BTreeMap<String, &'static Stack>>> = LazyLock::new(Mutex::default);
    let name = parameters.iter().map(|(name, value)| ["-", name, "-", value].concat()).collect::<String>();
    let mut stacks = STACKS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let stack = *stacks.entry(name.clone()).or_insert_with(|| {
        let stack = start(&name, parameters);
        note_permissions(stack);
        stack
    });
    drop(stacks);
    TestStack { stack, http: client(None) }
}

/// A stack on which tests make calls as functions. Their permissions are not recorded, because no function made the
/// calls.
pub fn impersonated_stack() -> TestStack {
    static STACK: LazyLock<&'static Stack> = LazyLock::new(|| start("-impersonated", &[]));
    TestStack { stack: *STACK, http: client(None) }
}

/// A client that follows no redirects and sends from `address`.
pub fn client(address: Option<Ipv4Addr>) -> Client {
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none());
    builder.local_address(address.map(IpAddr::from)).build().expect("a client can be created")
}

/// A stack with the template's limits on attempts, and a window that does not end during the tests. Tests share it,
/// so each sends from its own addresses: [`TestStack::at_fresh_address`].
pub fn throttled_stack() -> TestStack {
    stack_with(&[
        ("ThrottleSeconds", "3153600000"),
        ("SignInsPerAccountAndAddress", "5"),
        ("SignInsPerAddress", "50"),
        ("SignInsPerAccount", "100"),
        ("GuessesPerAddress", "50"),
        ("SignUpsPerAddress", "300"),
    ])
}

/// Starts a stack with an empty folder, on a runtime that outlives the first test that uses it.
fn start(name: &str, parameters: &[(&str, &str)]) -> &'static Stack {
    let data_dir = empty_folder(name);
    // If a parameter occurs twice, the later value wins.
    let parameters = UNTHROTTLED.iter().chain(parameters);
    let parameters = parameters.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = Options { data_dir, ephemeral: false, parameters, ..Options::default() };
    let started = std::thread::spawn(|| {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime can be created");
        let stack = runtime.block_on(Stack::start(options));
        std::mem::forget(runtime);
        stack
    });
    let stack = started.join().expect("starting does not panic");
    let stack = Box::leak(Box::new(stack.unwrap_or_else(|error| panic!("{error}"))));
    watch_logs(stack);
    watch_api(stack);
    stack
}

/// An empty folder for this run. Concurrent runs have different folders.
fn empty_folder(name: &str) -> PathBuf {
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (folder, lock) = (0_u32..)
        .map(|run| parent.join(format!("stack{name}.{run}")))
        .map(|folder| {
            (File::create(folder.with_added_extension("lock")).expect("a file can be created"), folder)
        })
        .find_map(|(lock, folder)| lock.try_lock().is_ok().then_some((folder, lock)))
        .expect("fewer runs are in progress");
    // The lock is held until the process ends.
    std::mem::forget(lock);
    _ = std::fs::remove_dir_all(&folder);
    folder
}

impl Deref for TestStack {
    type Target = Stack;

    fn deref(&self) -> &Stack {
        self.stack
    }
}

impl TestStack {
    /// The body of an unexpected response, and the errors that the functions logged.
    pub fn explain(&self, answer: &Answer) -> String {
        let is_error = |line: &String| ["ERROR", "exited", "panicked"].iter().any(|word| line.contains(word));
        let errors: Vec<_> = self.logs().into_iter().filter(is_error).collect();
        format!("{}\n{}", answer.text(), errors.join("\n"))
    }

    /// The same stack, with a client that sends from `address`. All addresses that begin with 127 are loopback.
    pub fn at_address(&self, address: Ipv4Addr) -> Self {
        Self { stack: self.stack, http: client(Some(address)) }
    }

    /// The same stack, with a client that sends from an address that no other test of this run uses.
    pub fn at_fresh_address(&self) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(2);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        self.at_address(Ipv4Addr::from_bits(Ipv4Addr::new(127, 1, 0, 0).to_bits() + number))
    }

    /// A name that no other test of this run uses. No hexadecimal text contains it, because tests look for its traces.
    #[expect(clippy::unused_self, reason = "a name is fresh on a certain stack")]
    pub fn fresh_name(&self, prefix: &str) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        format!("{prefix}{}x", COUNT.fetch_add(1, Ordering::Relaxed))
    }

    /// The absolute URL of a path of the API.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.api_url())
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.http.get(self.url(path))).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.http.delete(self.url(path))).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        note_passwords(&body);
        Answer::of(self.http.post(self.url(path)).json(&body)).await
    }

    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        Answer::of(self.http.post(self.url(path)).form(fields)).await
    }

    /// Posts fields as `multipart/form-data`.
    pub async fn post_multipart(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = fields
            .iter()
            .fold(Form::new(), |form, (name, value)| form.text((*name).to_owned(), (*value).to_owned()));
        Answer::of(self.http.post(self.url(path)).multipart(form)).await
    }

    /// Posts an unchanged body with this content type.
    pub async fn post_raw(&self, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        Answer::of(self.http.post(self.url(path)).header("content-type", content_type).body(body)).await
    }

    /// A new, signed-in account without an address. Its name starts with `prefix`.
    pub async fn signed_up_user(&self, prefix: &str) -> User {
        let (name, password) = (self.fresh_name(prefix), PASSWORD.to_owned());
        let answer = self.post("/api/users", json!({"username": name, "password": password})).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let id = answer.json()["id"].as_str().expect("an id").to_owned();
        self.sign_in(&name, &password, id).await
    }

    /// Signs in to an account.
    pub async fn sign_in(&self, name: &str, password: &str, id: String) -> User {
        let answer = self.post("/api/token", json!({"username": name, "password": password})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let token = |kind: &str| answer.json()[kind].as_str().expect("a token").to_owned();
        User {
            stack: self.clone(),
            id,
            name: name.to_owned(),
            password: password.to_owned(),
            access: token("access"),
            refresh: token("refresh"),
        }
    }
}
