//! Requests that meet each other.

use std::future::Future;

/// Sends requests at the same time; the answers come in the order of the requests.
pub async fn concurrently<T: Send + 'static>(
    requests: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let running: Vec<_> = requests.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::with_capacity(running.len());
    for request in running {
        answers.push(request.await.expect("a request does not panic"));
    }
    answers
}
