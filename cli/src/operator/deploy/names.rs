//! Which names are in use.

use std::collections::BTreeSet;

use aws_sdk_cloudfront::types::{CachePolicyType, ResponseHeadersPolicyType};

use crate::aws::Aws;
use crate::checks::names::Named;

/// Which of the names are taken. A call that fails says nothing, and the name counts as free.
pub async fn taken(aws: &Aws, names: &[Named]) -> BTreeSet<Named> {
    let mut taken = BTreeSet::new();
    for named in names {
        if is_taken(aws, named).await {
            taken.insert(named.clone());
        }
    }
    taken
}

async fn is_taken(aws: &Aws, Named { kind, name }: &Named) -> bool {
    let client = aws.cloudfront();
    match kind.as_str() {
        "AWS::S3::Bucket" => match aws.s3().head_bucket().bucket(name).send().await {
            Ok(_) => true,
            // A bucket of somebody else.
            Err(error) => error.raw_response().is_some_and(|response| response.status().as_u16() == 403),
        },
        "AWS::DynamoDB::Table" => aws.dynamodb().describe_table().table_name(name).send().await.is_ok(),
        "AWS::CloudFront::Function" => client.describe_function().name(name).send().await.is_ok(),
        "AWS::CloudFront::CachePolicy" => {
            let answer = client.list_cache_policies().r#type(CachePolicyType::Custom).send().await.ok();
            let list = answer.and_then(|answer| answer.cache_policy_list);
            list.is_some_and(|list| {
                let names = list.items().iter().filter_map(|item| item.cache_policy()?.cache_policy_config());
                names.into_iter().any(|config| config.name() == name)
            })
        }
        "AWS::CloudFront::ResponseHeadersPolicy" => {
            let answer = client
                .list_response_headers_policies()
                .r#type(ResponseHeadersPolicyType::Custom)
                .send()
                .await;
            let list = answer.ok().and_then(|answer| answer.response_headers_policy_list);
            list.is_some_and(|list| {
                let policies = list.items().iter().filter_map(|item| item.response_headers_policy());
                policies
                    .filter_map(|policy| policy.response_headers_policy_config())
                    .any(|config| config.name() == name)
            })
        }
        "AWS::CloudFront::OriginAccessControl" => {
            let answer = client.list_origin_access_controls().send().await.ok();
            let list = answer.and_then(|answer| answer.origin_access_control_list);
            list.is_some_and(|list| list.items().iter().any(|item| item.name() == name))
        }
        _ => false,
    }
}
