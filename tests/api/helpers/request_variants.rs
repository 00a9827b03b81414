//! The same fields in every body that a route takes, under both of its paths.

use std::collections::BTreeMap;

use reqwest::RequestBuilder;
use reqwest::multipart::Form;

use super::{Answer, TestStack};

/// Requests with these fields as JSON, as an urlencoded and as a multipart form: first to `path`, then to the same
/// with a slash at its end.
pub fn request_variants(
    path: &str,
    fields: &[(&str, &str)],
    request: impl Fn(&str) -> RequestBuilder,
) -> Vec<RequestBuilder> {
    let form = || {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        fields.fold(Form::new(), |form, (name, value)| form.text(name, value))
    };
    let json: BTreeMap<_, _> = fields.iter().copied().collect();
    [path.to_owned(), format!("{path}/")]
        .iter()
        .flat_map(|path| {
            [request(path).json(&json), request(path).form(fields), request(path).multipart(form())]
        })
        .collect()
}

impl TestStack {
    /// The answers to [`request_variants`] of posting these fields.
    pub async fn post_variants(&self, path: &str, fields: &[(&str, &str)]) -> Vec<Answer> {
        let mut answers = Vec::new();
        for request in request_variants(path, fields, |path| self.http.post(self.url(path))) {
            answers.push(Answer::of(request).await);
        }
        answers
    }
}
