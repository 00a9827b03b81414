//! The first staff account.

use reqwest::Client;
use serde_json::{Value, json};

use crate::failure::{Failure, doing};
use crate::operator::smoke::password;
use crate::operator::staff::grant;
use crate::target::Target;

/// Creates an account, unless it exists, and makes it staff. Returns its name, and its password if it is new.
///
/// # Errors
/// If the account cannot be created, or the function fails.
pub async fn first(target: &Target, url: &str, name: &str, email: Option<&str>) -> Result<Value, Failure> {
    let password = password();
    let mut body = json!({"username": name, "password": password});
    if let Some(email) = email {
        body["email"] = json!(email);
    }
    let users = format!("{}/api/users", url.trim_end_matches('/'));
    let response =
        Client::new().post(users).json(&body).send().await.map_err(doing("create the staff account"))?;
    let status = response.status().as_u16();
    let answer: Value = response.json().await.unwrap_or_default();
    let is_new = match outcome(status, &answer) {
        Outcome::Created => true,
        Outcome::Exists => false,
        Outcome::Refused => {
            return Err(Failure::new(format!("the staff account could not be created: {status} {answer}")).advice(
                "sign it up as the deployment requires (Registration, RequireEmail), then: satchel staff grant NAME",
            ));
        }
    };
    grant(target, name, true).await?;
    let mut staff = json!({"username": name, "created": is_new});
    if is_new {
        staff["password"] = json!(password);
        staff["note"] = json!(if email.is_some() {
            "follow the link in the mail before the first sign-in"
        } else {
            "the account has no address, so its password cannot be reset by mail"
        });
    }
    Ok(staff)
}

enum Outcome {
    Created,
    Exists,
    Refused,
}

fn outcome(status: u16, answer: &Value) -> Outcome {
    let taken = answer["username"].to_string().contains("already exists");
    match status {
        201 => Outcome::Created,
        400 if taken => Outcome::Exists,
        _ => Outcome::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_that_exists_is_only_made_staff() {
        let taken = json!({"username": ["A user with that username already exists."]});
        assert!(matches!(outcome(400, &taken), Outcome::Exists));
        assert!(matches!(outcome(201, &json!({})), Outcome::Created));
        assert!(matches!(outcome(403, &json!({"detail": "Registration is closed."})), Outcome::Refused));
        assert!(matches!(outcome(400, &json!({"email": ["This field is required."]})), Outcome::Refused));
    }
}
