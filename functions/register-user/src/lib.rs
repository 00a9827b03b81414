//! `POST /api/user/register`: signs up as the file upload service does, with an address.

use std::convert::Infallible;

use http::StatusCode;
use satchel_aws::Aws;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiError, ApiResult, FieldErrors, Input, Request, created};
use satchel_identity::SignUp;
use satchel_store::Table;
use serde_json::json;

const MESSAGE: &str = "Registration successful. Please check your email for verification instructions.";
const ALL_MISSING: &str = "Username, password, and email are required";
const FIELDS: [&str; 3] = ["username", "email", "password"];

/// What this function needs.
pub struct App {
    sign_up: SignUp,
}

impl App {
    /// # Errors
    /// None.
    pub fn new(config: &Config) -> Result<Self, Infallible> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self { sign_up: SignUp::new(&table, config) })
    }
}

/// `POST /api/user/register`: makes an account that signs in once its address is verified.
///
/// # Errors
/// 400 `{"error","errors"}` for what is wrong with the fields; 403 if registration is closed.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    register(app, request, &input).await.map_err(|error| in_this_dialect(error, &input))?;
    created(&json!({ "message": MESSAGE }))
}

async fn register(app: &App, request: &Request, input: &Input) -> Result<(), ApiError> {
    let application = app.sign_up.application(input, true)?;
    app.sign_up.sign_up(application, &request.viewer().base_url).await?;
    Ok(())
}

fn in_this_dialect(error: ApiError, input: &Input) -> ApiError {
    let ApiError::Fields(errors) = error else { return error };
    let first = match FIELDS.iter().any(|field| input.has(field)) {
        false => ALL_MISSING.to_owned(),
        true => first_message(&errors),
    };
    ApiError::Body(StatusCode::BAD_REQUEST, json!({ "error": first, "errors": errors }))
}

/// The first message of the first field, in the order of the form.
fn first_message(errors: &FieldErrors) -> String {
    let messages = FIELDS.iter().find_map(|field| errors.get(*field)?.first());
    messages.cloned().unwrap_or_default()
}
