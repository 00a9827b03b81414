//! `POST /api/user/password-reset/{token}`: sets a new password.

use std::convert::Infallible;

use http::StatusCode;
use satchel_aws::Aws;
use satchel_core::auth::Hasher;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiError, ApiResult, Fields, Page, Request, Response, html, no_content};
use satchel_core::model::NewPassword;
use satchel_core::secret::Secret;
use satchel_identity::LinkUse;
use satchel_store::{MailLink, MailLinks, Table};

/// What this function needs.
pub struct App {
    links: LinkUse,
    hasher: Hasher,
    clock: Clock,
}

impl App {
    /// # Errors
    /// None.
    #[must_use]
    pub fn new(config: &Config) -> Result<Self, Infallible> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self { links: LinkUse::new(&table, config), hasher: Hasher, clock: Clock::System })
    }
}

/// `POST /api/user/password-reset/{token}`: sets a new password, once, and ends every session of the account.
///
/// # Errors
/// 400 for what is wrong with the password, which leaves the link as it was; 404 if the link is used, expired or
/// unknown, or the password was changed since; 429 after too many guesses.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    match (reset(app, request).await, request.is_from_page()) {
        (Ok(()), false) => no_content(),
        (Ok(()), true) => Ok(page(
            StatusCode::OK,
            "Password changed",
            "Your new password is set. Sign in with it; everybody else who was signed in is not any more.",
        )),
        (Err(ApiError::Fields(errors)), true) => {
            let messages: Vec<_> = errors.into_values().flatten().collect();
            Ok(html(StatusCode::BAD_REQUEST, &Page::new_password(&messages)))
        }
        (Err(ApiError::NotFound), true) => Ok(page(
            StatusCode::NOT_FOUND,
            "This link does not work",
            "It was used already, or it is too old, or the password was changed since. Ask for a new one.",
        )),
        (Err(error), _) => Err(error),
    }
}

async fn reset(app: &App, request: &Request) -> Result<(), ApiError> {
    let token = Secret::new(request.path("token")?);
    let input = request.input(Accepts::JsonOrForm).await?;
    let mut fields = Fields::of(&input);
    let text = fields.untrimmed("new_password", |text| Ok(Secret::new(text.to_owned())));
    let text = fields.finish(text)?;
    let spend = async |links: &MailLinks, link: &MailLink| {
        let password = NewPassword::parse(text.expose(), &link.username)
            .map_err(|messages| ApiError::Fields([("new_password".to_owned(), messages)].into()))?;
        let hash = app.hasher.hash(password.secret()).await;
        Ok(links.reset_password(&token, link, &hash).await?)
    };
    let done = app.links.by(&token, request.viewer(), app.clock.now(), spend).await?;
    if done { Ok(()) } else { Err(ApiError::NotFound) }
}

fn page(status: StatusCode, title: &str, words: &str) -> Response {
    html(status, &Page { title: title.to_owned(), body: format!("<p>{words}</p>") })
}
