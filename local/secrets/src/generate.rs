//! `GenerateSecretString`: random values of secrets.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use serde_json::{Map, Value};

const LOWERCASE: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPERCASE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const NUMBERS: &str = "0123456789";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// Generates the value of a secret from its `GenerateSecretString`
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-secret-generatesecretstring.html>):
/// either a password, or the JSON object `SecretStringTemplate` with a password under the key `GenerateStringKey`.
///
/// # Errors
/// A sentence that says what is wrong in `description`.
pub(super) fn generate(description: &Value) -> Result<String, String> {
    let password = password(description)?;
    match (description["SecretStringTemplate"].as_str(), description["GenerateStringKey"].as_str()) {
        (None, None) => Ok(password),
        (Some(template), Some(key)) => {
            let mut object: Map<String, Value> = serde_json::from_str(template)
                .map_err(|error| format!("SecretStringTemplate is not a JSON object: {error}"))?;
            object.insert(key.to_owned(), password.into());
            Ok(Value::Object(object).to_string())
        }
        _ => Err("SecretStringTemplate and GenerateStringKey require each other".to_owned()),
    }
}

fn password(description: &Value) -> Result<String, String> {
    // In CloudFormation, booleans and numbers may be strings.
    let is_set = |key: &str| matches!(&description[key], Value::Bool(true)) || description[key] == "true";
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let length = match &description["PasswordLength"] {
        Value::Null => 32,
        given => number(given)
            .filter(|length| (1..=4096).contains(length))
            .ok_or_else(|| format!("PasswordLength {given} is not a number from 1 to 4096"))?,
    };
    let excluded = description["ExcludeCharacters"].as_str().unwrap_or_default();
    let classes = [
        (LOWERCASE, !is_set("ExcludeLowercase")),
        (UPPERCASE, !is_set("ExcludeUppercase")),
        (NUMBERS, !is_set("ExcludeNumbers")),
        (PUNCTUATION, !is_set("ExcludePunctuation")),
        (" ", is_set("IncludeSpace")),
    ];
    let classes: Vec<Vec<char>> = classes
        .iter()
        .filter(|(_, included)| *included)
        .map(|(class, _)| class.chars().filter(|c| !excluded.contains(*c)).collect::<Vec<_>>())
        .filter(|class| !class.is_empty())
        .collect();
    let alphabet = classes.concat();
    if alphabet.is_empty() {
        return Err("every character is excluded".to_owned());
    }
    let require_each =
        description["RequireEachIncludedType"] != false && description["RequireEachIncludedType"] != "false";
    let required = if require_each { classes.len() } else { 0 };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length < required {
        return Err(format!("PasswordLength {length} is too short for {required} types of characters"));
    }
    let draw = || -> Result<String, Unspecified> {
        (0..length).map(|_| Ok(alphabet[below(alphabet.len())?])).collect()
    };
    // Repeating the draw until every type is present keeps all such passwords equally likely.
    loop {
        let password = draw().map_err(|_| "no randomness".to_owned())?;
        if required == 0 || classes.iter().all(|class| password.chars().any(|c| class.contains(&c))) {
            return Ok(password);
        }
    }
}

/// A uniformly distributed random number below `bound`, which is at most 256.
fn below(bound: usize) -> Result<usize, Unspecified> {
    let limit = 256 - 256 % bound;
    loop {
        let mut byte = [0];
        rand::fill(&mut byte)?;
        let drawn = usize::from(byte[0]);
        if drawn < limit {
            return Ok(drawn % bound);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn by_default_a_password_has_32_characters_of_every_type() {
        let password = generate(&json!({})).unwrap();
        assert_eq!(password.chars().count(), 32);
        for class in [LOWERCASE, UPPERCASE, NUMBERS, PUNCTUATION] {
            assert!(password.chars().any(|c| class.contains(c)), "{password}");
        }
        assert_ne!(password, generate(&json!({})).unwrap());
    }

    #[test]
    fn excluded_characters_do_not_appear() {
        let description = json!({"PasswordLength": "500", "ExcludePunctuation": "true", "ExcludeCharacters": "abcABC012", "ExcludeUppercase": true});
        let password = generate(&description).unwrap();
        assert_eq!(password.len(), 500);
        assert!(password.chars().all(|c| c.is_ascii_digit() || c.is_ascii_lowercase()), "{password}");
        assert!(!password.contains(['a', 'b', 'c', '0', '1', '2']), "{password}");
    }

    #[test]
    fn the_password_is_inserted_into_a_template() {
        let description = json!({
            "PasswordLength": 40,
            "ExcludePunctuation": true,
            "SecretStringTemplate": "{\"user\":\"ada\"}",
            "GenerateStringKey": "password",
        });
        let value: Value = serde_json::from_str(&generate(&description).unwrap()).unwrap();
        assert_eq!(value["user"], "ada");
        assert_eq!(value["password"].as_str().unwrap().len(), 40);
    }

    #[test]
    fn an_invalid_description_is_an_error() {
        for description in [
            json!({"PasswordLength": 0}),
            json!({"PasswordLength": 3}),
            json!({"SecretStringTemplate": "{}"}),
            json!({"SecretStringTemplate": "[]", "GenerateStringKey": "k"}),
            json!({"ExcludeLowercase": true, "ExcludeUppercase": true, "ExcludePunctuation": true, "ExcludeCharacters": NUMBERS}),
        ] {
            assert!(generate(&description).is_err(), "{description}");
        }
    }
}
