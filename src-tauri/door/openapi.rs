//! OpenAPI 3.1 of the HTTP door, made from the command list and the types' own schemas.

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use stall_core::{
    AppError, Role,
    api::{COMMANDS, CommandSpec, Push, StagedFile},
};

/// Error statuses of every command and what they mean.
const ERRORS: &[(&str, &str)] = &[
    ("400", "`bad_input`: not JSON, or a field is missing or wrong; `args.field` is its path"),
    ("401", "`no_session`: no token, or one of an earlier start"),
    ("403", "`not_allowed`: the role may not, or another site or host asked"),
    ("404", "`not_found`, `file_missing`, `unknown_command`"),
    ("405", "`bad_input`: commands are POST"),
    ("408", "`cancelled`: the body stopped coming"),
    (
        "409",
        "the stall is in another state: `undo_stale`, `imei_in_stock`, `unit_taken`, `already_shipped` and the like",
    ),
    ("413", "`too_large`, `file_too_large`, `photo_too_many_pixels`, `sheet_too_many_rows`"),
    ("415", "`bad_input`: content type is not JSON; `file_wrong_type`, `photo_not_image`, `photo_unsupported`"),
    ("422", "a rule refused a value: `imei_luhn`, `price_invalid`, `sheet_no_header` and the like"),
    ("500", "`internal`, `stall_damaged`, `folder_read_only`"),
    ("507", "`disk_full`"),
];

/// The whole description.
#[must_use]
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into());
    let mut types = SchemaGenerator::new(settings);
    let error = types.subschema_for::<AppError>().to_value();
    let mut commands: Vec<(&CommandSpec, Value, Value)> = Vec::new();
    for c in COMMANDS {
        let (input, output) = ((c.input)(&mut types).to_value(), (c.output)(&mut types).to_value());
        commands.push((c, input, output));
    }
    let push = types.subschema_for::<Push>().to_value();
    let staged = types.subschema_for::<StagedFile>().to_value();
    let schemas = Value::Object(types.take_definitions(true));
    let mut paths = Map::new();
    for (c, input, output) in commands {
        let example = example(&input, &schemas, 0);
        paths.insert(format!("/api/{}", c.name), json!({ "post": operation(c, &input, &output, &example, &error) }));
    }
    paths.insert("/api/files.put".into(), json!({ "post": put(&staged, &error) }));
    paths.insert("/api/events".into(), json!({ "get": events(&push, &error) }));
    paths.insert("/files/{id}".into(), json!({ "get": bytes(&["id"], "A staged file as a download.", &error) }));
    let picture = "A photograph: `size` is 320, 1600 or full.";
    paths.insert("/media/{hash}/{size}".into(), json!({ "get": bytes(&["hash", "size"], picture, &error) }));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Stallkeeper",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Commands of the console on this machine. Money is fen, time is ms UTC. Every error is an `AppError`."
        },
        "security": [{ "cookie": [] }, { "bearer": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": "The token of the printed address." },
                "cookie": { "type": "apiKey", "in": "cookie", "name": "stallkeeper_<port>" }
            }
        }
    })
}

fn operation(c: &CommandSpec, input: &Value, output: &Value, example: &Value, error: &Value) -> Value {
    let roles: Vec<&str> = c.roles.iter().map(|r: &Role| r.as_str()).collect();
    let mut responses = Map::new();
    responses.insert("200".into(), answer("The answer.", output));
    add_errors(&mut responses, error);
    json!({
        "operationId": c.name,
        "summary": c.doc.trim(),
        "tags": [c.name.split('.').next()],
        "x-roles": roles,
        "x-writes": c.writes,
        "x-window-only": c.window_only,
        "parameters": [{
            "name": "x-origin", "in": "header", "required": false, "schema": { "type": "string", "maxLength": 64 },
            "description": "A name of the asking screen; comes back in the push."
        }],
        "requestBody": { "required": true, "content": { "application/json": { "schema": input, "example": example } } },
        "responses": responses
    })
}

fn add_errors(responses: &mut Map<String, Value>, error: &Value) {
    for (status, meaning) in ERRORS {
        responses.insert((*status).into(), answer(meaning, error));
    }
}

fn answer(meaning: &str, schema: &Value) -> Value {
    json!({ "description": meaning, "content": { "application/json": { "schema": schema } } })
}

fn put(staged: &Value, error: &Value) -> Value {
    let mut responses = Map::new();
    responses.insert("200".into(), answer("The file is staged until the program ends.", staged));
    add_errors(&mut responses, error);
    json!({
        "operationId": "files.put",
        "summary": "Hands a file in; at most 64 MB.",
        "parameters": [
            { "name": "name", "in": "query", "required": true, "schema": { "type": "string" } },
            { "name": "folder", "in": "query", "required": false, "schema": { "type": "string" },
              "description": "Name of the folder the file lay in." },
            { "name": "modified", "in": "query", "required": false, "schema": { "type": "integer" },
              "description": "When the file was last written, ms UTC." }
        ],
        "requestBody": { "required": true, "content": { "application/octet-stream": {} } },
        "responses": responses
    })
}

fn events(push: &Value, error: &Value) -> Value {
    let mut responses = Map::new();
    let stream = json!({ "description": "Server-sent events; data is a `Push`.", "content": { "text/event-stream": { "schema": push } } });
    responses.insert("200".into(), stream);
    responses.insert("401".into(), answer("`no_session`", error));
    json!({ "operationId": "events", "summary": "Every change, as it happens.", "responses": responses })
}

fn bytes(params: &[&str], summary: &str, error: &Value) -> Value {
    let params: Vec<Value> = params
        .iter()
        .map(|p| json!({ "name": p, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    json!({
        "summary": summary,
        "parameters": params,
        "responses": {
            "200": { "description": "The bytes.", "content": { "*/*": {} } },
            "400": answer("`bad_input`", error),
            "401": answer("`no_session`", error),
            "404": answer("`file_missing`", error)
        }
    })
}

/// A value of the schema: required fields only, the first of several shapes.
fn example(schema: &Value, all: &Value, depth: u8) -> Value {
    if depth > 8 {
        return Value::Null;
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next()) {
        return all.get(name).map_or(Value::Null, |s| example(s, all, depth + 1));
    }
    if let Some(value) = schema.get("const").or_else(|| schema.get("default")) {
        return value.clone();
    }
    if let Some(first) = schema.get("enum").and_then(|e| e.get(0)) {
        return first.clone();
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) = schema.get(several).and_then(|s| s.get(0)) {
            return example(first, all, depth + 1);
        }
    }
    let kind = schema.get("type");
    match kind.and_then(Value::as_str).or_else(|| kind.and_then(|k| k.get(0)).and_then(Value::as_str)) {
        Some("object") => {
            let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
            let fields = required.iter().filter_map(Value::as_str).map(|name| {
                let field = schema.get("properties").and_then(|p| p.get(name)).unwrap_or(&Value::Null);
                (name.to_owned(), example(field, all, depth + 1))
            });
            Value::Object(fields.collect())
        }
        Some("array") => json!([]),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(false),
        Some("string") if schema.get("format").and_then(Value::as_str) == Some("uuid") => {
            json!("0193a5b0-0000-7000-8000-000000000000")
        }
        Some("string") => json!(""),
        _ => Value::Null,
    }
}
