//! The environment of a function, read and checked once.

use std::fmt::{self, Display};
use std::str::FromStr;

use satchel_model::Email;
use satchel_model::secret::Secret;

/// Everything a function may be told from outside; `template.yaml` says what each value means.
#[derive(Debug, Clone)]
pub struct Config {
    pub aws: AwsEnvironment,
    pub table: String,
    pub originals: String,
    pub renditions: String,
    /// `iss` of our tokens: a token of another deployment is not ours.
    pub issuer: String,
    /// JSON array of the JWKs of all keys that may have signed a token.
    pub public_keys: String,
    /// Who may sign tokens: only the functions that mint them.
    pub signing: Option<Signing>,
    pub public_url: Option<String>,
    /// CloudFront sends one of these with its headers, which are trusted only then. Empty in a function without a
    /// route.
    pub origin_secrets: Vec<Secret>,
    /// The key of [`Config::counter_key`]; only some functions have it.
    pub counter_key: Option<Secret>,
    /// Whether requests that did not come through CloudFront are refused.
    pub require_cloudfront: bool,
    pub registration: Registration,
    pub require_email: bool,
    pub default_visibility: satchel_model::Visibility,
    /// Resources that an account may have.
    pub max_resources: u32,
    pub mail_from: String,
    /// The configuration set of SES that mails are sent with: it tells of bounces and complaints.
    pub mail_configuration_set: Option<String>,
    pub lives: Lives,
    pub throttle: Throttle,
}

/// How often somebody may try, in each window of time.
#[derive(Debug, Clone, Copy)]
pub struct Throttle {
    /// Seconds of the window in which failed sign-ins and guesses at links count.
    pub window: i64,
    /// Failed sign-ins to one account from one client address.
    pub sign_ins_per_account_and_address: u32,
    /// Failed sign-ins from one client address.
    pub sign_ins_per_address: u32,
    /// Failed sign-ins to one account, from addresses that are not known to it.
    pub sign_ins_per_account: u32,
    /// Links of mails that do not work, from one client address.
    pub guesses_per_address: u32,
    /// Sign-ups from one client address in an hour.
    pub sign_ups_per_address: u32,
    /// Seconds between two mails to one address.
    pub mail_interval: i64,
    /// Mails to one address in a day.
    pub mails_per_day: u32,
    /// Seconds that a client address stays known to an account it signed in to.
    pub known_address: i64,
}

/// What Lambda sets for every function, and where the services are if not at Amazon's.
#[derive(Debug, Clone)]
pub struct AwsEnvironment {
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub session_token: Option<Secret>,
    /// `AWS_ENDPOINT_URL_DYNAMODB`
    pub dynamodb_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_S3`
    pub s3_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_SES`
    pub ses_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_SECRETS_MANAGER`
    pub secrets_endpoint: Option<String>,
    /// Whether the HTTPS client trusts the system's certificates instead of Amazon's roots alone.
    pub native_roots: bool,
}

/// The key a minting function signs with.
#[derive(Debug, Clone)]
pub struct Signing {
    /// Name or ARN of the Secrets Manager secret with the private keys.
    pub secret_id: String,
    /// Which of its keys signs.
    pub kid: String,
}

/// Who may sign up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registration {
    Open,
    /// The only domains whose addresses may be used, in lower case. They are converted to Punycode when they are
    /// compared: every function reads the configuration, but few need the tables of IDNA.
    Domains(Vec<String>),
    Closed,
}

impl Registration {
    /// Reads an address that an account of this deployment may have.
    ///
    /// # Errors
    /// Says which rule was broken.
    pub fn email(&self, text: &str) -> Result<Email, Vec<String>> {
        let email = Email::parse(text)?;
        match self {
            Self::Domains(domains)
                if !domains.iter().any(|domain| Email::domain_of(domain) == email.domain()) =>
            {
                Err(vec!["Addresses of this domain cannot be used here.".to_owned()])
            }
            _ => Ok(email),
        }
    }
}

/// How long things live, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Lives {
    pub access_token: i64,
    pub refresh_token: i64,
    pub session: i64,
    /// How long a replaced refresh token is accepted after its successor was first presented.
    pub refresh_grace: i64,
    /// How long the one access token of `/api/user/login` lives.
    pub login_token: i64,
    pub mail_link: i64,
    /// For how long a repeated press on a used verification link gets the same answer as the first.
    pub link_repeat: i64,
    pub unverified_account: i64,
    pub upload_url: i64,
    pub download_url: i64,
    pub pending: i64,
    /// How long the URL of one part lives.
    pub part_url: i64,
    /// How long a file that comes in parts stays pending.
    pub multipart: i64,
    /// How long the URL lives that opening a share link gives.
    pub share_url: i64,
    /// How long a repeated request is answered with the record first made.
    pub idempotency: i64,
}

/// Every variable that is missing or wrong, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(Vec<String>);

impl Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "configuration: {}", self.0.join("; "))
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the process environment.
    ///
    /// # Errors
    /// Names every variable that is missing or cannot be read.
    pub fn from_env() -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads variables from `lookup`; an empty value counts as absent.
    ///
    /// # Errors
    /// Names every variable that is missing or cannot be read.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut read = Reader { lookup: &lookup, problems: Vec::new() };
        let config = Self {
            aws: AwsEnvironment {
                region: read.required("AWS_REGION"),
                access_key_id: read.required("AWS_ACCESS_KEY_ID"),
                secret_access_key: Secret::new(read.required("AWS_SECRET_ACCESS_KEY")),
                session_token: read.optional("AWS_SESSION_TOKEN").map(Secret::new),
                dynamodb_endpoint: read.optional("AWS_ENDPOINT_URL_DYNAMODB"),
                s3_endpoint: read.optional("AWS_ENDPOINT_URL_S3"),
                ses_endpoint: read.optional("AWS_ENDPOINT_URL_SES"),
                secrets_endpoint: read.optional("AWS_ENDPOINT_URL_SECRETS_MANAGER"),
                native_roots: read.optional("NATIVE_ROOTS").is_some_and(|value| value == "true"),
            },
            table: read.required("TABLE_NAME"),
            originals: read.required("ORIGINALS_BUCKET"),
            renditions: read.required("RENDITIONS_BUCKET"),
            issuer: read.required("ISSUER"),
            public_keys: read.required("PUBLIC_KEYS"),
            signing: read.signing(),
            public_url: read.optional("PUBLIC_URL").map(|url| url.trim_end_matches('/').to_owned()),
            origin_secrets: read.origin_secrets(),
            counter_key: read.optional("COUNTER_KEY").map(Secret::new),
            require_cloudfront: read.parsed("REQUIRE_CLOUDFRONT"),
            registration: read.registration(),
            require_email: read.parsed("REQUIRE_EMAIL"),
            default_visibility: read.parsed("DEFAULT_VISIBILITY"),
            max_resources: read.parsed("MAX_RESOURCES"),
            mail_from: read.required("MAIL_FROM"),
            mail_configuration_set: read.optional("MAIL_CONFIGURATION_SET"),
            lives: Lives {
                access_token: read.parsed("ACCESS_TOKEN_SECONDS"),
                refresh_token: read.parsed("REFRESH_TOKEN_SECONDS"),
                session: read.parsed("SESSION_SECONDS"),
                refresh_grace: read.parsed("REFRESH_GRACE_SECONDS"),
                login_token: read.parsed("LOGIN_TOKEN_SECONDS"),
                mail_link: read.parsed("MAIL_LINK_SECONDS"),
                link_repeat: read.parsed("LINK_REPEAT_SECONDS"),
                unverified_account: read.parsed("UNVERIFIED_ACCOUNT_SECONDS"),
                upload_url: read.parsed("UPLOAD_URL_SECONDS"),
                download_url: read.parsed("DOWNLOAD_URL_SECONDS"),
                pending: read.parsed("PENDING_SECONDS"),
                part_url: read.parsed("PART_URL_SECONDS"),
                multipart: read.parsed("MULTIPART_SECONDS"),
                share_url: read.parsed("SHARE_URL_SECONDS"),
                idempotency: read.parsed("IDEMPOTENCY_SECONDS"),
            },
            throttle: Throttle {
                window: read.parsed("THROTTLE_SECONDS"),
                sign_ins_per_account_and_address: read.parsed("SIGN_INS_PER_ACCOUNT_AND_ADDRESS"),
                sign_ins_per_address: read.parsed("SIGN_INS_PER_ADDRESS"),
                sign_ins_per_account: read.parsed("SIGN_INS_PER_ACCOUNT"),
                guesses_per_address: read.parsed("GUESSES_PER_ADDRESS"),
                sign_ups_per_address: read.parsed("SIGN_UPS_PER_ADDRESS"),
                mail_interval: read.parsed("MAIL_INTERVAL_SECONDS"),
                mails_per_day: read.parsed("MAILS_PER_DAY"),
                known_address: read.parsed("KNOWN_ADDRESS_SECONDS"),
            },
        };
        if read.problems.is_empty() { Ok(config) } else { Err(ConfigError(read.problems)) }
    }

    /// The key of the hashes under which the table counts attempts, recognises repeated requests and marks addresses
    /// without naming them. Ends the process if the function has no such key: the template has to provide it.
    #[must_use]
    pub fn counter_key(&self) -> Secret {
        self.counter_key.clone().expect("COUNTER_KEY is set")
    }
}

struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

impl Reader<'_> {
    fn optional(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    fn required(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.problems.push(format!("{name} is not set"));
            String::new()
        })
    }

    fn parsed<T: FromStr + Default>(&mut self, name: &str) -> T {
        let value = self.required(name);
        if value.is_empty() {
            return T::default();
        }
        value.parse().unwrap_or_else(|_| {
            self.problems.push(format!("{name} cannot be read: {value:?}"));
            T::default()
        })
    }

    /// `ORIGIN_SECRETS`, separated by commas. An empty text between two commas is dropped: it would match a missing
    /// header.
    fn origin_secrets(&self) -> Vec<Secret> {
        let secrets = self.optional("ORIGIN_SECRETS").unwrap_or_default();
        secrets
            .split(',')
            .filter(|secret| !secret.is_empty())
            .map(|secret| Secret::new(secret.to_owned()))
            .collect()
    }

    fn signing(&mut self) -> Option<Signing> {
        let secret_id = self.optional("SIGNING_SECRET_ID")?;
        Some(Signing { secret_id, kid: self.required("SIGNING_KID") })
    }

    fn registration(&mut self) -> Registration {
        match self.required("REGISTRATION").as_str() {
            "" | "open" => Registration::Open,
            "closed" => Registration::Closed,
            "domains" => {
                let domains = self.required("REGISTRATION_DOMAINS").to_lowercase();
                Registration::Domains(domains.split(',').map(|domain| domain.trim().to_owned()).collect())
            }
            other => {
                self.problems.push(format!("REGISTRATION is none of open, domains, closed: {other:?}"));
                Registration::Closed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_variable_is_named_at_once() {
        let error = Config::from_lookup(|_| None).unwrap_err().to_string();
        for name in ["AWS_REGION", "TABLE_NAME", "PUBLIC_KEYS", "SESSION_SECONDS", "REGISTRATION"] {
            assert!(error.contains(&format!("{name} is not set")), "{error}");
        }
    }

    #[test]
    fn the_domains_that_may_sign_up_are_compared_however_they_are_written() {
        let registration = Registration::Domains(vec!["bücher.example".to_owned(), "example.com".to_owned()]);
        for address in ["ada@BÜCHER.example", "ada@xn--bcher-kva.example", "ada@Example.COM"] {
            assert!(registration.email(address).is_ok(), "{address}");
        }
        for address in ["ada@bucher.example", "ada@mail.example.com", "ada@example.com.example.org"] {
            let says = registration.email(address).unwrap_err();
            assert_eq!(says, ["Addresses of this domain cannot be used here."], "{address}");
        }
    }

    #[test]
    fn a_duration_that_is_no_number_is_named_with_its_value() {
        let error = Config::from_lookup(|_| Some("soon".to_owned())).unwrap_err().to_string();
        assert!(error.contains("SESSION_SECONDS cannot be read: \"soon\""), "{error}");
    }

    #[test]
    fn secrets_of_cloudfront_are_separated_by_commas_and_none_is_empty() {
        for (text, expected) in [("", vec![]), ("a", vec!["a"]), ("a,b", vec!["a", "b"]), (",b,", vec!["b"])]
        {
            let read = Reader { lookup: &|_| Some(text.to_owned()), problems: Vec::new() };
            let secrets = read.origin_secrets();
            assert_eq!(secrets.iter().map(Secret::expose).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
