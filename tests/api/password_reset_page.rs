//! The page of `/api/user/password-reset/{token}`, and the pages that follow its form.

use crate::helpers::{Answer, PASSWORD, TestStack, mailing_stack};
use crate::password_reset::{NEW_PASSWORD, PATH, reset, signs_in, user_with_reset_link};

const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

#[tokio::test]
async fn the_page_is_the_same_for_every_token_and_changes_nothing() {
    let stack = mailing_stack();
    let (ada, email, link) = user_with_reset_link(&stack).await;
    let page = stack.get(&link).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "no-referrer"));
    let policy = page.header("content-security-policy");
    for directive in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
    {
        assert!(policy.split(';').any(|part| part.trim() == directive), "{directive}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    let html = page.text();
    for part in [
        "<form method=\"post\">",
        "<label for=\"new_password\">",
        "id=\"new_password\" name=\"new_password\" type=\"password\" autocomplete=\"new-password\"",
        "<button type=\"submit\">",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    let token = link.rsplit('/').next().expect("a token");
    for foreign in [token, &ada.name, &email, "<script", "src=", "role=\"alert\""] {
        assert!(!html.contains(foreign), "{foreign} in {html}");
    }
    for path in [&format!("{PATH}/unknown"), &format!("{link}/")] {
        let other = stack.get(path).await;
        assert_eq!((other.status, other.text()), (200, html.clone()));
    }
    for _ in 0..50 {
        assert_eq!(stack.get(&link).await.status, 200);
    }
    ada.assert_signed_in().await;
    assert!(signs_in(&ada, PASSWORD).await);
    assert_eq!(reset(&stack, &link, NEW_PASSWORD).await.status, 204);
}

/// Sends the page's form as a browser does.
async fn submit(stack: &TestStack, link: &str, password: &str) -> Answer {
    let request = stack.http.post(stack.url(link)).header("accept", BROWSER);
    let answer = Answer::of(request.form(&[("new_password", password)])).await;
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{}", answer.text());
    assert_eq!(
        (answer.header("cache-control"), answer.header("referrer-policy")),
        ("no-store", "no-referrer")
    );
    assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    assert!(!answer.text().contains(password), "pages never contain the password");
    answer
}

#[tokio::test]
async fn a_browser_gets_pages_for_success_and_errors() {
    let stack = mailing_stack();
    let (ada, _, link) = user_with_reset_link(&stack).await;
    let refused = submit(&stack, &link, "Password1").await;
    assert_eq!(refused.status, 400);
    let html = refused.text();
    assert!(html.contains("role=\"alert\"") && html.contains("This password is too common."), "{html}");
    assert!(html.contains("<form method=\"post\">"), "the form can be sent again: {html}");
    assert!(signs_in(&ada, PASSWORD).await);

    let done = submit(&stack, &link, NEW_PASSWORD).await;
    assert_eq!(done.status, 200);
    assert!(!done.text().contains("<form"), "{}", done.text());
    let used = submit(&stack, &link, "a third horse battery").await;
    assert_eq!(used.status, 404);
    for page in [&done, &used] {
        assert!(page.text().contains("<h1>"), "{}", page.text());
    }
    assert!(signs_in(&ada, NEW_PASSWORD).await);
}
