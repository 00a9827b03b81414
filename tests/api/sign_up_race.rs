//! Concurrent sign-ups with one name.

use serde_json::json;

use crate::helpers::{concurrently, stack};

const RACERS: usize = 40;

#[tokio::test]
async fn exactly_one_of_forty_concurrent_sign_ups_gets_the_name() {
    let stack = stack();
    let name = stack.fresh_name("Racer");
    let credentials = |place: usize| {
        // Different spellings of the same name.
        let name = if place.is_multiple_of(2) { name.to_uppercase() } else { name.to_lowercase() };
        json!({"username": name, "password": format!("horse number {place}")})
    };
    let sign_up = |place| {
        let (stack, body) = (stack.clone(), credentials(place));
        async move { stack.post("/api/users", body).await }
    };
    let sign_in = |place| {
        let (stack, body) = (stack.clone(), credentials(place));
        async move { stack.post("/api/token", body).await }
    };
    let (sign_ups, sign_ins) =
        tokio::join!(concurrently((0..RACERS).map(sign_up)), concurrently((0..RACERS).map(sign_in)));

    let winners: Vec<usize> = (0..RACERS).filter(|place| sign_ups[*place].status == 201).collect();
    let [winner] = winners[..] else { panic!("the name was given to {winners:?}") };
    for (place, answer) in sign_ups.iter().enumerate().filter(|(place, _)| *place != winner) {
        assert_eq!(answer.status, 400, "{place}: {}", answer.text());
        answer.assert(400, &json!({"username": ["A user with that username already exists."]}));
    }
    for (place, answer) in sign_ins.iter().enumerate() {
        let may_be = if place == winner { vec![200, 401] } else { vec![401] };
        assert!(may_be.contains(&answer.status), "{place}: {}", answer.text());
    }
    assert_eq!(sign_in(winner).await.status, 200);
    assert_eq!(sign_in((winner + 1) % RACERS).await.status, 401);
}
