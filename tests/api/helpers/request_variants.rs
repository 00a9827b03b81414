//! The same fields in every type of body, with and without a trailing slash.

use std::collections::BTreeMap;

use reqwest::RequestBuilder;
use reqwest::multipart::Form;

use super::{Answer, TestStack};

/// Six requests with these fields: as JSON, as an urlencoded form and as a multipart form, first to `path` and then
/// to `path` with a trailing slash.
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
    /// Posts these fields in all [`request_variants`], and returns the responses.
    pub async fn post_variants(&self, path: &str, fields: &[(&str, &str)]) -> Vec<Answer> {
        let mut answers = Vec::new();
        for request in request_variants(path, fields, |path| self.http.post(self.url(path))) {
            answers.push(Answer::of(request).await);
        }
        answers
    }
}
