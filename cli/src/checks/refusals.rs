//! Reasons for which CloudFormation refuses resources, and what to do about each.

/// Advice for a reason in CloudFormation's words, if it is a known one.
pub fn advice(reason: &str) -> Option<&'static str> {
    let has = |text: &str| reason.to_ascii_lowercase().contains(text);
    if has("account must be verified") {
        Some(
            "this account may not use CloudFront yet: open a case with AWS Support (it takes a day or two), or deploy \
             with --parameter Cdn=none until then",
        )
    } else if has("minimum value") && has("concurren") {
        Some(
            "the account's limit is too low for reserved concurrency: deploy with --parameter HashingConcurrency=0",
        )
    } else if has("already exists") {
        Some(
            "the name is taken, perhaps by what an earlier stack left; `satchel deploy --check` lists such names",
        )
    } else if has("email address is not verified") || has("identity") && has("not verified") {
        Some("verify the sender in SES first; `satchel deploy --check` says how")
    } else if has("rate exceeded") || has("throttl") {
        Some("CloudFormation was throttled: repeat the command")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_refusals_have_advice() {
        for (reason, word) in [
            ("Your account must be verified before you can add new CloudFront resources.", "AWS Support"),
            (
                "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution \
                 below its minimum value of [10].",
                "HashingConcurrency=0",
            ),
            ("satchel-originals-111122223333-us-east-1 already exists", "deploy --check"),
            ("Email address is not verified.", "SES"),
        ] {
            assert!(advice(reason).unwrap().contains(word), "{reason}");
        }
        assert_eq!(advice("Internal Failure"), None);
    }
}
