//! `GET /_local/mail`: the inbox, as an HTML page or as JSON.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderName, StatusCode, header};
use serde::Deserialize;

use super::html::{self, PageWords};
use super::inbox::Inbox;

/// The page may load only its own stylesheet and the frames with the HTML of mails.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; \
                           form-action 'none'; frame-ancestors 'none'";

/// The HTML of a mail may have styles and open links in new tabs. It cannot run scripts or load anything, as in a
/// cautious mail program.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
                           style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/// `GET /_local/mail`: an HTML page, or with `?to=` a JSON list of the mails to that address, oldest first.
///
/// A mail is `{"to": [...], "from", "subject", "text", "html", "received_at"}`.
pub fn router(inbox: Inbox, words: PageWords) -> Router {
    Router::new()
        .route("/_local/mail", get(list))
        .route("/_local/mail/style.css", get(style))
        .route("/_local/mail/{index}/html", get(mail_html))
        .with_state(Page { inbox, words: Arc::new(words) })
}

#[derive(Clone)]
struct Page {
    inbox: Inbox,
    words: Arc<PageWords>,
}

#[derive(Deserialize)]
struct Parameters {
    to: Option<String>,
}

async fn list(State(page): State<Page>, Query(parameters): Query<Parameters>) -> Response {
    match parameters.to {
        Some(address) => {
            ([(header::CACHE_CONTROL, "no-store")], Json(page.inbox.to(&address))).into_response()
        }
        None => document(PAGE_POLICY, html::inbox(&page.inbox.all(), &page.words)),
    }
}

async fn mail_html(State(page): State<Page>, Path(index): Path<usize>) -> Response {
    match page.inbox.get(index) {
        // Links open in a new tab and not inside the frame.
        Some(mail) => document(MAIL_POLICY, format!("<base target=\"_blank\">{}", mail.html)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css")], include_str!("style.css")).into_response()
}

fn document(policy: &'static str, body: String) -> Response {
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbox::Mail;
    use local_common::DataDir;

    fn page() -> Page {
        let inbox = Inbox::open(&DataDir::ephemeral().unwrap()).unwrap();
        let mail = Mail {
            to: vec!["ada@example.org".to_owned()],
            from: "Satchel <no-reply@example.org>".to_owned(),
            subject: "Hello <script>".to_owned(),
            text: "Open http://127.0.0.1:3000/api/verify-email/abc?x=1&y=2.".to_owned(),
            html: "<p>Hi</p>".to_owned(),
            received_at: jiff::Timestamp::UNIX_EPOCH,
        };
        inbox.receive(mail).unwrap();
        Page { inbox, words: Arc::default() }
    }

    async fn body(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_page_has_no_scripts() {
        let answer = list(State(page()), Query(Parameters { to: None })).await;
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let page = body(answer).await;
        assert!(page.contains("Hello &lt;script&gt;") && !page.contains("<script"), "{page}");
        let link = "<a href=\"http://127.0.0.1:3000/api/verify-email/abc?x=1&amp;y=2\"";
        assert!(page.contains(link), "{page}");
    }

    #[tokio::test]
    async fn mail_to_one_address_is_returned_as_json() {
        let parameters = Parameters { to: Some("ADA@example.org".to_owned()) };
        let answer = body(list(State(page()), Query(parameters)).await).await;
        let mails: Vec<Mail> = serde_json::from_str(&answer).unwrap();
        assert_eq!(mails, page().inbox.all());
        let nobody = Parameters { to: Some("eve@example.org".to_owned()) };
        assert_eq!(body(list(State(page()), Query(nobody)).await).await, "[]");
    }

    #[tokio::test]
    async fn the_html_of_a_mail_is_served_in_a_sandbox() {
        let answer = mail_html(State(page()), Path(0)).await;
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("sandbox ") && !policy.contains("allow-scripts"), "{policy}");
        assert!(body(answer).await.ends_with("<p>Hi</p>"));
        assert_eq!(mail_html(State(page()), Path(1)).await.status(), StatusCode::NOT_FOUND);
    }
}
