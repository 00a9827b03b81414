//! The bodies of common refusals, and checks of tokens.

use serde_json::{Value, json};

use super::User;

/// The body of a 404.
pub fn not_found() -> Value {
    json!({"detail": "Not found."})
}

/// The body of a 401 if the Authorization header is missing.
pub fn not_signed_in() -> Value {
    json!({"detail": "Authentication credentials were not provided."})
}

/// The body of a 401 for an access token that is invalid or has expired.
pub fn token_not_valid() -> Value {
    json!({
        "detail": "Given token not valid for any token type",
        "code": "token_not_valid",
        "messages": [{
            "token_class": "AccessToken",
            "token_type": "access",
            "message": "Token is invalid or expired",
        }],
    })
}

impl User {
    /// Fails unless all routes refuse both of the user's tokens.
    pub async fn assert_signed_out(&self) {
        let invalid = json!({"detail": "Token is invalid or expired", "code": "token_not_valid"});
        self.get("/api/users/me").await.assert(401, &token_not_valid());
        self.post("/api/user/logout", json!({})).await.assert(401, &token_not_valid());
        for token in [&self.access, &self.refresh] {
            self.stack.post("/api/token/verify", json!({"token": token})).await.assert(401, &invalid);
        }
        self.stack.post("/api/token/refresh", json!({"refresh": self.refresh})).await.assert(401, &invalid);
    }

    /// Fails unless both of the user's tokens are valid.
    pub async fn assert_signed_in(&self) {
        assert_eq!(self.get("/api/users/me").await.json()["id"], *self.id);
        let answer = self.stack.post("/api/token/refresh", json!({"refresh": self.refresh})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}
