//! Requests as commands for a shell. `$SATCHEL` is the deployment's address, and `$TOKEN` an access token.

use serde_json::Value;

use super::document::{Document, Operation, entries};
use super::example::{is_file, of_schema, printed};

/// The body of a request.
pub struct Body<'a> {
    pub media_type: &'a str,
    pub schema: &'a Value,
    pub value: &'a Value,
}

/// The command for a request, one option a line.
pub fn command(document: &Document, operation: &Operation<'_>, body: Option<Body<'_>>) -> String {
    let mut words = vec![format!("curl{} \"$SATCHEL{}\"", flags(operation), address(document, operation))];
    if operation.is_signed_in() {
        words.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    for header in required(operation, "header") {
        let value = sample(document, header);
        words.push(format!(
            "-H {}",
            quoted(&format!("{}: {value}", header["name"].as_str().unwrap_or_default()))
        ));
    }
    words.extend(body.into_iter().flat_map(|body| options(document, &body)));
    words.join(" \\\n  ")
}

fn flags(operation: &Operation<'_>) -> String {
    match operation.method.as_str() {
        "HEAD" => " --head".to_owned(),
        // Follows the redirect to the file, and stores the file under its own name.
        "GET" if operation.value["responses"].get("302").is_some() => " -LOJ".to_owned(),
        "GET" => String::new(),
        method => format!(" -X {method}"),
    }
}

fn address(document: &Document, operation: &Operation<'_>) -> String {
    let mut path = operation.path.to_owned();
    for parameter in required(operation, "path") {
        let name = format!("{{{}}}", parameter["name"].as_str().unwrap_or_default());
        path = path.replace(&name, &sample(document, parameter));
    }
    let query = required(operation, "query");
    let pairs: Vec<_> = query
        .map(|parameter| {
            format!("{}={}", parameter["name"].as_str().unwrap_or_default(), sample(document, parameter))
        })
        .collect();
    if pairs.is_empty() { path } else { format!("{path}?{}", pairs.join("&")) }
}

fn required<'a>(operation: &'a Operation<'_>, place: &str) -> impl Iterator<Item = &'a Value> {
    let parameters = operation.parameters.iter().copied();
    parameters.filter(move |parameter| parameter["in"] == place && parameter["required"] == true)
}

fn sample(document: &Document, parameter: &Value) -> String {
    let named = entries(&parameter["examples"]).next().and_then(|(_, example)| example.get("value"));
    let value = parameter.get("example").or(named);
    printed(&value.cloned().unwrap_or_else(|| of_schema(document, &parameter["schema"])))
}

fn options(document: &Document, body: &Body<'_>) -> Vec<String> {
    let fields = |option: &str| {
        let fields = entries(body.value);
        fields
            .map(|(name, value)| format!("{option} {}", quoted(&field(document, body, name, value))))
            .collect()
    };
    match body.media_type {
        "application/x-www-form-urlencoded" => fields("--data-urlencode"),
        "multipart/form-data" => fields("-F"),
        media_type => {
            let header = format!("-H {}", quoted(&format!("Content-Type: {media_type}")));
            // Space between the parts of JSON means nothing, so that its lines may be indented.
            vec![header, format!("-d {}", quoted(&printed(body.value).replace('\n', "\n  ")))]
        }
    }
}

fn field(document: &Document, body: &Body<'_>, name: &str, value: &Value) -> String {
    let schema = &document.resolve(body.schema).value["properties"][name];
    let value = printed(value);
    if !is_file(document, schema) {
        return format!("{name}={value}");
    }
    let is_name = value.contains('.') && !value.contains(char::is_whitespace);
    let file = match name {
        _ if is_name => &value,
        "image" => "photo.jpg",
        "pdf" => "report.pdf",
        _ => "notes.txt",
    };
    format!("{name}=@{file}")
}

/// `text` in single quotes, for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::render::document::tests::document;

    fn written(path: &str, method: &str, operation: Value, body: Option<(&str, Value, Value)>) -> String {
        let document = document(json!({path: {method: operation}}), json!({}));
        let operation = document.all_operations().next().unwrap();
        let body = body.as_ref();
        let body = body.map(|(media_type, schema, value)| Body { media_type, schema, value });
        command(&document, &operation, body)
    }

    #[test]
    fn a_request_has_its_path_and_required_query() {
        let size = json!({"name": "size", "in": "query", "required": true, "example": 200});
        let limit = json!({"name": "limit", "in": "query", "example": 50});
        let id = json!({"$ref": "#/components/parameters/Id"});
        let operation =
            json!({"operationId": "a", "parameters": [id, size, limit], "responses": {"302": {}}});
        assert_eq!(written("/a/{id}/b", "get", operation, None), "curl -LOJ \"$SATCHEL/a/1f/b?size=200\"");
        assert_eq!(written("/a", "head", json!({"operationId": "a"}), None), "curl --head \"$SATCHEL/a\"");
    }

    #[test]
    fn json_is_quoted_for_the_shell() {
        let operation = json!({"operationId": "a", "security": [{"bearer": []}]});
        let body = ("application/json", json!({}), json!({"title": "Ada's"}));
        let expected = "curl -X PUT \"$SATCHEL/a\" \\\n  -H \"Authorization: Bearer $TOKEN\" \\\n  \
                        -H 'Content-Type: application/json' \\\n  -d '{\"title\": \"Ada'\\''s\"}'";
        assert_eq!(written("/a", "put", operation, Some(body)), expected);
    }

    #[test]
    fn a_form_has_an_option_for_each_field_and_sends_files_by_name() {
        let operation = || json!({"operationId": "a"});
        let schema = json!({"properties": {"file": {"type": "string", "format": "binary"}}});
        let value = json!({"file": "…", "title": "Notes"});
        let body = ("multipart/form-data", schema.clone(), value.clone());
        let expected = "curl -X POST \"$SATCHEL/a\" \\\n  -F 'file=@notes.txt' \\\n  -F 'title=Notes'";
        assert_eq!(written("/a", "post", operation(), Some(body)), expected);
        let body = ("application/x-www-form-urlencoded", json!({}), json!({"username": "ada"}));
        let expected = "curl -X POST \"$SATCHEL/a\" \\\n  --data-urlencode 'username=ada'";
        assert_eq!(written("/a", "post", operation(), Some(body)), expected);
    }
}
