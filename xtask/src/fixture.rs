//! A small repository in memory that keeps every rule, for the unit tests of the checks.

use crate::check::{PAGE, row};
use crate::contract::OPENAPI;
use crate::names::snake;
use crate::problem::Problem;
use crate::sources::Sources;
use crate::template::{TEMPLATE, Template};

const TEXT: &str = "\
Globals:
  Function:
    Environment:
      Variables:
        TABLE_NAME: !Ref Table
        ORIGIN_SECRETS: !GetAtt Keys.Secrets

Resources:
  # ---- Functions ----

  ListNotesFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/list-notes/
      Events:
        Route: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: \"/api/notes\"}}
        Head: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: HEAD, Path: \"/api/notes\"}}

  GetNoteFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/get-note/
      Environment:
        Variables:
          NOTE_SECONDS: !Ref NoteSeconds
      Events:
        Route: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: \"/api/notes/{id}\"}}

  # ---- What is kept ----

  Table:
    Type: AWS::DynamoDB::Table
";

/// The contract.
pub const CONTRACT: &str = "\
tags:
  - name: Accounts
  - name: Tokens and sign-in
  - name: Files
  - name: Share links
  - name: Images
  - name: Account tiers
  - name: Resources
  - name: Service

paths:
  /api/notes:
    get:
      operationId: list-notes
      tags: [Service]
      summary: List notes
      description: All notes.
      security: []
      responses:
        \"200\":
          description: The notes.
          links: {first: {operationId: get-note}}
    head:
      operationId: list-notes-head
      tags: [Service]
      summary: Count notes
      description: No notes.
      security: []
      responses:
        \"200\": {description: The headers.}
  /api/notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: get-note
      tags: [Files]
      summary: Get a note
      description: Any note.
      security: [{bearer: []}]
      responses:
        \"200\":
          description: The note.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Note'}
              examples: {note: {value: {text: Hello}}}
        \"401\": {$ref: '#/components/responses/Unauthorized'}
        \"404\": {$ref: '#/components/responses/NotFound'}

components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  schemas:
    Note: {type: object, required: [text], properties: {text: {type: string}}}
  responses:
    Unauthorized: {description: Nobody is signed in.}
    NotFound:
      description: There is none.
      content:
        application/json:
          schema: {type: object}
          example: {detail: Not found.}
";

/// The crates in `shared/` and `local/`, with their dependencies.
const CRATES: [(&str, &str, &[&str]); 11] = [
    ("shared/model", "satchel-model", &["serde"]),
    ("shared/runtime", "satchel-runtime", &["satchel-model"]),
    ("shared/http", "satchel-http", &["satchel-model", "satchel-runtime"]),
    ("shared/table", "satchel-table", &["satchel-model", "satchel-runtime", "workspace-hack"]),
    ("shared/objects", "satchel-objects", &["satchel-model"]),
    ("shared/guard", "satchel-guard", &["satchel-table"]),
    ("shared/testing", "satchel-testing", &["satchel-guard", "satchel-http"]),
    ("shared/workspace-hack", "workspace-hack", &["serde"]),
    ("local/policy", "local-policy", &["serde_json", "workspace-hack"]),
    ("local/local", "local", &["local-policy", "saphyr-parser"]),
    ("xtask", "xtask", &["serde_json", "saphyr-parser"]),
];

/// The repository.
pub fn repository() -> Sources {
    let mut sources = Sources::new([(TEMPLATE, TEXT)]);
    for (folder, package, dependencies) in CRATES {
        sources.put(format!("{folder}/src/lib.rs"), "//! A page.\n");
        sources.put(format!("{folder}/Cargo.toml"), format!("[package]\nname = \"{package}\"\n"));
        for dependency in dependencies {
            depend(&mut sources, folder, "dependencies", dependency);
        }
    }
    let template = Template::read(&sources).expect("the template above");
    let mut page = "| route | function |\n|---|---|\n".to_owned();
    for function in &template.functions {
        let name = &function.name;
        let folder = format!("functions/{name}");
        let manifest = format!("bin = [{{ name = \"{name}\" }}]\n[package]\nname = \"{name}\"\n");
        sources.put(format!("{folder}/Cargo.toml"), manifest);
        depend(&mut sources, &folder, "dependencies", "satchel-http");
        depend(&mut sources, &folder, "dev-dependencies", "satchel-testing");
        let main = format!("fn main() {{ satchel_http::serve({}::handle) }}\n", snake(name));
        sources.put(format!("{folder}/src/main.rs"), main);
        let lib = "//! A page.\napp! { pub struct App {} }\npub async fn handle() {}\n";
        sources.put(format!("{folder}/src/lib.rs"), lib);
        let key = function.routes[0].key();
        sources.put(format!("events/{name}.json"), format!("{{\"routeKey\": \"{key}\"}}"));
        for route in &function.routes {
            page += &(row(name, &route.key()) + "\n");
        }
    }
    sources.put(PAGE, page);
    sources.put(OPENAPI, CONTRACT);
    sources.put("tests/api/main.rs", "//! The tests.\n\nmod notes;\n");
    sources.put("tests/api/notes.rs", "fn f() { get(\"/api/notes\"); get(format!(\"/api/notes/{id}\")) }\n");
    sources
}

/// Adds a dependency to the crate in `folder`.
pub fn depend(sources: &mut Sources, folder: &str, kind: &str, package: &str) {
    let path = format!("{folder}/Cargo.toml");
    let text = format!("{}[{kind}]\n{package}.workspace = true\n", sources.get(&path).expect("a crate"));
    sources.put(path, text);
}

/// What the problems say.
pub fn found(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| problem.what.clone()).collect()
}
