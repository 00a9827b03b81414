//! `GET /api/account-tiers` and `GET /api/account-tiers/{id}`.

use serde_json::json;

use crate::helpers::stack;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;

#[tokio::test]
async fn the_built_in_tiers_are_there_for_everybody() {
    let stack = stack();
    let answer = stack.get("/api/account-tiers").await;
    let tiers = answer.json();
    let expected = json!([
        {
            "id": tiers[0]["id"],
            "name": "Basic",
            "thumbnail_sizes": [200],
            "link_to_original": false,
            "expiring_links": false,
            "max_file_bytes": 100 * MIB,
            "max_total_bytes": GIB,
        },
        {
            "id": tiers[1]["id"],
            "name": "Premium",
            "thumbnail_sizes": [200, 400],
            "link_to_original": true,
            "expiring_links": false,
            "max_file_bytes": GIB,
            "max_total_bytes": 50 * GIB,
        },
        {
            "id": tiers[2]["id"],
            "name": "Enterprise",
            "thumbnail_sizes": [200, 400],
            "link_to_original": true,
            "expiring_links": true,
            "max_file_bytes": 50 * GIB,
            "max_total_bytes": TIB,
        },
    ]);
    answer.assert(200, &expected);
    for tier in expected.as_array().expect("a list") {
        let id = tier["id"].as_str().expect("a text");
        stack.get(&format!("/api/account-tiers/{id}")).await.assert(200, tier);
    }
}

#[tokio::test]
async fn an_unknown_tier_is_not_found() {
    for id in ["gold", "BASIC%20", "%2F", "0"] {
        let answer = stack().get(&format!("/api/account-tiers/{id}")).await;
        answer.assert(404, &json!({"detail": "Not found."}));
    }
}
