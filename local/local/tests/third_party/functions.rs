//! The functions of the template, as they would be written for Lambda.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_s3::primitives::ByteStream;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};

/// `POST /notes`, `GET /notes/{id}`, `DELETE /notes/{id}`.
pub async fn take_note(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let (request, context) = event.into_parts();
    let id = request["pathParameters"]["id"].as_str();
    match (request["requestContext"]["http"]["method"].as_str(), id) {
        (Some("POST"), _) => take(&context.request_id, request["body"].as_str().unwrap_or_default()).await,
        (Some("GET"), Some(id)) => show(id, &request).await,
        (Some("DELETE"), Some(id)) => remove(id).await,
        _ => Err("the API has no such route".into()),
    }
}

async fn take(id: &str, text: &str) -> Result<Value, Error> {
    let put = s3()?.put_object().bucket(variable("NOTES_BUCKET")?).key(format!("{id}.txt"));
    put.content_type("text/plain").body(ByteStream::from(text.as_bytes().to_vec())).send().await?;
    let put = dynamodb()?.put_item().table_name(variable("NOTES_TABLE")?);
    put.item("id", AttributeValue::S(id.to_owned())).send().await?;
    Ok(answer(201, &json!({"id": id, "greeting": variable("GREETING")?})))
}

async fn show(id: &str, request: &Value) -> Result<Value, Error> {
    let get = dynamodb()?.get_item().table_name(variable("NOTES_TABLE")?).consistent_read(true);
    let item = get.key("id", AttributeValue::S(id.to_owned())).send().await?.item.unwrap_or_default();
    let words = item.get("words").and_then(|words| words.as_n().ok());
    let is_announced = item.contains_key("announced");
    Ok(answer(200, &json!({"words": words, "announced": is_announced, "request": request})))
}

async fn remove(id: &str) -> Result<Value, Error> {
    let delete = s3()?.delete_object().bucket(variable("NOTES_BUCKET")?).key(format!("{id}.txt"));
    match delete.send().await {
        Ok(_) => Ok(answer(200, &json!({}))),
        Err(error) => Ok(answer(403, &json!({"code": error.code(), "message": error.message()}))),
    }
}

/// Events of the bucket and of the table's stream.
pub async fn count_words(event: LambdaEvent<Value>) -> Result<Value, Error> {
    for record in event.payload["Records"].as_array().into_iter().flatten() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if record["eventSource"] == "aws:dynamodb" {
            let id = text(&record["dynamodb"]["Keys"]["id"]["S"]);
            note(&id, "announced", AttributeValue::Bool(true)).await?;
        } else {
            let (bucket, key) = (text(&record["s3"]["bucket"]["name"]), text(&record["s3"]["object"]["key"]));
            let page = s3()?.get_object().bucket(bucket).key(&key).send().await?;
            let page = String::from_utf8(page.body.collect().await?.to_vec())?;
            let words = AttributeValue::N(page.split_whitespace().count().to_string());
            note(key.trim_end_matches(".txt"), "words", words).await?;
        }
    }
    Ok(Value::Null)
}

async fn note(id: &str, name: &str, value: AttributeValue) -> Result<(), Error> {
    let update = dynamodb()?.update_item().table_name(variable("NOTES_TABLE")?);
    let update = update.key("id", AttributeValue::S(id.to_owned())).update_expression("SET #name = :value");
    let update =
        update.expression_attribute_names("#name", name).expression_attribute_values(":value", value);
    update.send().await.map_err(|error| DisplayErrorContext(error).to_string())?;
    Ok(())
}

fn answer(status: u16, body: &Value) -> Value {
    let headers = json!({"content-type": "application/json"});
    json!({"statusCode": status, "headers": headers, "body": body.to_string()})
}

#[expect(clippy::disallowed_methods, reason = "a function of a template that is not Satchel's")]
fn variable(name: &str) -> Result<String, Error> {
    std::env::var(name).map_err(|error| format!("{name}: {error}").into())
}

fn credentials() -> Result<Credentials, Error> {
    let (key, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    Ok(Credentials::new(key, secret, None, None, "environment"))
}

fn s3() -> Result<aws_sdk_s3::Client, Error> {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_s3::config::Region::new(variable("AWS_REGION")?))
        .endpoint_url(variable("AWS_ENDPOINT_URL_S3")?)
        .force_path_style(true)
        .credentials_provider(credentials()?)
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Ok(aws_sdk_s3::Client::from_conf(config.build()))
}

fn dynamodb() -> Result<aws_sdk_dynamodb::Client, Error> {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_dynamodb::config::Region::new(variable("AWS_REGION")?))
        .endpoint_url(variable("AWS_ENDPOINT_URL_DYNAMODB")?)
        .credentials_provider(credentials()?)
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Ok(aws_sdk_dynamodb::Client::from_conf(config.build()))
}
