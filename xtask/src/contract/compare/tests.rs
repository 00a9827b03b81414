use super::*;
use crate::contract::history::Commit;

const OLD: &str = "\
info: {version: 1.2.3}
paths:
  /notes/{id}:
    put:
      operationId: put-note
      security: []
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: size, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [text]
              properties:
                text: {type: string, minLength: 1, maxLength: 10}
                kind: {type: string, enum: [a, b]}
                many: {type: [integer, 'null']}
          text/plain: {schema: {type: string}}
      responses:
        200:
          headers: {ETag: {schema: {type: string}}}
          content:
            application/json: {schema: {$ref: '#/components/schemas/Note'}}
            text/html: {schema: {type: string}}
        409:
          content:
            application/json:
              schema: {anyOf: [{type: string}, {type: object, required: [detail], properties: {detail: {type: string}}}]}
components:
  schemas:
    Note:
      type: object
      required: [id, time, parts]
      properties:
        id: {type: string}
        time: {type: string, format: date-time}
        kind: {type: string, enum: [a, b]}
        size: {type: [integer, 'null']}
        parts: {type: array, items: {$ref: '#/components/schemas/Note'}}
";

/// What a replacement breaks.
fn broken(from: &str, to: &str) -> Vec<String> {
    assert!(OLD.contains(from), "{from}");
    let (old, new) = (Document::parse(OLD).unwrap(), Document::parse(&OLD.replace(from, to)).unwrap());
    let prefix = "put-note (PUT /notes/{id}): ";
    let short = |what: String| what.strip_prefix(prefix).map(str::to_owned).unwrap_or(what);
    breaking_changes(&old, &new).into_iter().map(short).collect()
}

#[test]
fn the_same_contract_breaks_nothing() {
    assert_eq!(broken("{id}", "{name}"), [""; 0]);
}

#[test]
fn what_is_removed_breaks_clients() {
    for (from, to, expected) in [
        ("/notes/{id}", "/others/{id}", "put-note (PUT /notes/{id}) is removed"),
        ("        409:", "        410:", "the status 409 is removed"),
        ("text/html", "text/plain", "200 text/html is removed"),
        ("text/plain", "text/csv", "request text/plain is removed"),
        ("ETag", "Etag2", "the header ETag of 200 is removed"),
        ("name: size", "name: count", "the query parameter size is removed"),
        ("                many:", "                more:", "request application/json.many: it is removed"),
        ("        size: {", "        count: {", "200 application/json.size: it is removed"),
        ("security: []", "security: [{bearer: []}]", "it requires sign-in now"),
    ] {
        assert_eq!(broken(from, to)[0], expected, "{from}");
    }
}

#[test]
fn a_response_keeps_its_promises() {
    for (from, to, expected) in [
        ("[id, time, parts]", "[id, parts]", ".time: it is no longer required"),
        (
            "{type: string, format: date-time}",
            "{type: integer}",
            ".time: the type is integer instead of string",
        ),
        (
            "{type: string, format: date-time}",
            "{type: string}",
            ".time: the format is null instead of \"date-time\"",
        ),
        (
            "        id: {type: string}",
            "        id: {type: [string, 'null']}",
            ".id: the type is null or string instead of string",
        ),
        (
            "        kind: {type: string, enum: [a, b]}\n        size",
            "        kind: {type: string, enum: [a, c]}\n        size",
            ".kind: the value \"c\" is new",
        ),
        (
            "        kind: {type: string, enum: [a, b]}\n        size",
            "        kind: {type: string}\n        size",
            ".kind: the values are not the same list",
        ),
    ] {
        let expected = format!("200 application/json{expected}");
        assert!(broken(from, to).contains(&expected), "{from}: {:?}", broken(from, to));
    }
    let alternative = broken("{anyOf: [{type: string}, ", "{anyOf: [{type: string}, {type: array}, ");
    assert_eq!(alternative.len(), 1, "{alternative:?}");
    assert!(alternative[0].starts_with("409 application/json: the type is array"), "{alternative:?}");
}

#[test]
fn a_request_stays_accepted() {
    for (from, to, expected) in [
        ("required: [text]", "required: [text, kind]", ".kind: it is required now"),
        ("minLength: 1", "minLength: 2", ".text: minLength is 2, which accepts less"),
        ("maxLength: 10", "maxLength: 9", ".text: maxLength is 9, which accepts less"),
        ("maxLength: 10", "maxLength: 10, pattern: x", ".text: pattern is \"x\", which accepts less"),
        (
            "many: {type: [integer, 'null']}",
            "many: {type: integer}",
            ".many: the type is integer instead of integer or null",
        ),
        (
            "enum: [a, b]}\n                many",
            "enum: [a]}\n                many",
            ".kind: the value \"b\" is no longer accepted",
        ),
    ] {
        assert_eq!(broken(from, to), [format!("request application/json{expected}")], "{from}");
    }
    let parameter = "the query parameter size is required now";
    assert_eq!(broken("in: query, schema", "in: query, required: true, schema"), [parameter]);
    assert_eq!(
        broken("maximum: 100", "maximum: 50"),
        ["query parameter size: maximum is 50, which accepts less"]
    );
    assert_eq!(
        broken("requestBody:", "requestBody:\n        required: true"),
        ["the request body is required now"]
    );
}

#[test]
fn what_is_added_or_loosened_breaks_nothing() {
    for (from, to) in [
        ("required: [text]", "required: []"),
        ("minLength: 1, maxLength: 10", "maxLength: 20"),
        ("enum: [a, b]}\n                many", "enum: [a, b, c]}\n                many"),
        (
            "many: {type: [integer, 'null']}",
            "many: {type: [number, 'null']}\n                new: {type: string}",
        ),
        ("size: {type: [integer, 'null']}", "size: {type: integer}\n        new: {type: string}"),
        ("[id, time, parts]", "[id, time, parts, kind]"),
        ("        409:", "        404: {description: x}\n        409:"),
        ("{anyOf: [{type: string}, ", "{anyOf: ["),
        ("  /notes/{id}:", "  /new: {get: {operationId: get-new}}\n  /notes/{id}:"),
    ] {
        assert_eq!(broken(from, to), [""; 0], "{from}");
    }
}

#[test]
fn members_of_all_of_are_one_schema() {
    let parts = "schema: {allOf: [{$ref: '#/components/schemas/Note'}]}";
    assert_eq!(broken("schema: {$ref: '#/components/schemas/Note'}", parts), [""; 0]);
}

fn commit(version: &str, status: &str) -> Commit {
    let text = OLD.replace("1.2.3", version).replace("        409:", &format!("        {status}:"));
    Commit { hash: "0123456789abcdef".to_owned(), document: Document::parse(&text).unwrap() }
}

#[test]
fn only_a_new_major_version_may_break_clients() {
    let check_with = |current, former, new: Commit, is_shallow| {
        check(Some(&History { current, former, is_shallow }), &new.document)
    };
    let removed = ["put-note (PUT /notes/{id}): the status 409 is removed"];
    let (compared, broken) = check_with(commit("1.2.3", "409"), None, commit("1.3.0", "410"), false);
    assert_eq!(
        (compared, broken),
        (
            vec!["compared with version 1.2.3 of commit 0123456789".to_owned()],
            removed.map(str::to_owned).to_vec()
        )
    );
    assert_eq!(check_with(commit("1.2.3", "409"), None, commit("2.0.0", "410"), false).1, [""; 0]);
    // The commit that changed the version is compared with the version before it.
    let former = Some(commit("1.2.3", "409"));
    assert_eq!(check_with(commit("1.3.0", "410"), former.clone(), commit("1.3.0", "410"), false).1, removed);
    assert_eq!(check_with(commit("2.0.0", "410"), former, commit("2.0.0", "410"), false).1, [""; 0]);
    let (compared, _) = check_with(commit("1.2.3", "409"), None, commit("1.2.3", "409"), true);
    assert!(compared[1].starts_with("history is missing"), "{compared:?}");
    let malformed = check_with(commit("1.2.3", "409"), None, commit("one", "409"), false).1;
    assert_eq!(malformed, ["info.version is `one`, and not such as 1.2.3"]);
}

#[test]
fn without_a_history_nothing_is_compared() {
    let (compared, broken) = check(None, &commit("1.0.0", "409").document);
    assert_eq!(
        (compared[0].as_str(), broken.is_empty()),
        ("git has no earlier contract: nothing to compare with", true)
    );
}
