//! Concurrent requests.

use std::future::Future;

/// Runs the requests concurrently, and returns the results in the order of the requests.
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
