//! Transactions that DynamoDB cancels. Only a failed condition leads to a 4xx response. After conflicts and
//! throttling the transaction is repeated for a while. Every other reason is an error.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use local::calls::{Cancellation, Fault};
use local::invoker::Outcome;
use reqwest::multipart::Form;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::helpers::{
    Answer, ExclusiveStack, MEBIBYTE, PASSWORD, TestStack, User, decode_token, exclusive_stack, fixture, id,
    note_passwords, part, token_not_valid,
};
use crate::staff::staff_user;
use crate::staff_tiers::{create_tier, tier_settings};

const TRANSACT: &str = "TransactWriteItems";

/// The rows of the tests: every function that writes transactions for requests. create-user has two rows.
const FUNCTIONS: [&str; 44] = [
    "authenticate-user",
    "change-password",
    "complete-file",
    "create-account-tier",
    "create-file",
    "create-file-link",
    "create-image",
    "create-image-link",
    "create-resource",
    "create-token",
    "create-user",
    "delete-account-tier",
    "delete-current-user",
    "delete-file",
    "delete-file-link",
    "delete-image",
    "delete-image-link",
    "delete-resource",
    "delete-session",
    "delete-user-file",
    "delete-user-image",
    "get-thumbnail",
    "login-user",
    "logout-user",
    "obtain-token",
    "refresh-and-verify-token",
    "refresh-token",
    "register-user",
    "renew-token",
    "request-password-reset",
    "resend-verification",
    "reset-password",
    "sign-parts",
    "update-account-tier",
    "update-current-user",
    "update-file",
    "update-file-link",
    "update-image",
    "update-image-link",
    "update-resource",
    "update-user",
    "upload-shared-file",
    "verify-email",
    "create-user-with-address",
];

/// Other functions that write to the table, each with the reason why it has no row, or with the tests that cover it.
const OTHER_WRITERS: [(&str, &str); 12] = [
    ("apply-journal", "an operator repeats it: restore"),
    ("audit-storage", "makes single updates, and skips a quota that changed in the meantime"),
    ("erase-account", "started asynchronously, which Lambda repeats: account_deletion"),
    ("grant-staff", "a_command_of_an_operator_succeeds_or_fails_visibly"),
    ("import-users", "a_command_of_an_operator_succeeds_or_fails_visibly"),
    ("open-share", "counts by a single update: lost_responses"),
    ("process-upload", "an_upload_event_survives_cancelled_transactions"),
    ("record-mail-feedback", "writes single records"),
    ("rotate-links", "reads a link again if its transaction is cancelled: share_rotation"),
    ("send-mail", "writes single records"),
    ("show-share", "counts by a single update: lost_responses"),
    ("sweep-leftovers", "reports what failed: fault_injection"),
];

/// The function behind a row of [`FUNCTIONS`].
fn function_of(row: &str) -> &str {
    row.strip_suffix("-with-address").unwrap_or(row)
}

/// A user who can send every request, and a staff member.
struct Owner {
    user: User,
    address: String,
    staff: User,
}

impl Owner {
    async fn new(stack: &TestStack) -> Self {
        let (user, address) = stack.verified_user("ada").await;
        user.move_to_tier("enterprise").await;
        Self { user, address, staff: staff_user(stack).await }
    }

    /// A request that the function of `row` answers with success. Creates everything that the request needs.
    #[expect(clippy::too_many_lines, reason = "one arm for each function")]
    async fn request(&self, row: &str) -> RequestBuilder {
        let Self { user, address, staff } = self;
        let stack = &user.stack;
        let post = |path: &str, body: Value| {
            note_passwords(&body);
            user.request(Method::POST, path).json(&body)
        };
        let credentials = json!({"username": user.name, "password": PASSWORD});
        let resource =
            async || user.post("/api/resource", json!({"field1": "a", "field2": "b"})).await.json();
        let file = async || user.upload_file("a.txt", "text/plain", *b"hello\n").await;
        let image = async || user.upload_image("a.png", "image/png", fixture("one_pixel.png")).await;
        let form = |field: &'static str| Form::new().part(field, part("a.txt", "text/plain", *b"hello\n"));
        let link = async |path: String| user.post(&path, json!({"expires_in": 300})).await.json();
        match row {
            "authenticate-user" => post("/api/users/authentication", credentials),
            "create-token" => post("/api/token", credentials),
            "login-user" => post("/api/user/login", credentials),
            "obtain-token" => {
                let form = [("username", user.name.as_str()), ("password", PASSWORD)];
                stack.http.post(stack.url("/gettoken")).form(&form)
            }
            "change-password" => {
                let other = stack.signed_up_user("grace").await;
                let body = json!({"current_password": PASSWORD, "new_password": PASSWORD});
                other.request(Method::POST, "/api/users/me/password").json(&body)
            }
            "complete-file" => {
                let announced = user.announce("/api/files", "a.txt", "text/plain", 6).await;
                stack.s3().pause_events();
                assert_eq!(user.put(&announced, b"hello\n".to_vec()).await.status, 200);
                post(&format!("/api/files/{}/complete", id(&announced)), json!({}))
            }
            "create-account-tier" => staff
                .request(Method::POST, "/api/account-tiers")
                .json(&tier_settings(&stack.fresh_name("Tier "))),
            "update-account-tier" => {
                let tier = create_tier(staff).await;
                let path = format!("/api/account-tiers/{}", id(&tier));
                staff.request(Method::PUT, &path).json(&tier_settings(&stack.fresh_name("Tier ")))
            }
            "delete-account-tier" => {
                let tier = create_tier(staff).await;
                staff.request(Method::DELETE, &format!("/api/account-tiers/{}", id(&tier)))
            }
            "create-file" => user.request(Method::POST, "/api/files").multipart(form("file")),
            "upload-shared-file" => {
                let form = form("file").text("title", "a").text("uploaded_by", "ada");
                user.request(Method::POST, "/upload-files").multipart(form)
            }
            "create-image" => {
                let image = part("a.png", "image/png", fixture("one_pixel.png"));
                user.request(Method::POST, "/api/images").multipart(Form::new().part("image", image))
            }
            "create-file-link" => {
                post(&format!("/api/files/{}/links", id(&file().await)), json!({"expires_in": 300}))
            }
            "create-image-link" => {
                post(&format!("/api/images/{}/links", id(&image().await)), json!({"expires_in": 300}))
            }
            "create-resource" => post("/api/resource", json!({"field1": "a", "field2": "b"})),
            "create-user" => {
                post("/api/users", json!({"username": stack.fresh_name("new"), "password": PASSWORD}))
            }
            "create-user-with-address" => post(
                "/api/users",
                json!({"username": stack.fresh_name("new"), "password": PASSWORD, "email": stack.fresh_address()}),
            ),
            "register-user" => post(
                "/api/user/register",
                json!({"username": stack.fresh_name("new"), "password": PASSWORD, "email": stack.fresh_address()}),
            ),
            "delete-current-user" => {
                let other = stack.signed_up_user("grace").await;
                other.request(Method::DELETE, "/api/users/me").json(&json!({"password": PASSWORD}))
            }
            "delete-file" => user.request(Method::DELETE, &format!("/api/files/{}", id(&file().await))),
            "delete-image" => user.request(Method::DELETE, &format!("/api/images/{}", id(&image().await))),
            "delete-user-file" => {
                let path = format!("/api/users/{}/files/{}", user.id, id(&file().await));
                staff.request(Method::DELETE, &path)
            }
            "delete-user-image" => {
                let path = format!("/api/users/{}/images/{}", user.id, id(&image().await));
                staff.request(Method::DELETE, &path)
            }
            "delete-file-link" => {
                let path = format!("/api/files/{}/links", id(&file().await));
                user.request(Method::DELETE, &format!("{path}/{}", id(&link(path.clone()).await)))
            }
            "delete-image-link" => {
                let path = format!("/api/images/{}/links", id(&image().await));
                user.request(Method::DELETE, &format!("{path}/{}", id(&link(path.clone()).await)))
            }
            "update-file-link" => {
                let path = format!("/api/files/{}/links", id(&file().await));
                let path = format!("{path}/{}", id(&link(path.clone()).await));
                user.request(Method::PATCH, &path).json(&json!({"max_downloads": 3}))
            }
            "update-image-link" => {
                let path = format!("/api/images/{}/links", id(&image().await));
                let path = format!("{path}/{}", id(&link(path.clone()).await));
                user.request(Method::PATCH, &path).json(&json!({"max_downloads": 3}))
            }
            "delete-resource" => {
                user.request(Method::DELETE, &format!("/api/resource/{}", id(&resource().await)))
            }
            "update-resource" => {
                let path = format!("/api/resource/{}", id(&resource().await));
                user.request(Method::PATCH, &path).json(&json!({"field1": "c"}))
            }
            "delete-session" => {
                let other = stack.sign_in(&user.name, PASSWORD, user.id.clone()).await;
                let sid = decode_token(&other.access).1["sid"].as_str().expect("an id").to_owned();
                user.request(Method::DELETE, &format!("/api/users/me/sessions/{sid}"))
            }
            "get-thumbnail" => {
                let image = user.upload_image("a.jpg", "image/jpeg", fixture("photo.jpg")).await;
                user.forget_thumbnail(&image, "400").await;
                user.request(Method::GET, &format!("/api/images/{}/thumbnail?size=400", id(&image)))
            }
            "logout-user" => {
                let other = stack.signed_up_user("grace").await;
                other.request(Method::POST, "/api/user/logout").json(&json!({"all": true}))
            }
            "refresh-token" => {
                post("/api/token/refresh", json!({"refresh": self.fresh_tokens().await.refresh}))
            }
            "refresh-and-verify-token" => {
                post("/api/token/refresh-and-verify", json!({"refresh": self.fresh_tokens().await.refresh}))
            }
            "renew-token" => {
                let refresh = self.fresh_tokens().await.refresh;
                stack.http.post(stack.url("/tokenrefresh")).form(&[("refresh", refresh)])
            }
            "request-password-reset" => {
                post("/api/user/password-reset", json!({"email": stack.fresh_address()}))
            }
            "resend-verification" => {
                post("/api/user/resend-verification", json!({"email": stack.fresh_address()}))
            }
            "reset-password" => {
                let (_, address) = stack.verified_user("grace").await;
                stack.reset_mail_interval().await;
                let answer = stack.post("/api/user/password-reset", json!({"email": address})).await;
                assert_eq!(answer.status, 202);
                let link = stack.link_mailed_to(&address, 2).await;
                post(&link, json!({"new_password": "battery horse correct"}))
            }
            "verify-email" => {
                let account = stack.unverified_account("grace", &stack.fresh_address()).await;
                let link = stack.link_for(&account).await;
                stack.http.post(stack.url(&link)).json(&json!({}))
            }
            "sign-parts" => {
                let large = user.announce("/api/files", "a.bin", "video/mp4", 101 * MEBIBYTE).await;
                post(&format!("/api/files/{}/parts", id(&large)), json!({"numbers": [1]}))
            }
            "update-current-user" => {
                let body = json!({"email": stack.fresh_address(), "current_password": PASSWORD});
                user.request(Method::PATCH, "/api/users/me").json(&body)
            }
            "update-file" => {
                let path = format!("/api/files/{}", id(&file().await));
                user.request(Method::PATCH, &path).json(&json!({"title": "b", "visibility": "members"}))
            }
            "update-image" => {
                let path = format!("/api/images/{}", id(&image().await));
                user.request(Method::PATCH, &path).json(&json!({"title": "b"}))
            }
            "update-user" => {
                let path = format!("/api/users/{}", user.id);
                staff.request(Method::PATCH, &path).json(&json!({"is_active": true}))
            }
            other => panic!("{other} has no request here; the address is {address}"),
        }
    }

    async fn fresh_tokens(&self) -> User {
        self.user.stack.sign_in(&self.user.name, PASSWORD, self.user.id.clone()).await
    }
}

/// Sends the request of `row`, and injects `fault` into the next transaction of its function.
async fn send_with_fault(owner: &Owner, row: &str, fault: Fault) -> Answer {
    let request = owner.request(row).await;
    let (calls, function) = (owner.user.stack.calls(), function_of(row));
    calls.interrupt_next(function, TRANSACT, fault, 1);
    let answer = Answer::of(request).await;
    calls.clear(function);
    answer
}

async fn assert_repeated(owner: &Owner, reason: Cancellation) {
    for row in FUNCTIONS {
        let answer = send_with_fault(owner, row, Fault::Cancelled(reason, None)).await;
        assert!(answer.status < 400, "{row} {reason:?}: {} {}", answer.status, answer.text());
    }
}

#[tokio::test]
async fn a_throttled_transaction_is_repeated() {
    let stack = exclusive_stack().await;
    assert_repeated(&Owner::new(&stack).await, Cancellation::ThrottlingError).await;
}

#[tokio::test]
#[ignore = "every function again with each reason; .ci/run runs it"]
async fn a_transaction_cancelled_by_a_conflict_or_a_throughput_limit_is_repeated() {
    let stack = exclusive_stack().await;
    let owner = Owner::new(&stack).await;
    for reason in [Cancellation::TransactionConflict, Cancellation::ProvisionedThroughputExceeded] {
        assert_repeated(&owner, reason).await;
    }
}

#[tokio::test]
#[ignore = "every function waits for two seconds; .ci/run runs it"]
async fn a_transaction_that_stays_throttled_leads_to_503_with_retry_after() {
    let stack = exclusive_stack().await;
    let owner = Owner::new(&stack).await;
    let mut rows: Vec<_> = FUNCTIONS.into();
    rows.retain(|row| *row == function_of(row));
    let throttled = Fault::Cancelled(Cancellation::ThrottlingError, None);
    // All requests are prepared before any of the functions is interrupted.
    for rows in rows.chunks(8) {
        let mut requests = Vec::new();
        for row in rows {
            requests.push(owner.request(row).await);
        }
        for row in rows {
            stack.calls().interrupt(function_of(row), TRANSACT, throttled);
        }
        let answers = join_all(requests.into_iter().map(Answer::of)).await;
        for row in rows {
            stack.calls().clear(function_of(row));
        }
        for (row, answer) in rows.iter().zip(answers) {
            assert_eq!(answer.status, 503, "{row}: {}", answer.text());
            assert_eq!(answer.header("retry-after"), "1", "{row}");
        }
    }
}

#[tokio::test]
#[ignore = "every function with each reason; .ci/run runs it"]
async fn an_invalid_transaction_is_an_internal_error() {
    let stack = exclusive_stack().await;
    let owner = Owner::new(&stack).await;
    for reason in [Cancellation::ValidationError, Cancellation::ItemCollectionSizeLimitExceeded] {
        for row in FUNCTIONS {
            let answer = send_with_fault(&owner, row, Fault::Cancelled(reason, None)).await;
            assert_eq!(answer.status, 500, "{row} {reason:?}: {}", answer.text());
            assert_eq!(answer.json()["detail"], "Internal server error.", "{row} {reason:?}");
        }
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn every_function_that_writes_is_in_one_of_the_lists() {
    const WRITES: [&str; 4] =
        ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"];
    let stack = exclusive_stack().await;
    let grants = stack.permissions().report().grants;
    let permissions = grants.iter().map(|grant| &grant.permission);
    let permissions = permissions.filter(|permission| WRITES.contains(&permission.action.as_str()));
    let writers: BTreeSet<_> = permissions.map(|permission| permission.function.as_str()).collect();
    let others = OTHER_WRITERS.iter().map(|(function, _)| *function);
    let listed: BTreeSet<_> = FUNCTIONS.into_iter().map(function_of).chain(others).collect();
    assert_eq!(listed, writers);
}

/// Creates two sessions of one account, and logs out everywhere while transactions are throttled, once or always.
async fn log_out_everywhere(stack: &ExclusiveStack, once: bool) -> (User, User, Answer) {
    let ada = stack.signed_up_user("ada").await;
    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let throttled = Fault::Cancelled(Cancellation::ThrottlingError, None);
    if once {
        stack.calls().interrupt_next("logout-user", TRANSACT, throttled, 1);
    } else {
        stack.calls().interrupt("logout-user", TRANSACT, throttled);
    }
    let answer = ada.post("/api/user/logout", json!({"all": true})).await;
    stack.calls().clear("logout-user");
    (ada, other_session, answer)
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn signing_out_everywhere_succeeds_only_if_all_sessions_have_ended() {
    let stack = exclusive_stack().await;
    let (ada, other_session, answer) = log_out_everywhere(&stack, true).await;
    assert_eq!(answer.status, 200);
    for user in [ada, other_session] {
        user.get("/api/users/me").await.assert(401, &token_not_valid());
    }
    let (ada, other_session, answer) = log_out_everywhere(&stack, false).await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    for user in [ada, other_session] {
        assert_eq!(user.get("/api/users/me").await.status, 200);
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_file_that_could_not_be_deleted_is_still_there() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let path = format!("/api/files/{}", id(&file));
    stack.calls().interrupt("delete-file", TRANSACT, Fault::Cancelled(Cancellation::ThrottlingError, None));
    assert_eq!(ada.delete(&path).await.status, 503);
    assert_eq!(ada.get(&path).await.json()["status"], "ready");
    stack.calls().clear("delete-file");
    assert_eq!(ada.delete(&path).await.status, 204);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn throttling_by_dynamodb_is_not_reported_as_too_many_guesses() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let throttled = Fault::Cancelled(Cancellation::ThrottlingError, None);
    stack.calls().interrupt("create-token", TRANSACT, throttled);
    let answer = stack.post("/api/token", json!({"username": ada.name, "password": PASSWORD})).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"), "{}", answer.text());
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_reset_mail_that_was_promised_is_sent() {
    let stack = exclusive_stack().await;
    let throttled = Fault::Cancelled(Cancellation::ThrottlingError, None);
    let function = "request-password-reset";
    let (_, address) = stack.verified_user("ada").await;
    stack.reset_mail_interval().await;
    let ask = async || stack.post("/api/user/password-reset", json!({"email": address})).await.status;
    stack.calls().interrupt(function, TRANSACT, throttled);
    assert_eq!(ask().await, 503);
    stack.calls().clear(function);
    stack.calls().interrupt_next(function, TRANSACT, throttled, 1);
    assert_eq!(ask().await, 202);
    assert_eq!(stack.mails(&address, 2).await.len(), 2, "one mail to verify, and one to reset");
}

#[tokio::test]
async fn an_upload_event_survives_cancelled_transactions() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let throttled = Fault::Cancelled(Cancellation::ThrottlingError, None);
    stack.calls().interrupt_next("process-upload", TRANSACT, throttled, 1);
    let file = ada.upload("/api/files", "a.txt", "text/plain", b"hello\n".to_vec()).await;
    assert_eq!(file["status"], "ready");
    let wrong = Fault::Cancelled(Cancellation::ValidationError, None);
    stack.calls().interrupt_next("process-upload", TRANSACT, wrong, 1);
    let file = ada.upload("/api/files", "a.txt", "text/plain", b"hello\n".to_vec()).await;
    assert_eq!(file["status"], "ready", "the event was repeated");
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_command_of_an_operator_succeeds_or_fails_visibly() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let user = |name: &str| {
        let hash = "pbkdf2_sha256$1$salt$Zm9v";
        json!({"model": "auth.user", "pk": 1, "fields": {"username": name, "password": hash, "is_active": true}})
    };
    let new = stack.fresh_name("moved");
    for (function, event) in
        [("grant-staff", json!({"username": ada.name, "staff": true})), ("import-users", json!([user(&new)]))]
    {
        let throttled = Fault::Cancelled(Cancellation::ThrottlingError, None);
        stack.calls().interrupt(function, TRANSACT, throttled);
        let invoked = stack.invoke(function, event.clone()).await.expect("the function exists");
        assert!(!matches!(invoked.outcome, Outcome::Answered(_)), "{function}: {:?}", invoked.outcome);
        stack.calls().clear(function);
        stack.calls().interrupt_next(function, TRANSACT, throttled, 1);
        let invoked = stack.invoke(function, event).await.expect("the function exists");
        assert!(matches!(invoked.outcome, Outcome::Answered(_)), "{function}: {:?}", invoked.outcome);
    }
}
