//! `GET /api/account-tiers` and `GET /api/account-tiers/{id}`.

use serde_json::json;

use crate::helpers::{not_found, not_signed_in, stack};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;

#[tokio::test]
async fn the_built_in_tiers_are_public() {
    let stack = stack();
    let answer = stack.get("/api/account-tiers").await;
    let tiers = answer.json();
    let expected = json!([
        {
            "id": tiers[0]["id"],
            "name": "Basic",
            "thumbnail_sizes": [200],
            "link_to_original": false,
            "expiring_links": true,
            "max_link_seconds": 604_800,
            "max_file_bytes": 100 * MIB,
            "max_total_bytes": GIB,
        },
        {
            "id": tiers[1]["id"],
            "name": "Premium",
            "thumbnail_sizes": [200, 400],
            "link_to_original": true,
            "expiring_links": true,
            "max_link_seconds": 7_776_000,
            "max_file_bytes": GIB,
            "max_total_bytes": 50 * GIB,
        },
        {
            "id": tiers[2]["id"],
            "name": "Enterprise",
            "thumbnail_sizes": [200, 400],
            "link_to_original": true,
            "expiring_links": true,
            "max_link_seconds": null,
            "max_file_bytes": 50 * GIB,
            "max_total_bytes": TIB,
        },
    ]);
    answer.assert(200, &expected);
    let ada = stack.signed_up_user("ada").await;
    for tier in expected.as_array().expect("a list") {
        let path = format!("/api/account-tiers/{}", tier["id"].as_str().expect("a text"));
        ada.get(&path).await.assert(200, tier);
        stack.get(&path).await.assert(401, &not_signed_in());
    }
}

#[tokio::test]
async fn an_unknown_tier_is_not_found() {
    let ada = stack().signed_up_user("ada").await;
    for id in ["gold", "BASIC%20", "%2F", "0"] {
        let path = format!("/api/account-tiers/{id}");
        ada.get(&path).await.assert(404, &not_found());
        stack().get(&path).await.assert(401, &not_signed_in());
    }
}
