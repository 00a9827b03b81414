//! Stacks for tests: one for all of them, and one for each unusual set of parameters.

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

use super::{Answer, User, note_passwords, note_permissions, watch_logs};

/// The password of every account that the helpers make.
pub const PASSWORD: &str = "correct horse battery";

/// All tests come from one address and guess as often as they like; what stops them is tested with
/// [`throttled_stack`].
const UNTHROTTLED: [(&str, &str); 5] = [
    ("SignInsPerAccountAndAddress", "1000000"),
    ("SignInsPerAddress", "1000000"),
    ("SignInsPerAccount", "1000000"),
    ("GuessesPerAddress", "1000000"),
    ("SignUpsPerAddress", "1000000"),
];

/// A running stack, with a client of its own: connections end with the test that made them.
#[derive(Clone)]
pub struct TestStack {
    stack: &'static Stack,
    pub http: Client,
}

/// The stack that most tests share, with the parameters as the template has them.
pub fn stack() -> TestStack {
    stack_with(&[])
}

/// A stack with these parameters; tests that ask for the same ones share it.
pub fn stack_with(parameters: &[(&str, &str)]) -> TestStack {
    static STACKS: LazyLock<Mutex<BTreeMap<String, &'static Stack>>> = LazyLock::new(Mutex::default);
    let name = parameters.iter().map(|(name, value)| ["-", name, "-", value].concat()).collect::<String>();
    let mut stacks = STACKS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let stack = *stacks.entry(name.clone()).or_insert_with(|| start(&name, parameters));
    drop(stacks);
    TestStack { stack, http: client(None) }
}

/// A client that follows no redirects, with an address of its own.
fn client(address: Option<Ipv4Addr>) -> Client {
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none());
    builder.local_address(address.map(IpAddr::from)).build().expect("a client can be made")
}

/// A stack with the template's own limits on attempts, in one window that no test sees the end of. Tests share it, so
/// each comes from addresses of its own: [`TestStack::at_address`].
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

/// Starts a stack on a runtime that outlives the test that asked first, with a folder that the next run empties.
fn start(name: &str, parameters: &[(&str, &str)]) -> &'static Stack {
    let data_dir = empty_folder(name);
    // Of two values for one parameter the later counts.
    let parameters = UNTHROTTLED.iter().chain(parameters);
    let parameters = parameters.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = Options { data_dir, ephemeral: false, parameters, ..Options::default() };
    let started = std::thread::spawn(|| {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
        let stack = runtime.block_on(Stack::start(options));
        std::mem::forget(runtime);
        stack
    });
    let stack = started.join().expect("starting does not panic");
    let stack = Box::leak(Box::new(stack.unwrap_or_else(|error| panic!("{error}"))));
    watch_logs(stack);
    note_permissions(stack);
    stack
}

/// An empty folder of this run: another that goes on at the same time has its own.
fn empty_folder(name: &str) -> PathBuf {
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (folder, lock) = (0_u32..)
        .map(|run| parent.join(format!("stack{name}.{run}")))
        .map(|folder| {
            (File::create(folder.with_added_extension("lock")).expect("a file can be made"), folder)
        })
        .find_map(|(lock, folder)| lock.try_lock().is_ok().then_some((folder, lock)))
        .expect("there are not that many runs");
    // Held until the process ends, however it does.
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
    /// An answer that should have been another, with what the functions logged as errors.
    pub fn explain(&self, answer: &Answer) -> String {
        let is_error = |line: &String| ["ERROR", "exited", "panicked"].iter().any(|word| line.contains(word));
        let errors: Vec<_> = self.logs().into_iter().filter(is_error).collect();
        format!("{}\n{}", answer.text(), errors.join("\n"))
    }

    /// The same stack as a client at another address sees it; every address that begins with 127 is loopback.
    pub fn at_address(&self, address: Ipv4Addr) -> Self {
        Self { stack: self.stack, http: client(Some(address)) }
    }

    /// The same stack, as seen from an address that no other test of this run has.
    pub fn at_fresh_address(&self) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(2);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        self.at_address(Ipv4Addr::from_bits(Ipv4Addr::new(127, 1, 0, 0).to_bits() + number))
    }

    /// A name that no other test of this run has.
    #[expect(clippy::unused_self, reason = "names are asked of the stack that they are to be new to")]
    pub fn fresh_name(&self, prefix: &str) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        format!("{prefix}{}", COUNT.fetch_add(1, Ordering::Relaxed))
    }

    /// The whole URL of a path of the API.
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

    /// Posts the same fields as `multipart/form-data`.
    pub async fn post_multipart(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = fields
            .iter()
            .fold(Form::new(), |form, (name, value)| form.text((*name).to_owned(), (*value).to_owned()));
        Answer::of(self.http.post(self.url(path)).multipart(form)).await
    }

    /// Posts a body as it is, with a content type.
    pub async fn post_raw(&self, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        Answer::of(self.http.post(self.url(path)).header("content-type", content_type).body(body)).await
    }

    /// A new account without address, signed in; its name starts with `prefix`.
    pub async fn signed_up_user(&self, prefix: &str) -> User {
        let (name, password) = (self.fresh_name(prefix), PASSWORD.to_owned());
        let answer = self.post("/api/users", json!({"username": name, "password": password})).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let id = answer.json()["id"].as_str().expect("an id").to_owned();
        self.sign_in(&name, &password, id).await
    }

    /// Signs an account in.
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
