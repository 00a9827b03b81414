//! `GET /`, `/app/{file}`, `/favicon.ico` and `/robots.txt`: the web app.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use reqwest::Method;

use crate::helpers::{Answer, TestStack, not_found, stack};

/// What is for developers only.
const NOT_SERVED: [&str; 3] = [".md", ".d.ts", "jsconfig.json"];

/// The modules that no other imports by its path: the script of the page, and the texts.
const ALONE: [&str; 2] = ["app.js", "words/"];

/// The content type of each kind of file, except modules.
const TYPES: [(&str, &str); 4] = [
    ("css", "text/css; charset=utf-8"),
    ("ico", "image/x-icon"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../web")
}

/// The paths of all files in `web/`.
fn names() -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![folder()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(folder()).expect("a file of the app");
                names.push(path.to_str().expect("UTF-8").to_owned());
            }
        }
    }
    names
}

/// What follows the last dot of a file's name.
fn extension(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

/// `/app/<hash>`, as the page names it.
async fn app(stack: &TestStack) -> String {
    let page = stack.get("/").await.text();
    let (_, rest) = page.split_once("\"/app/").expect("a link to a file");
    let (hash, _) = rest.split_once('/').expect("a file below the hash");
    format!("/app/{hash}")
}

/// The headers by name, without those of the gateway, and without those of one response.
fn headers(answer: &Answer) -> BTreeMap<&str, &str> {
    let own = answer.headers.keys().filter(|name| !["date", "apigw-requestid"].contains(&name.as_str()));
    own.map(|name| (name.as_str(), answer.header(name.as_str()))).collect()
}

async fn with_tag(stack: &TestStack, method: Method, path: &str, tag: &str) -> Answer {
    Answer::of(stack.http.request(method, stack.url(path)).header("if-none-match", tag)).await
}

#[tokio::test]
async fn the_page_has_exactly_these_headers() {
    let stack = stack();
    let page = stack.get("/").await;
    let store = stack.s3_url();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: {store}; media-src blob: \
         {store}; frame-src {store}; connect-src 'self' {store}; form-action 'self' {store}; base-uri 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let length = page.bytes.len().to_string();
    let expected = [
        ("cache-control", "no-cache"),
        ("content-length", &length),
        ("content-security-policy", &policy),
        ("content-type", "text/html; charset=utf-8"),
        ("etag", page.header("etag")),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ];
    assert_eq!((page.status, headers(&page)), (200, expected.into()));
    assert_eq!(page.header("etag").len(), "\"\"".len() + 22);
}

#[tokio::test]
async fn a_file_has_exactly_these_headers() {
    let stack = stack();
    let app = app(&stack).await;
    let file = stack.get(&format!("{app}/app.js")).await;
    let (length, tag) = (file.bytes.len().to_string(), format!("\"{}\"", &app["/app/".len()..]));
    let expected = [
        ("cache-control", "public, max-age=31536000, immutable"),
        ("content-length", &length),
        ("content-type", "text/javascript; charset=utf-8"),
        ("etag", &tag),
        ("x-content-type-options", "nosniff"),
    ];
    assert_eq!((file.status, headers(&file)), (200, expected.into()));
}

#[tokio::test]
async fn every_file_is_served_with_its_type() {
    let stack = stack();
    let app = app(&stack).await;
    let scripts = scripts(&stack, &app).await;
    let (mut served, mut hidden) = (0, 0);
    for name in names() {
        let answer = stack.get(&format!("{app}/{name}")).await;
        if name == "index.html" || NOT_SERVED.iter().any(|ending| name.ends_with(ending)) {
            answer.assert(404, &not_found());
            hidden += 1;
            continue;
        }
        if extension(&name) == "js" {
            // The build joins modules, each below a line with its path. What no module imports is served alone.
            let line = format!("\n// {name}\n");
            let copies: usize = scripts.values().map(|script| script.matches(&line).count()).sum();
            assert_eq!(copies, usize::from(!ALONE.iter().any(|alone| name.starts_with(alone))), "{name}");
            served += 1;
            continue;
        }
        let known = TYPES.iter().find(|(known, _)| *known == extension(&name));
        let (_, content_type) = known.unwrap_or_else(|| panic!("{name}: name the type of these files"));
        assert_eq!((answer.status, answer.header("content-type")), (200, *content_type), "{name}");
        assert_eq!(answer.bytes, fs::read(folder().join(&name)).expect("a file"), "{name}");
        served += 1;
    }
    assert!(served > 20 && hidden >= 4, "{served} {hidden}");
}

#[tokio::test]
async fn the_page_names_only_files_that_exist() {
    let stack = stack();
    let page = stack.get("/").await.text();
    assert!(!page.contains("{{"), "{page}");
    let links = page.split('"').filter(|value| value.starts_with("/app/")).collect::<Vec<_>>();
    assert!(links.len() >= 3, "{page}");
    for link in links {
        assert_eq!(stack.get(link).await.status, 200, "{link}");
    }
}

#[tokio::test]
async fn scripts_name_only_files_that_exist() {
    let stack = stack();
    let app = app(&stack).await;
    let mut links = 0;
    for (name, text) in scripts(&stack, &app).await {
        let place = Path::new(&name).parent().expect("a folder");
        for word in text.split(['\'', '"']).filter(|word| word.starts_with("./") || word.starts_with("../")) {
            if ["js", "css"].contains(&extension(word)) {
                let url = format!("{app}/{}", joined(place, word));
                assert_eq!(stack.get(&url).await.status, 200, "{name} names {word}");
                links += 1;
            }
        }
    }
    assert!(links > 20, "{links}");
}

/// The scripts that are served, by path: groups of modules have the path of a module, or `shared.js` in its folder.
async fn scripts(stack: &TestStack, app: &str) -> BTreeMap<String, String> {
    let modules: BTreeSet<_> = names().into_iter().filter(|name| extension(name) == "js").collect();
    let shared = modules.iter().filter_map(|name| Some(format!("{}/shared.js", name.rsplit_once('/')?.0)));
    let mut scripts = BTreeMap::new();
    for name in modules.iter().cloned().chain(shared).collect::<BTreeSet<_>>() {
        let answer = stack.get(&format!("{app}/{name}")).await;
        if answer.status == 200 {
            assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8", "{name}");
            scripts.insert(name, answer.text());
        }
    }
    scripts
}

/// A relative path, seen from `folder`.
fn joined(folder: &Path, relative: &str) -> String {
    let mut segments: Vec<&str> = folder.iter().filter_map(|part| part.to_str()).collect();
    for part in relative.split('/') {
        match part {
            "." => {}
            ".." => drop(segments.pop()),
            part => segments.push(part),
        }
    }
    segments.join("/")
}

#[tokio::test]
async fn a_caller_who_has_the_page_or_a_file_gets_304() {
    let stack = stack();
    let file = format!("{}/app.css", app(&stack).await);
    for path in ["/", &file, "/favicon.ico", "/robots.txt"] {
        let answer = stack.get(path).await;
        // CloudFront makes the tag weak when it compresses.
        let tags = format!("\"other\", W/{}", answer.header("etag"));
        for method in [Method::GET, Method::HEAD] {
            let again = with_tag(&stack, method, path, &tags).await;
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{path}");
            let mut expected = headers(&answer);
            for name in ["content-type", "content-length"] {
                expected.remove(name);
            }
            let mut found = headers(&again);
            found.remove("content-length");
            found.remove("content-type");
            assert_eq!(found, expected, "{path}");
        }
        assert_eq!(with_tag(&stack, Method::GET, path, "\"other\"").await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn head_has_the_headers_of_get() {
    let stack = stack();
    let file = format!("{}/app.js", app(&stack).await);
    for path in ["/", &file, "/app/0123456789abcdef/app.js", "/favicon.ico", "/robots.txt"] {
        let get = stack.get(path).await;
        let head = Answer::of(stack.http.head(stack.url(path))).await;
        assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{path}");
        assert_eq!(headers(&head), headers(&get), "{path}");
    }
}

#[tokio::test]
async fn a_file_of_another_version_is_not_found_and_not_cached() {
    let stack = stack();
    let app = app(&stack).await;
    for path in [
        "/app/0123456789abcdef/app.js",
        "/app/x",
        &app,
        &format!("{app}x/app.js"),
        &format!("{app}/none.js"),
        &format!("{app}/APP.JS"),
        &format!("{app}//app.js"),
    ] {
        let answer = stack.get(path).await;
        answer.assert(404, &not_found());
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    // The gateway has no route for the folder itself.
    assert_eq!((stack.get("/app").await.status, stack.get("/app/").await.status), (404, 404));
}

#[tokio::test]
async fn no_path_leads_out_of_the_app() {
    let stack = stack();
    let app = app(&stack).await;
    for path in [
        "..%2f..%2fCargo.toml",
        "%2e%2e/%2e%2e/Cargo.toml",
        "%2e%2e%2f%2e%2e%2fCargo.toml",
        "ui/%2e%2e%2fapp.js",
        "ui/..%2fapp.js",
        "..%5cCargo.toml",
        "%2fetc%2fpasswd",
        "app.js%00",
        "%252e%252e%252fapp.js",
        ".%2fapp.js",
    ] {
        // The client resolves `%2e%2e` as `..`, as browsers do.
        let answer = stack.get(&format!("{app}/{path}")).await;
        assert!([400, 404].contains(&answer.status), "{path}: {}", answer.status);
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn a_trailing_slash_makes_no_difference() {
    let stack = stack();
    let file = format!("{}/app.js", app(&stack).await);
    for path in [&*file, "/favicon.ico", "/robots.txt"] {
        let (without, with) = (stack.get(path).await, stack.get(&format!("{path}/")).await);
        assert_eq!((with.status, &with.bytes), (200, &without.bytes), "{path}");
    }
}

#[tokio::test]
async fn the_icon_and_the_rules_for_crawlers_are_cached_for_minutes() {
    let stack = stack();
    for (path, content_type) in
        [("/favicon.ico", "image/x-icon"), ("/robots.txt", "text/plain; charset=utf-8")]
    {
        let answer = stack.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, content_type));
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
    }
}

#[tokio::test]
async fn the_page_links_to_the_mails_of_the_local_stack() {
    let stack = stack();
    let page = stack.get("/").await.text();
    assert!(page.contains(&format!("content=\"{}\"", stack.mail_url())), "{page}");
}
