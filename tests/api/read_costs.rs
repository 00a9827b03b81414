//! The read capacity units that requests consume do not grow with the table.
//!
//! Most records are copies of records that functions wrote. The tests write them directly to the table, with other
//! ids.

use std::collections::BTreeSet;

use local::calls::Service;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, TestStack, User, fixture, id, stack_with};
use crate::staff::staff_user;

const TEXT: &[u8] = b"The quick brown fox.\n";

const FILES: usize = 20_000;

/// The number of images and resources, whose lists are read in the same way.
const IMAGES_AND_RESOURCES: usize = 2_000;

/// The number of the caller's own files, and of members files of others.
const MEMBERS_FILES: usize = 5_000;

/// The number of accounts in lists of accounts, a multiple of the size of a page.
const ACCOUNTS: usize = 10_000;

/// The time between two copies. All copies together cover several months.
const MINUTES_APART: usize = 5;

/// A stack for one test, so that its lists contain no files of other tests.
fn stack_of(test: &str) -> TestStack {
    stack_with(&[("MailFrom", &format!("growth.{test}@example.com"))])
}

/// This id with an earlier time: `steps` times [`MINUTES_APART`] minutes before.
fn earlier(id: &str, steps: usize) -> String {
    let milliseconds = usize::from_str_radix(&[&id[..8], &id[9..13]].concat(), 16).expect("a UUID");
    let milliseconds = milliseconds - steps * MINUTES_APART * 60_000;
    format!("{:08x}-{:04x}{}", milliseconds >> 16, milliseconds & 0xffff, &id[13..])
}

/// The month of the time in an id, in the format of the table, such as `2026-11`.
fn month(id: &str) -> String {
    let milliseconds = i64::from_str_radix(&[&id[..8], &id[9..13]].concat(), 16).expect("a UUID");
    let time = jiff::Timestamp::from_millisecond(milliseconds).expect("a time");
    time.strftime("%Y-%m").to_string()
}

/// A copy of a record with each first text of `changes` replaced by the second, wherever it occurs.
fn copy(record: &Value, changes: &[(&str, &str)]) -> Value {
    assert!(!record.is_null(), "the record does not exist");
    let record = record.to_string();
    let copy = changes.iter().fold(record, |record, (text, other)| record.replace(text, other));
    copy.parse().expect("JSON")
}

/// The read capacity units that a request consumes, and the number of its calls of DynamoDB.
async fn cost(stack: &TestStack, function: &str, request: impl Future<Output = Answer>) -> (f64, usize) {
    let answer = request.await;
    assert!(answer.status < 400, "{}", stack.explain(&answer));
    let request = stack.calls().last_request_of(function).expect("it was invoked");
    let calls = stack.calls().of_request(&request);
    assert!(calls.iter().all(|call| call.operation != "Scan"), "{function}");
    let calls = calls.iter().filter(|call| call.service == Service::DynamoDb).count();
    (stack.calls().read_units_of_request(&request), calls)
}

/// A page of a list, and the read capacity units for it.
async fn page(user: &User, function: &str, url: &Value) -> (Value, f64) {
    let mut page = Value::Null;
    let read = async {
        let answer = user.follow(url).await;
        page = answer.json();
        answer
    };
    let (units, _) = cost(&user.stack, function, read).await;
    (page, units)
}

/// All pages of a list, and the read capacity units for each.
async fn pages(user: &User, function: &str, path: &str) -> (Vec<Value>, Vec<f64>) {
    let (mut pages, mut costs) = (Vec::new(), Vec::new());
    let mut next = json!(user.stack.url(path));
    while !next.is_null() {
        let (page, units) = page(user, function, &next).await;
        next = page["next"].clone();
        pages.push(page);
        costs.push(units);
    }
    (pages, costs)
}

/// The number of items in all pages. Fails if a page has more than `size`.
fn count(pages: &[Value], list: &str, size: usize) -> usize {
    let lengths = pages.iter().map(|page| match &page[list] {
        Value::Array(list) => list.len(),
        Value::Object(list) => list.len(),
        other => panic!("{other} is not a list"),
    });
    lengths.inspect(|length| assert!(*length <= size)).sum()
}

fn path_of(collection: &str, record: &Value) -> String {
    format!("{collection}/{}", id(record))
}

/// The costs of requests for single records.
async fn costs_of_one(user: &User, file: &Value, image: &Value, resource: &Value) -> Vec<(f64, usize)> {
    let mut costs = Vec::new();
    for (function, path) in [
        ("get-current-user", "/api/users/me".to_owned()),
        ("get-file", path_of("/api/files", file)),
        ("download-file", path_of("/api/download", file)),
        ("get-image", path_of("/api/images", image)),
        ("get-thumbnail", path_of("/api/images", image) + "/thumbnail?size=200"),
        ("get-resource", path_of("/api/resource", resource)),
    ] {
        costs.push(cost(&user.stack, function, user.get(&path)).await);
    }
    let credentials = json!({"username": user.name, "password": user.password});
    costs.push(cost(&user.stack, "create-token", user.stack.post("/api/token", credentials)).await);
    costs
}

/// The costs of storing, changing and deleting.
async fn costs_of_writing(user: &User) -> Vec<(f64, usize)> {
    let stack = &user.stack;
    let mut file = Value::Null;
    let store = async {
        let answer = user.post_file("/api/files", "file", "fox.txt", "text/plain", TEXT.to_vec()).await;
        file = answer.json();
        answer
    };
    let store = cost(stack, "create-file", store).await;
    let path = path_of("/api/files", &file);
    let change = Answer::of(user.request(Method::PATCH, &path).json(&json!({"title": "A fox"})));
    let change = cost(stack, "update-file", change).await;
    let delete = cost(stack, "delete-file", user.delete(&path)).await;
    let fields = json!({"field1": "one", "field2": "two"});
    let create = cost(stack, "create-resource", user.post("/api/resource", fields)).await;
    vec![store, change, delete, create]
}

#[tokio::test]
#[ignore = "reads all pages of lists with 24 000 records; .ci/run runs it"]
async fn every_page_of_own_records_costs_the_same() {
    let stack = stack_of("own");
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let file = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let resource = ada.post("/api/resource", json!({"field1": "one", "field2": "two"})).await.json();
    stack.settled().await;
    let before = costs_of_one(&ada, &file, &image, &resource).await;
    for (made, partition, kind, number) in [
        (&file, "OWNER", "FILE", FILES),
        (&image, "OWNER", "IMAGE", IMAGES_AND_RESOURCES),
        (&resource, "RESOURCES", "RESOURCE", IMAGES_AND_RESOURCES),
    ] {
        let made = id(made);
        let record = stack.record(&format!("{partition}#{}", ada.id), &format!("{kind}#{made}")).await;
        let copies = (1..=number).map(|steps| copy(&record, &[(made, &earlier(made, steps))]));
        stack.put_records(&copies.collect::<Vec<_>>()).await;
    }
    for (function, path, number) in [
        ("list-files", "/api/files?limit=100", FILES),
        ("list-images", "/api/images?limit=100", IMAGES_AND_RESOURCES),
        ("list-resources", "/api/resource?limit=100", IMAGES_AND_RESOURCES),
    ] {
        let (pages, costs) = pages(&ada, function, path).await;
        assert_eq!(count(&pages, "results", 100), number + 1, "{path}");
        let (last, full) = costs.split_last().expect("there are pages");
        assert_eq!(full, vec![full[0]; number / 100], "{path}");
        assert!(*last < full[0], "{path}: the last page with one item costs {last}");
    }
    // A filtered page also reads what the filter excludes, but at most as much as five full pages.
    let mut next = json!(stack.url("/api/files?limit=100&content_type=image/png"));
    let (full, _) = cost(&stack, "list-files", ada.get("/api/files?limit=100")).await;
    for _ in 0..3 {
        let (page, units) = page(&ada, "list-files", &next).await;
        assert_eq!(page["results"], json!([]));
        assert!(units <= 5.0 * full, "{units}, but a full page costs {full}");
        next = page["next"].clone();
    }
    assert_eq!(costs_of_one(&ada, &file, &image, &resource).await, before);
    assert_eq!(costs_of_writing(&ada).await, costs_of_writing(&bob).await);
}

#[tokio::test]
#[ignore = "reads all pages of lists with 20 000 records; .ci/run runs it"]
async fn every_page_of_members_files_costs_the_same() {
    let stack = stack_of("shared");
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let own = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    let file = bob.upload_file("fox.txt", "text/plain", TEXT).await;
    let (own, file) = (id(&own), id(&file));
    let change = json!({"visibility": "members"});
    assert_eq!(bob.patch(&path_of("/api/files", &json!({"id": file})), change).await.status, 200);
    stack.settled().await;
    let open = format!("/api/files/{file}");
    let before = cost(&stack, "get-file", ada.get(&open)).await;

    let record = stack.record(&format!("OWNER#{}", ada.id), &format!("FILE#{own}")).await;
    let copies = (1..=MEMBERS_FILES).map(|number| copy(&record, &[(own, &earlier(own, 2 * number))]));
    stack.put_records(&copies.collect::<Vec<_>>()).await;
    share_many(&bob, file).await;

    for (function, path, size) in
        [("list-all-files", "/api/all_files?limit=100", 100), ("list-download-urls", "/download-files", 1000)]
    {
        let (pages, costs) = pages(&ada, function, path).await;
        assert_eq!(count(&pages, "files", size), 2 * MEMBERS_FILES + 2, "{path}");
        // A page that spans two months needs two queries, and the cost of each is rounded up.
        let (first, middle) = (costs[0], costs[costs.len() / 2]);
        assert!((middle - first).abs() <= 1.0, "{path}: {costs:?}");
        assert!(costs.iter().all(|units| *units <= first + 1.0), "{path}: {costs:?}");
    }
    assert_eq!(cost(&stack, "get-file", ada.get(&open)).await, before);
}

#[tokio::test]
#[ignore = "reads all pages of lists with 10 000 accounts; .ci/run runs it"]
async fn every_page_of_accounts_costs_the_same() {
    let stack = stack_of("accounts");
    let grace = staff_user(&stack).await;
    let account = stack.record(&format!("USER#{}", grace.id), "USER").await;
    let login = stack.record(&format!("NAME#{}", grace.name), "LOGIN").await;
    let copies = (1..ACCOUNTS).flat_map(|number| {
        let (other, name) = (earlier(&grace.id, number), format!("{}.{number:05}", grace.name));
        let changes = [(grace.id.as_str(), other.as_str()), (&grace.name, &name)];
        [&account, &login].map(|record| copy(record, &changes))
    });
    stack.put_records(&copies.collect::<Vec<_>>()).await;
    for path in ["/api/users?limit=100", "/api/users?username_prefix=grace&limit=100"] {
        let (pages, costs) = pages(&grace, "list-users", path).await;
        assert_eq!(count(&pages, "results", 100), ACCOUNTS, "{path}");
        assert_eq!(costs, vec![costs[0]; ACCOUNTS / 100], "{path}");
        let request = grace.get(path);
        let (units, calls) = cost(&stack, "list-users", request).await;
        // 100 accounts by BatchGetItem, session and account of the caller, the tiers, and one page of the index.
        assert!(units <= 106.0, "{path}: {units}");
        assert_eq!(calls, 4, "{path}");
    }
}

/// Creates many accounts with one members file each, as copies of `bob` and this file.
async fn share_many(bob: &User, file: &str) {
    let stack = &bob.stack;
    let quoted = |text: &str| format!("\"{text}\"");
    let here = quoted(&month(file));
    let record = stack.record(&format!("OWNER#{}", bob.id), &format!("FILE#{file}")).await;
    let shared = stack.record(&format!("SHARED#{file}"), "FILE").await;
    let account = stack.record(&format!("USER#{}", bob.id), "USER").await;
    let noted = stack.record("MONTHS", &month(file)).await;
    let (mut records, mut months) = (Vec::new(), BTreeSet::new());
    for number in 1..=MEMBERS_FILES {
        let (other, owner) = (earlier(file, 2 * number + 1), earlier(&bob.id, number));
        let there = quoted(&month(&other));
        let changes = [(file, other.as_str()), (&bob.id, &owner), (&here, &there)];
        records.extend([&record, &shared, &account].map(|record| copy(record, &changes)));
        months.insert(there);
    }
    records.extend(months.iter().map(|there| copy(&noted, &[(&here, there)])));
    stack.put_records(&records).await;
}

#[tokio::test]
#[ignore = "lists 10 000 signed URLs; .ci/run runs it"]
async fn files_with_the_same_title_get_distinct_names_on_each_page() {
    let stack = stack_of("titles");
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    let path = path_of("/api/files", &file);
    assert_eq!(ada.patch(&path, json!({"title": "fox"})).await.status, 200);
    stack.settled().await;
    let file = id(&file);
    let record = stack.record(&format!("OWNER#{}", ada.id), &format!("FILE#{file}")).await;
    // On every second page, one file already has a title with a number.
    let title = |number: usize| if number % 2000 == 500 { "fox (2)" } else { "fox" };
    let copies = (1..10_000).map(|number| {
        let mut record = copy(&record, &[(file, &earlier(file, number))]);
        record["title"]["S"] = json!(title(number));
        record
    });
    stack.put_records(&copies.collect::<Vec<_>>()).await;

    let (pages, _) = pages(&ada, "list-download-urls", "/download-files").await;
    let titles: BTreeSet<_> =
        (2..=1000).map(|number| format!("fox ({number})")).chain(["fox".into()]).collect();
    let mut found = BTreeSet::new();
    for (place, page) in pages.iter().enumerate() {
        let files = page["files"].as_object().expect("files");
        assert_eq!(files.keys().cloned().collect::<BTreeSet<_>>(), titles, "page {place}");
        let object = |url: &Value| url.as_str().and_then(|url| url.split('?').next()).map(ToOwned::to_owned);
        found.extend(files.values().filter_map(object));
        // The file that already had the number keeps it.
        if place % 2 == 0 {
            let url = object(&files["fox (2)"]).expect("a URL");
            assert!(url.contains(&earlier(file, 1000 * place + 500)), "page {place}: {url}");
        }
    }
    assert_eq!((pages.len(), found.len()), (10, 10_000));
}
