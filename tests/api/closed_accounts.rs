//! Accounts that staff closed: the files that they share are hidden until the accounts are reopened.

use serde_json::{Value, json};

use crate::helpers::{Answer, TestStack, User, fixture, id, not_found, stack};
use crate::shares::{create_link, link_path};
use crate::staff::staff_user;

const TEXT: &[u8] = b"The quick brown fox.\n";

/// An account with a members file, and links to that file and to an image.
struct Shared {
    ada: User,
    file: Value,
    links: Vec<String>,
}

impl Shared {
    async fn new(stack: &TestStack) -> Self {
        let ada = stack.signed_up_user("ada").await;
        ada.move_to_tier("enterprise").await;
        let file = ada.announce_members_file("fox.txt", TEXT).await;
        assert_eq!(ada.put(&file, TEXT.to_vec()).await.status, 200);
        let image = ada.upload_image("a.png", "image/png", fixture("one_pixel.png")).await;
        stack.settled().await;
        let mut links = Vec::new();
        for options in [json!({"expires_in": 300}), json!({"expires_in": 300, "password": "open sesame"})] {
            links.push(link_path(stack, &create_link(&ada, &file, options).await));
        }
        let options = json!({"expires_in": 300});
        let made = ada.post(&format!("/api/images/{}/links", id(&image)), options).await.json();
        links.push(link_path(stack, &made));
        Self { ada, file, links }
    }

    /// Requests everything that the account shares, as `bob` or without an account, and returns the responses.
    async fn request_everything(&self, bob: &User) -> Vec<Answer> {
        let mut answers = Vec::new();
        for path in ["/api/files", "/api/download"] {
            answers.push(bob.get_as_json(&format!("{path}/{}", id(&self.file))).await);
        }
        for link in &self.links {
            answers.push(self.ada.stack.get(link).await);
            answers.push(self.ada.stack.post(link, json!({"password": "open sesame"})).await);
        }
        answers
    }

    /// Whether the file is in the lists of files that `bob` can see. Fails if the two lists differ.
    async fn is_listed(&self, bob: &User) -> bool {
        let (mut all, mut next) = (Vec::new(), json!(bob.stack.url("/api/all_files?limit=100")));
        while !next.is_null() {
            let page = bob.follow(&next).await.json();
            all.extend(page["files"].as_array().expect("files").iter().map(|file| id(file).to_owned()));
            next = page["next"].clone();
        }
        let is_listed = all.iter().any(|found| found == id(&self.file));
        let urls = bob.get("/download-files").await.text();
        assert_eq!(urls.contains(&format!("/{}/", id(&self.file))), is_listed, "{urls}");
        is_listed
    }
}

async fn set_active(grace: &User, user: &User, is_active: bool) {
    let answer = grace.patch(&format!("/api/users/{}", user.id), json!({"is_active": is_active})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn files_of_a_closed_account_are_hidden_until_it_is_reopened() {
    let stack = stack();
    let (grace, bob) = (staff_user(&stack).await, stack.signed_up_user("bob").await);
    let shared = Shared::new(&stack).await;
    for _ in 0..2 {
        for answer in shared.request_everything(&bob).await {
            assert!([200, 302, 303].contains(&answer.status), "{}", stack.explain(&answer));
        }
        assert!(shared.is_listed(&bob).await);
        set_active(&grace, &shared.ada, false).await;
        for answer in shared.request_everything(&bob).await {
            answer.assert(404, &not_found());
        }
        assert!(!shared.is_listed(&bob).await);
        set_active(&grace, &shared.ada, true).await;
    }
}

#[tokio::test]
async fn bytes_that_arrive_while_the_account_is_closed_are_visible_when_it_is_reopened() {
    let stack = stack();
    let (grace, bob) = (staff_user(&stack).await, stack.signed_up_user("bob").await);
    let ada = stack.signed_up_user("ada").await;
    let file = ada.announce_members_file("fox.txt", TEXT).await;
    set_active(&grace, &ada, false).await;
    assert_eq!(ada.put(&file, TEXT.to_vec()).await.status, 200);
    stack.settled().await;
    let path = format!("/api/files/{}", id(&file));
    bob.get(&path).await.assert(404, &not_found());
    set_active(&grace, &ada, true).await;
    assert_eq!(bob.get(&path).await.json()["status"], "ready");
}

#[tokio::test]
async fn hidden_files_of_others_do_not_hide_ones_own() {
    let stack = stack();
    let (grace, bob) = (staff_user(&stack).await, stack.signed_up_user("bob").await);
    let own = bob.upload_file("mine.txt", "text/plain", TEXT).await;
    let shared = Shared::new(&stack).await;
    set_active(&grace, &shared.ada, false).await;
    let all = bob.get("/api/all_files?limit=100").await.json();
    assert!(all["files"].as_array().expect("files").iter().any(|file| id(file) == id(&own)), "{all}");
}
