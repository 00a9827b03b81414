//! Where an audit stops and continues.

use super::*;

#[tokio::test]
async fn an_audit_that_runs_out_of_time_reports_where_to_continue() {
    let first_page = listed(&[&original(FILE, VERSION)], LONG_AGO, true).about("/originals");
    let second_page = listed(&[&original(IMAGE, VERSION)], LONG_AGO, false).about("start-after=");
    let nobody_follows = scanned(&[], None).about("USER#");
    let first = vec![second_page, first_page, nobody_follows];
    let (mut place, mut steps, mut objects) = (json!(null), Vec::new(), 0);
    loop {
        let replies = [first.clone(), replies()].concat();
        let report = audited(json!({"from": place}), TOO_LATE, replies).await.1.unwrap();
        objects += report.objects;
        place = json!(report.next);
        if place.is_null() {
            break;
        }
        steps.push(place.clone());
        assert!(steps.len() < 10, "{steps:?}");
    }
    let expected = json!([
        {"step": "originals", "after": original(FILE, VERSION)},
        {"step": "parts", "after": null},
        {"step": "renditions", "after": null},
        {"step": "accounts", "after": null},
        {"step": "accounts", "after": USER},
        {"step": "copies", "after": null},
    ]);
    assert_eq!((json!(steps), objects), (expected, 3));
}

#[tokio::test]
async fn an_unfinished_stretch_of_renditions_is_started_again() {
    let last = json!({"pk": "USER#1", "sk": "USER"});
    let endless = scanned(&[], Some(&last)).about("IMAGE#");
    let order = json!({"from": {"step": "renditions", "after": "0"}, "repair": true});
    let (aws, report) = audited(order.clone(), TOO_LATE, [vec![endless], replies()].concat()).await;
    assert_eq!(json!(report.unwrap().next), order["from"]);
    assert!(aws.calls_of("DeleteObject").is_empty());
}

#[tokio::test]
async fn an_audit_with_resume_continues_and_stores_its_place() {
    let place = json!({"step": "renditions", "after": null});
    let noted = found(Some(json!({"pk": "AUDIT", "sk": "PLACE", "place": place.to_string()}))).about("AUDIT");
    let first = vec![noted.clone()];
    let order: Value = serde_json::from_str(EVENT).unwrap();
    let (aws, report) = audited(order.clone(), TOO_LATE, [first, replies()].concat()).await;
    let next = json!({"step": "accounts", "after": null});
    assert_eq!(json!(report.unwrap().next), next);
    assert_eq!(place_noted(&aws)["S"], next.to_string());
    // The place that the audit reached before it failed.
    let first = vec![noted, denied("Query")];
    let (aws, report) = audited(order.clone(), IN_TIME, [first, replies()].concat()).await;
    assert!(matches!(report, Err(Failure::Store(_))));
    assert_eq!(place_noted(&aws)["S"], next.to_string());
    // A stored place that cannot be parsed is ignored.
    let broken = found(Some(json!({"pk": "AUDIT", "sk": "PLACE", "place": "elsewhere"}))).about("AUDIT");
    let (_, report) = audited(order, IN_TIME, [vec![broken], replies()].concat()).await;
    assert_eq!(report.unwrap().objects, 3);
}
