//! `GET /download-files`: lists download URLs of all files that the caller may see, in the dialect of the
//! file-sharing service.

use std::collections::HashSet;

use futures_util::future::try_join_all;
use satchel_api::Filter;
use satchel_files::Uploads;
use satchel_guard::Auth;
use satchel_http::{ApiResult, ListQuery, PageQuery, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Error, FileId, Status};
use satchel_objects::{Download, Objects};
use satchel_runtime::app;
use serde_json::{Map, Value, json};

/// Files per page, so that their URLs fit into the largest response that a function may return.
const PAGE: usize = 1000;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, uploads: Uploads, objects: Objects, clock: Clock }
}

/// Returns signed URLs, keyed by title, of a page of ready files, newest first.
///
/// The page contains the caller's files and shared files.
///
/// # Errors
/// 401; 400 if the query is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let ready = Filter { status: Some(Status::Ready), ..Filter::default() };
    let load = async |caller| {
        let page = ListQuery::of(&request).page_of::<FileId>(PAGE)?;
        Ok::<_, Error>(app.uploads.list_visible(caller, &ready, page.limit, page.after).await?)
    };
    let (_, (files, last)) = Box::pin(app.auth.caller_and(request.bearer()?, load)).await?;
    let now = app.clock.now();
    let signed = files.iter().map(|file| app.objects.sign_original(file, Download::View, now));
    let signed = try_join_all(signed).await?;
    let titles = distinct(files.iter().map(|file| file.title.as_str()));
    let urls: Map<String, Value> =
        titles.into_iter().zip(signed.into_iter().map(|signed| signed.url.into())).collect();
    let next = last.map(|last| PageQuery::next_of_size(&request, &last));
    let answer = json!({ "status_code": 200, "files": urls, "status_message": "SUCCESS", "next": next });
    ok(&answer)
}

/// Makes titles distinct: repeated ones get a number, as in `title (2)`.
fn distinct<'a>(titles: impl Iterator<Item = &'a str>) -> Vec<String> {
    let titles: Vec<_> = titles.collect();
    // A numbered title must not equal the title of another file.
    let given: HashSet<_> = titles.iter().copied().collect();
    let mut numbers = std::collections::HashMap::<&str, usize>::new();
    let name = |title: &&'a str| {
        let number = numbers.entry(title).or_insert(0);
        *number += 1;
        if *number == 1 {
            return (*title).to_owned();
        }
        loop {
            let numbered = format!("{title} ({number})");
            if !given.contains(numbered.as_str()) {
                return numbered;
            }
            *number += 1;
        }
    };
    titles.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, file, hides_failures, page, refuses_strangers, signed_in,
    };

    use super::*;

    const EVENT: &str = include_str!("../../../events/list-download-urls.json");

    fn replies() -> [Reply; 3] {
        [signed_in(), page(&[]).about("MONTHS"), page(&[file("ready")])]
    }

    #[tokio::test]
    async fn urls_are_keyed_by_the_titles_of_their_files() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!((answer.status, &answer.body["next"]), (200, &Value::Null));
        assert!(answer.body["files"]["A title"].as_str().unwrap().starts_with("signed:/originals/"));
    }

    #[test]
    fn equal_titles_are_numbered_without_repeating_another_title() {
        let titles = ["a", "b", "a", "a (2)", "a"];
        assert_eq!(distinct(titles.into_iter()), ["a", "b", "a (3)", "a (2)", "a (4)"]);
        let titles = ["a", "a", "a (2)", "a (2)", "a (2) (2)"];
        assert_eq!(distinct(titles.into_iter()), ["a", "a (3)", "a (2)", "a (2) (3)", "a (2) (2)"]);
        let many = distinct(std::iter::repeat_n("a", 10_000));
        assert_eq!((many[0].as_str(), many[9_999].as_str()), ("a", "a (10000)"));
        assert_eq!(many.iter().collect::<HashSet<_>>().len(), 10_000);
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &replies(), handle).await;
    }
}
