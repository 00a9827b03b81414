//! samconfig.toml: the environments that `sam deploy --config-env NAME` and this program share.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use toml::{Table, Value};

use crate::failure::Failure;

/// One environment of samconfig.toml, as far as this program uses it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SamConfig {
    /// The environment's name, such as `prod`.
    pub environment: String,
    pub stack_name: Option<String>,
    pub region: Option<String>,
    /// Parameters of the template that the environment sets.
    pub parameters: BTreeMap<String, String>,
}

impl SamConfig {
    /// Reads an environment; without a name, `dev` if the file has it, or else `default`. A missing file is an empty
    /// environment.
    ///
    /// # Errors
    /// If the file is not valid, or has no environment of this name.
    pub fn read(file: &Path, environment: Option<&str>) -> Result<Self, Failure> {
        match fs::read_to_string(file) {
            Ok(text) => Self::parse(&text, environment)
                .map_err(|message| Failure::usage(format!("{}: {message}", file.display()))),
            Err(error) if error.kind() == ErrorKind::NotFound && environment.is_none() => Ok(Self::default()),
            Err(error) => Err(Failure::usage(format!("cannot read {}: {error}", file.display()))
                .advice("run the command in the repository's folder, or name the file with --config")),
        }
    }

    fn parse(text: &str, environment: Option<&str>) -> Result<Self, String> {
        let all: Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
        let environment = environment.unwrap_or(if all.contains_key("dev") { "dev" } else { "default" });
        let Some(Value::Table(table)) = all.get(environment) else {
            let names: Vec<&str> =
                all.iter().filter(|(_, value)| value.is_table()).map(|(name, _)| name.as_str()).collect();
            return Err(format!("there is no environment `{environment}`, only {}", names.join(", ")));
        };
        let setting = |command: &str, name: &str| table.get(command)?.get("parameters")?.get(name).cloned();
        let for_deploy = |name: &str| setting("deploy", name).or_else(|| setting("global", name));
        let text = |name: &str| for_deploy(name).and_then(|value| value.as_str().map(ToOwned::to_owned));
        Ok(Self {
            environment: environment.to_owned(),
            stack_name: text("stack_name"),
            region: text("region"),
            parameters: for_deploy("parameter_overrides")
                .map(|value| overrides(&value))
                .transpose()?
                .unwrap_or_default(),
        })
    }
}

/// Parameters as SAM takes them: one text `A=1 B="2 3"`, or a list of `A=1`.
fn overrides(value: &Value) -> Result<BTreeMap<String, String>, String> {
    let words = match value {
        Value::String(text) => words(text),
        Value::Array(values) => {
            values.iter().filter_map(|value| value.as_str().map(ToOwned::to_owned)).collect()
        }
        _ => return Err("parameter_overrides is neither a text nor a list of texts".to_owned()),
    };
    words.iter().map(|word| pair(word)).collect()
}

/// Reads `NAME=VALUE`.
///
/// # Errors
/// If there is no `=`.
pub fn pair(word: &str) -> Result<(String, String), String> {
    let (name, value) = word.split_once('=').ok_or_else(|| format!("`{word}` is not NAME=VALUE"))?;
    let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    Ok((name.to_owned(), unquoted.to_owned()))
}

/// Splits at spaces outside of double quotes.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' | '\n' | '\t' if !quoted => words.push(String::new()),
            letter => words.last_mut().unwrap_or(&mut String::new()).push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        version = 0.1
        [default.global.parameters]
        stack_name = "satchel"
        [dev.global.parameters]
        stack_name = "satchel-dev"
        region = "eu-central-1"
        [dev.deploy.parameters]
        parameter_overrides = 'MailFrom=a@example.org CorsOrigins="https://a https://b" KeyGeneration=2'
        [prod.deploy.parameters]
        stack_name = "satchel-prod"
        parameter_overrides = ["Architecture=x86_64", "Mail=none"]
    "#;

    fn parameter<'a>(config: &'a SamConfig, name: &str) -> &'a str {
        &config.parameters[name]
    }

    #[test]
    fn an_environment_has_its_own_stack_region_and_parameters() {
        let dev = SamConfig::parse(FILE, None).unwrap();
        assert_eq!(
            (dev.stack_name.as_deref(), dev.region.as_deref()),
            (Some("satchel-dev"), Some("eu-central-1"))
        );
        assert_eq!(parameter(&dev, "CorsOrigins"), "https://a https://b");
        assert_eq!(parameter(&dev, "KeyGeneration"), "2");
        let prod = SamConfig::parse(FILE, Some("prod")).unwrap();
        assert_eq!((prod.stack_name.as_deref(), prod.region.as_deref()), (Some("satchel-prod"), None));
        assert_eq!(parameter(&prod, "Mail"), "none");
    }

    #[test]
    fn an_unknown_environment_is_refused_with_the_known_ones() {
        let message = SamConfig::parse(FILE, Some("live")).unwrap_err();
        assert_eq!(message, "there is no environment `live`, only default, dev, prod");
    }

    #[test]
    fn a_missing_file_is_an_empty_environment_unless_one_is_named() {
        let nowhere = Path::new("/nonexistent/samconfig.toml");
        assert_eq!(SamConfig::read(nowhere, None).unwrap(), SamConfig::default());
        assert!(SamConfig::read(nowhere, Some("prod")).is_err());
    }
}
