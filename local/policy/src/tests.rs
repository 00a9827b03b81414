//! Policies, and the calls that they allow or deny.

use std::sync::{Arc, Mutex};

use local_common::StackIdentity;
use serde_json::{Value, json};

use super::{ContextKey, Denied, Need, Noted, Permission, Permissions, Statement};

const TABLE: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/satchel-local-Table";
const ORIGINALS: &str = "arn:aws:s3:::satchel-local-originals-000000000000-us-east-1";

fn permissions_with(policies: &[Value]) -> Permissions {
    let identity = StackIdentity { name: "satchel-local".to_owned(), ..StackIdentity::default() };
    let permissions = Permissions::new(&identity);
    let statements: Vec<_> = policies.iter().map(|policy| Statement::parse(policy).unwrap()).collect();
    permissions.enforce([("create-file", statements.as_slice())]);
    permissions
}

fn ask(permissions: &Permissions, action: &str, resource: &str) -> Result<(), Denied> {
    permissions.check("create-file", |_| vec![Need::new(action, resource)])
}

fn statement(effect: &str, action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({"Effect": effect, "Action": action.into(), "Resource": resource.into()})
}

#[test]
fn only_what_a_statement_allows_is_allowed() {
    let key = &format!("{ORIGINALS}/a/b");
    let keys = &format!("{ORIGINALS}/*");
    let index = &format!("{TABLE}/index/by-month");
    let indexes = &format!("{TABLE}/index/*");
    for (allowed, resource, action, asked, expected) in [
        ("dynamodb:Query", TABLE, "dynamodb:Query", TABLE, true),
        ("dynamodb:query", TABLE, "dynamodb:Query", TABLE, true),
        ("dynamodb:Query", TABLE, "dynamodb:Scan", TABLE, false),
        ("dynamodb:Query", TABLE, "dynamodb:Query", index, false),
        ("dynamodb:Query", index, "dynamodb:Query", index, true),
        ("dynamodb:Query", index, "dynamodb:Query", TABLE, false),
        ("dynamodb:Query", indexes, "dynamodb:Query", index, true),
        ("dynamodb:*", TABLE, "dynamodb:Scan", TABLE, true),
        ("dynamodb:*", TABLE, "s3:GetObject", TABLE, false),
        ("dynamodb:Get*", TABLE, "dynamodb:GetItem", TABLE, true),
        ("dynamodb:Get*", TABLE, "dynamodb:BatchGetItem", TABLE, false),
        ("dynamodb:???Item", TABLE, "dynamodb:PutItem", TABLE, true),
        ("dynamodb:???Item", TABLE, "dynamodb:DeleteItem", TABLE, false),
        ("*", "*", "dynamodb:Scan", TABLE, true),
        ("s3:GetObject", keys, "s3:GetObject", key, true),
        ("s3:GetObject", keys, "s3:GetObject", ORIGINALS, false),
        ("s3:GetObject", ORIGINALS, "s3:GetObject", key, false),
        ("s3:ListBucket", ORIGINALS, "s3:ListBucket", ORIGINALS, true),
        ("s3:GetObject", keys, "s3:GetObject", "arn:aws:s3:::other/a/b", false),
        ("s3:GetObject", &key.to_uppercase(), "s3:GetObject", key, false),
    ] {
        let permissions = permissions_with(&[statement("Allow", allowed, resource)]);
        let case = format!("{allowed} on {resource}, asked for {action} on {asked}");
        assert_eq!(ask(&permissions, action, asked).is_ok(), expected, "{case}");
    }
}

#[test]
fn one_matching_action_resource_and_statement_is_enough() {
    let permissions = permissions_with(&[
        statement("Allow", json!(["dynamodb:GetItem", "dynamodb:Query"]), json!([TABLE, "other"])),
        statement("Allow", "s3:GetObject", "*"),
    ]);
    for (action, resource) in
        [("dynamodb:Query", "other"), ("dynamodb:GetItem", TABLE), ("s3:GetObject", "x")]
    {
        assert_eq!(ask(&permissions, action, resource), Ok(()));
    }
    assert!(ask(&permissions, "dynamodb:Query", "x").is_err());
}

#[test]
fn a_deny_outweighs_every_allow() {
    let secret = &format!("{ORIGINALS}/secret/a");
    let deny = statement("Deny", "s3:*", format!("{ORIGINALS}/secret/*"));
    let allow = statement("Allow", "s3:GetObject", "*");
    for policies in [[deny.clone(), allow.clone()], [allow, deny]] {
        let permissions = permissions_with(&policies);
        assert!(ask(&permissions, "s3:GetObject", &format!("{ORIGINALS}/open/a")).is_ok());
        assert_eq!(
            ask(&permissions, "s3:GetObject", secret).unwrap_err().to_string(),
            format!(
                "User: arn:aws:sts::000000000000:assumed-role/create-file/create-file is not authorized to perform: \
                 s3:GetObject on resource: {secret} with an explicit deny in an identity-based policy"
            )
        );
    }
}

#[test]
fn without_statements_every_call_is_denied_in_the_words_of_iam() {
    assert_eq!(
        ask(&permissions_with(&[]), "dynamodb:PutItem", TABLE).unwrap_err().to_string(),
        format!(
            "User: arn:aws:sts::000000000000:assumed-role/create-file/create-file is not authorized to perform: \
             dynamodb:PutItem on resource: {TABLE} because no identity-based policy allows the dynamodb:PutItem action"
        )
    );
}

#[test]
fn a_caller_that_is_not_a_function_is_always_allowed() {
    let permissions = permissions_with(&[]);
    assert_eq!(permissions.check("operator", |_| vec![Need::new("dynamodb:Scan", TABLE)]), Ok(()));
}

#[test]
fn a_condition_on_the_sender_must_be_met() {
    let sends = |from: Value| {
        let mut policy = statement("Allow", "ses:SendEmail", "*");
        policy["Condition"] = json!({"StringEquals": {"ses:fromaddress": from}});
        let permissions = permissions_with(&[policy]);
        move |from: Option<&str>| {
            let from = from.map(str::to_owned);
            permissions
                .check("create-file", |_| {
                    vec![Need::new("ses:SendEmail", "x").with(ContextKey::FromAddress, Vec::from_iter(from))]
                })
                .is_ok()
        }
    };
    let one = sends(json!("a@example.com"));
    assert!(one(Some("a@example.com")));
    assert!(!one(Some("A@example.com")));
    assert!(!one(Some("b@example.com")));
    assert!(!one(None));
    assert!(sends(json!(["a@example.com", "b@example.com"]))(Some("b@example.com")));
}

#[test]
fn a_condition_on_the_stack_of_a_secret_must_be_met() {
    let mut policy = statement("Allow", "secretsmanager:GetSecretValue", "*");
    policy["Condition"] = json!({"StringEquals": {"aws:ResourceTag/aws:cloudformation:stack-id": "ours"}});
    let permissions = permissions_with(&[policy]);
    for (stack, expected) in [(Some("ours"), true), (Some("theirs"), false), (None, false)] {
        let need = Need::new("secretsmanager:GetSecretValue", "x")
            .with(ContextKey::StackTag, stack.map(str::to_owned).into_iter().collect());
        assert_eq!(permissions.check("create-file", |_| vec![need]).is_ok(), expected, "{stack:?}");
    }
}

#[test]
fn an_unsupported_element_of_a_statement_is_refused_by_name() {
    let with = |name: &str, value: Value| {
        let mut policy = statement("Allow", "ses:SendEmail", "*");
        policy[name] = value;
        Statement::parse(&policy).unwrap_err()
    };
    assert_eq!(with("NotAction", json!("a:b")), "`NotAction` is not supported by the local stack");
    assert_eq!(with("Principal", json!("*")), "`Principal` is not supported by the local stack");
    assert_eq!(with("Effect", json!("allow")), "`Effect` must be Allow or Deny");
    assert_eq!(with("Action", json!([])), "`Action` must be a text or a list of texts");
    assert_eq!(with("Resource", json!(["a", 1])), "`Resource` must be a text or a list of texts");
    assert_eq!(
        with("Resource", json!("${aws:username}")),
        "`Resource` has a policy variable, which the local stack does not support: ${aws:username}"
    );
    let other = json!({"StringEquals": {"aws:SourceIp": "::1"}});
    assert_eq!(
        with("Condition", other),
        "`Condition` has the key aws:SourceIp, which the local stack does not support"
    );
    assert_eq!(Statement::parse(&json!("x")).unwrap_err(), "a statement must be a mapping");
    let nothing = Statement::parse(&json!({"Effect": "Allow", "Action": "a:b"})).unwrap_err();
    assert_eq!(nothing, "`Resource` must be a text or a list of texts");
}

#[test]
fn used_and_denied_permissions_are_recorded() {
    let keys = format!("{ORIGINALS}/*");
    let permissions = permissions_with(&[statement("Allow", json!(["s3:GetObject", "s3:PutObject"]), keys)]);
    let events = Arc::new(Mutex::new(Vec::new()));
    for key in ["a", "b"] {
        ask(&permissions, "s3:GetObject", &format!("{ORIGINALS}/{key}")).unwrap();
    }
    let watched = Arc::clone(&events);
    permissions.watch(move |new| watched.lock().unwrap().push(new.clone()));
    for key in ["a", "b"] {
        ask(&permissions, "s3:DeleteObject", &format!("{ORIGINALS}/{key}")).unwrap_err();
    }
    let one = |action: &str| Permission {
        function: "create-file".to_owned(),
        action: action.to_owned(),
        resource: "originals/*".to_owned(),
        keys: None,
    };
    let [get, put, delete] = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"].map(one);
    let report = permissions.report();
    let grants: Vec<_> = report.grants.iter().map(|grant| (&grant.permission, grant.used)).collect();
    assert_eq!(grants, [(&get, true), (&put, false)]);
    assert_eq!((report.used, report.denied), (vec![get.clone()], vec![delete.clone()]));
    let expected =
        [Noted::Granted(get.clone()), Noted::Granted(put), Noted::Used(get), Noted::Denied(delete)];
    assert_eq!(*events.lock().unwrap(), expected);
}

#[test]
fn querying_a_permission_uses_its_grant_but_records_no_denial() {
    let permissions = permissions_with(&[statement("Allow", "s3:ListBucket", ORIGINALS)]);
    let may_list =
        |bucket: &str| permissions.allow("create-file", |_| vec![Need::new("s3:ListBucket", bucket)]);
    assert!(!may_list("arn:aws:s3:::other"));
    assert!(!permissions.report().grants[0].used);
    assert!(may_list(ORIGINALS));
    let report = permissions.report();
    assert!(report.grants[0].used && report.denied.is_empty());
    permissions.deny("create-file", "s3:ListBucket", "*");
    assert!(!may_list(ORIGINALS));
}

#[test]
fn a_call_that_is_denied_in_part_is_denied_and_uses_no_grant() {
    let permissions = permissions_with(&[statement("Allow", "dynamodb:PutItem", TABLE)]);
    let needs = ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"];
    let needs = needs.map(|action| Need::new(action, TABLE));
    let denied = permissions.check("create-file", |_| needs.to_vec()).unwrap_err();
    assert!(denied.to_string().contains("dynamodb:DeleteItem"), "{denied}");
    let report = permissions.report();
    assert!(report.used.is_empty() && !report.grants[0].used);
    assert_eq!(report.denied.len(), 2);
}
