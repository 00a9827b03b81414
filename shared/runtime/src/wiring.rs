//! How the services of a function are constructed: from settings, AWS clients, a clock and randomness.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use aws_types::SdkConfig;

use satchel_model::clock::Clock;
use satchel_model::random::Random;
use satchel_model::secret::Secret;

use crate::{Aws, StartError};

/// A service that a function constructs once, while it starts.
pub trait Wired: Sized {
    /// Constructs the service. A missing setting is recorded in `wiring` and replaced by a default, so that [`app!`](crate::app)
    /// reports all missing settings of a function together.
    ///
    /// # Errors
    /// If the service cannot be constructed from its settings.
    fn wired(wiring: &Wiring) -> Result<Self, StartError>;
}

/// Finds the value of a setting by its name.
type Lookup = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Everything that services are constructed from. Each service is constructed once, and its clones share its
/// state.
pub struct Wiring {
    lookup: Lookup,
    clock: Clock,
    random: Random,
    aws: OnceLock<Aws>,
    problems: Mutex<Vec<String>>,
    services: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

impl Wiring {
    /// The wiring of a function on Lambda: the process environment, the system's clock and randomness.
    #[must_use]
    pub fn from_env() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
        let lookup = |name: &str| std::env::var(name).ok();
        Self::new(lookup, Clock::System, Random::System)
    }

    /// A wiring with the settings that `lookup` finds by name.
    #[must_use]
    pub fn new(
        lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        clock: Clock,
        random: Random,
    ) -> Self {
        Self {
            lookup: Box::new(lookup),
            clock,
            random,
            aws: OnceLock::new(),
            problems: Mutex::default(),
            services: Mutex::default(),
        }
    }

    /// Returns the service `T`, which the first call constructs.
    ///
    /// # Errors
    /// If the service cannot be constructed.
    pub fn get<T: Wired + Clone + Send + 'static>(&self) -> Result<T, StartError> {
        let known =
            lock(&self.services).get(&TypeId::of::<T>()).and_then(|any| any.downcast_ref::<T>()).cloned();
        if let Some(service) = known {
            return Ok(service);
        }
        // The lock is free here: a service gets the services that it needs from the same wiring.
        let service = T::wired(self)?;
        lock(&self.services).insert(TypeId::of::<T>(), Box::new(service.clone()));
        Ok(service)
    }

    /// The value of a setting that must not be empty.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            // `optional` has recorded a setting that does not exist.
            if (self.lookup)(name).is_some() {
                self.record(format!("{name} is empty"));
            }
            String::new()
        })
    }

    /// Like [`text`](Self::text), for a value that must not appear in logs.
    #[must_use]
    pub fn secret(&self, name: &str) -> Secret {
        Secret::new(self.text(name))
    }

    /// The value of a setting that must be set but may be empty.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<String> {
        let value = (self.lookup)(name);
        if value.is_none() {
            self.record(format!("{name} is not set"));
        }
        value.filter(|value| !value.is_empty())
    }

    /// The value of a setting that Lambda or an operator may leave out.
    #[must_use]
    pub fn ambient(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    /// The value of a setting, parsed.
    #[must_use]
    pub fn parsed<T: FromStr + Default>(&self, name: &str) -> T {
        let text = self.text(name);
        if text.is_empty() {
            return T::default();
        }
        text.parse().unwrap_or_else(|_| {
            self.record(format!("{name} cannot be read: {text:?}"));
            T::default()
        })
    }

    /// Records that a setting cannot be used; `problem` names it.
    pub fn record(&self, problem: impl Display) {
        let (problem, mut problems) = (problem.to_string(), lock(&self.problems));
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// Checks that all settings read so far could be used.
    ///
    /// # Errors
    /// [`StartError::Settings`] with every setting that is missing or cannot be read.
    pub fn complete(&self) -> Result<(), StartError> {
        match lock(&self.problems).as_slice() {
            [] => Ok(()),
            problems => Err(StartError::Settings(problems.to_vec())),
        }
    }

    /// The source of the current time.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The source of random bytes.
    #[must_use]
    pub fn random(&self) -> Random {
        self.random
    }

    /// The configuration that all AWS clients share.
    pub fn aws(&self) -> &Aws {
        self.aws.get_or_init(|| Aws::new(self))
    }

    /// The URL of a service that is not at Amazon's. `setting` is the name of the service's own setting, such as
    /// `AWS_ENDPOINT_URL_S3`; `AWS_ENDPOINT_URL` is for all services that have none.
    #[must_use]
    pub fn endpoint(&self, setting: &str) -> Option<String> {
        self.ambient(setting).or_else(|| self.ambient("AWS_ENDPOINT_URL"))
    }

    /// The configuration of a client for the service whose [`endpoint`](Self::endpoint) is in `setting`.
    #[must_use]
    pub fn sdk_config(&self, setting: &str) -> SdkConfig {
        self.aws().service(self.endpoint(setting).as_ref())
    }
}

impl Wired for Clock {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(wiring.clock())
    }
}

impl Wired for Random {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(wiring.random())
    }
}

impl Wired for Aws {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(wiring.aws().clone())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Declares the services that a function needs, and how they are constructed.
///
/// The function starts only if every service can be constructed; otherwise the error lists all missing
/// settings.
#[macro_export]
macro_rules! app {
    ($(#[$doc:meta])* $vis:vis struct $App:ident { $($field:ident: $Service:ty),* $(,)? }) => {
        $(#[$doc])*
        $vis struct $App { $($field: $Service),* }

        impl $crate::Wired for $App {
            fn wired(wiring: &$crate::Wiring) -> Result<Self, $crate::StartError> {
                $(let $field = wiring.get();)*
                wiring.complete()?;
                Ok(Self { $($field: $field?),* })
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Door {
        key: String,
    }

    #[derive(Clone)]
    struct Window {
        seconds: i64,
        door: Door,
    }

    impl Wired for Door {
        fn wired(wiring: &Wiring) -> Result<Self, StartError> {
            Ok(Self { key: wiring.text("DOOR_KEY") })
        }
    }

    impl Wired for Window {
        fn wired(wiring: &Wiring) -> Result<Self, StartError> {
            Ok(Self { seconds: wiring.parsed("WINDOW_SECONDS"), door: wiring.get()? })
        }
    }

    app! {
        /// A function with two services.
        struct House { door: Door, window: Window }
    }

    fn wiring(settings: &'static [(&str, &str)]) -> Wiring {
        let lookup = |name: &str| {
            settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Wiring::new(lookup, Clock::System, Random::System)
    }

    #[test]
    fn services_are_constructed_from_their_settings() {
        let house = House::wired(&wiring(&[("DOOR_KEY", "k"), ("WINDOW_SECONDS", "5")])).unwrap();
        assert_eq!((house.door.key.as_str(), house.window.seconds), ("k", 5));
        assert_eq!(house.window.door.key, "k");
    }

    #[test]
    fn every_missing_setting_of_all_services_is_named_once() {
        let error = House::wired(&wiring(&[])).err().unwrap().to_string();
        assert_eq!(error, "settings: DOOR_KEY is not set; WINDOW_SECONDS is not set");
    }

    #[test]
    fn an_empty_setting_and_one_that_is_not_a_number_are_named() {
        let error = House::wired(&wiring(&[("DOOR_KEY", ""), ("WINDOW_SECONDS", "soon")])).err().unwrap();
        assert_eq!(error.to_string(), "settings: DOOR_KEY is empty; WINDOW_SECONDS cannot be read: \"soon\"");
    }

    #[test]
    fn a_service_has_its_own_endpoint_or_that_of_all_services() {
        const S3: &str = "AWS_ENDPOINT_URL_S3";
        let endpoint = |settings| wiring(settings).endpoint(S3);
        assert_eq!(endpoint(&[]), None);
        assert_eq!(endpoint(&[("AWS_ENDPOINT_URL", ""), (S3, "")]), None);
        assert_eq!(endpoint(&[("AWS_ENDPOINT_URL", "http://all"), (S3, "")]).as_deref(), Some("http://all"));
        assert_eq!(
            endpoint(&[("AWS_ENDPOINT_URL", "http://all"), (S3, "http://s3")]).as_deref(),
            Some("http://s3")
        );
    }

    #[tokio::test]
    async fn credentials_for_an_endpoint_replace_those_of_lambda() {
        use aws_credential_types::provider::ProvideCredentials;

        const LAMBDA: [(&str, &str); 4] = [
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "hush"),
            ("AWS_SESSION_TOKEN", "token"),
        ];
        let used = async |endpoint: &'static str| {
            let lookup = move |name: &str| {
                let lambda = LAMBDA.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
                lambda.or_else(|| (name == "ENDPOINT_CREDENTIALS").then_some(endpoint)).map(str::to_owned)
            };
            let wiring = Wiring::new(lookup, Clock::System, Random::System);
            let provider = wiring.sdk_config("AWS_ENDPOINT_URL_S3").credentials_provider().unwrap();
            let found = provider.provide_credentials().await.unwrap();
            let token = found.session_token().map(str::to_owned);
            [Some(found.access_key_id().to_owned()), Some(found.secret_access_key().to_owned()), token]
        };
        let texts = |values: [&str; 2]| values.map(|value| Some(value.to_owned()));
        assert_eq!(used("").await[..2], texts(["AKIDEXAMPLE", "hush"]));
        let [key, secret, token] = used("local.get-file.1000:s3cret").await;
        assert_eq!([key, secret], texts(["local.get-file.1000", "s3cret"]));
        assert_eq!(token, None);
    }

    #[test]
    fn a_setting_that_may_be_empty_must_be_set() {
        let wiring = wiring(&[("PUBLIC_URL", "")]);
        assert_eq!(wiring.optional("PUBLIC_URL"), None);
        assert!(wiring.complete().is_ok());
        assert_eq!(wiring.optional("ORIGIN_SECRETS"), None);
        assert_eq!(wiring.complete().unwrap_err().to_string(), "settings: ORIGIN_SECRETS is not set");
    }
}
