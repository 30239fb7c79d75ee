//! As much of JSON Schema (draft 2020-12) as the schema of the report uses; a keyword it does not know is an error.

use serde_json::Value;

/// What is wrong with `value`, each with its place.
pub(crate) fn problems(root: &Value, value: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    check(root, root, value, "$", &mut problems);
    problems
}

fn check(root: &Value, schema: &Value, value: &Value, place: &str, problems: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else {
        return problems.push(format!("{place}: the schema is no object"));
    };
    let mut wrong = |what: String| problems.push(format!("{place}: {what}"));
    for (keyword, wanted) in keywords {
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "format" => {}
            "properties" | "additionalProperties" | "items" | "$ref" | "anyOf" | "oneOf" => {}
            "type" if !types(wanted).iter().any(|one| is(one, value)) => wrong(format!("{value} is no {wanted}")),
            "enum" if !wanted.as_array().is_some_and(|all| all.contains(value)) => {
                wrong(format!("{value} is none of {wanted}"));
            }
            "const" if wanted != value => wrong(format!("{value} is not {wanted}")),
            "minimum" if value.as_f64().is_some_and(|number| Some(number) < wanted.as_f64()) => {
                wrong(format!("{value} is below {wanted}"));
            }
            "required" => {
                for name in wanted.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if value.as_object().is_some_and(|members| !members.contains_key(name)) {
                        wrong(format!("`{name}` is missing"));
                    }
                }
            }
            "type" | "enum" | "const" | "minimum" => {}
            _ => wrong(format!("the schema uses `{keyword}`, which this test does not know")),
        }
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        match reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
            Some(target) => check(root, target, value, place, problems),
            None => problems.push(format!("{place}: the schema refers to {reference}, which is not there")),
        }
    }
    for (keyword, exactly) in [("anyOf", false), ("oneOf", true)] {
        let Some(options) = schema.get(keyword).and_then(Value::as_array) else { continue };
        let tried: Vec<Vec<String>> = options
            .iter()
            .map(|option| {
                let mut problems = Vec::new();
                check(root, option, value, place, &mut problems);
                problems
            })
            .collect();
        let fitting = tried.iter().filter(|problems| problems.is_empty()).count();
        if fitting == 0 || exactly && fitting > 1 {
            problems.push(format!("{place}: {fitting} of {keyword} fit: {tried:?}"));
        }
    }
    if let Some(members) = value.as_object() {
        let known = schema.get("properties").and_then(Value::as_object);
        for (name, member) in members {
            match known.and_then(|known| known.get(name)) {
                Some(schema) => check(root, schema, member, &format!("{place}.{name}"), problems),
                None if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
                    problems.push(format!("{place}: `{name}` is not in the schema"));
                }
                None => {}
            }
        }
    }
    if let (Some(items), Some(schema)) = (value.as_array(), schema.get("items")) {
        for (number, item) in items.iter().enumerate() {
            check(root, schema, item, &format!("{place}[{number}]"), problems);
        }
    }
}

fn types(wanted: &Value) -> Vec<&str> {
    match wanted {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        _ => false,
    }
}
