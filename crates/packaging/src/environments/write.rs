//! Writes an environment into the text of a `.thoth.yaml`, leaving alone whatever is not changed, and fills templates in.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Entry, read};
use crate::{
    environment::Fact,
    yaml::{self, Broken, Step, Uneditable, inline},
};

/// A value of an environment that becomes another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key, with dots: `hardware.cpu_family`.
    pub key: String,
    /// What the file says; `None` where it says nothing.
    pub from: Option<String>,
    /// What it will say.
    pub to: String,
}

/// What writing `new` over `old` changes; what `new` does not know stays as it is.
pub fn changes(old: Option<&Entry>, new: &Entry) -> Vec<Change> {
    let old: BTreeMap<Vec<&str>, Value> = old.map(values).unwrap_or_default().into_iter().collect();
    let changed = values(new).into_iter().filter(|(path, value)| old.get(path) != Some(value));
    let change =
        changed.map(|(path, value)| Change { key: path.join("."), from: old.get(&path).map(shown), to: shown(&value) });
    change.collect()
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

/// The text with an environment in it: the one of its name is changed where it says something else, or a new one is added.
///
/// # Errors
/// When the text is no YAML, or is written in a way that cannot be changed line by line.
pub fn write(text: &str, entry: &Entry) -> Result<String, Uneditable> {
    const LIST: Step<'_> = Step::Key("runtime_environments");
    let top = yaml::read(text.as_bytes()).map_err(Uneditable::Broken)?;
    let entries = top.get("runtime_environments").and_then(Value::as_array);
    let at = entries.and_then(|entries| {
        entries.iter().position(|one| one.get("name").and_then(Value::as_str) == Some(entry.name.as_str()))
    });
    let Some(at) = at else { return yaml::append(text, &[LIST], &item(entry)) };
    // What the file says in other words is not said again.
    let old = read("", text).ok().and_then(|read| read.entries.into_iter().find(|one| one.name == entry.name));
    let old = old.as_ref().map(values).unwrap_or_default();
    let new = values(entry).into_iter().filter(|value| !old.contains(value));
    new.into_iter().try_fold(text.to_string(), |text, (path, value)| {
        let path: Vec<Step<'_>> =
            [LIST, Step::Item(at)].into_iter().chain(path.iter().map(|key| Step::Key(key))).collect();
        yaml::set(&text, &path, &value)
    })
}

/// The text of a new file with one environment. Which files say what is required is left open: that stays as it is without the file.
///
/// # Errors
/// Never for an environment whose name is one.
pub fn begin(entry: &Entry) -> Result<String, Uneditable> {
    write(
        "# The runtime environments of this project. `thoth config` writes what it finds here, `thoth check` compares.\n",
        entry,
    )
}

/// What a file can say of an environment, in the words and the order of Thamos; keys behind each other are nested. What Thamos
/// has no word for (CPU flags, the C library, the GPU's driver) is not written.
fn values(entry: &Entry) -> Vec<(Vec<&str>, Value)> {
    let host = &entry.host;
    let mut values: Vec<(Vec<&str>, Value)> = Vec::new();
    let mut add = |path: &[&'static str], value: Fact<Value>| match value {
        Fact::Present(value) => values.push((path.to_vec(), value)),
        Fact::Absent => values.push((path.to_vec(), Value::Null)),
        Fact::Unknown => {}
    };
    let said = |said: &Option<(String, crate::Origin)>| Fact::from(said.as_ref().map(|(text, _)| json!(text)));
    let version = |version: &Fact<crate::Version>| version.as_ref().map(|version| json!(version.to_string()));
    if let Fact::Present(system) = &host.operating_system {
        add(&["operating_system", "name"], Fact::Present(json!(system.name)));
        add(&["operating_system", "version"], Fact::Present(json!(system.version)));
    }
    add(&["hardware", "cpu_family"], host.cpu_family.as_ref().map(|number| json!(number)));
    add(&["hardware", "cpu_model"], host.cpu_model.as_ref().map(|number| json!(number)));
    add(&["hardware", "gpu_model"], host.gpu_model.as_ref().map(|text| json!(text)));
    add(&["python_version"], said(&entry.python_version));
    add(&["cuda_version"], version(&host.cuda));
    add(&["cudnn_version"], version(&host.cudnn));
    add(&["mkl_version"], version(&host.mkl));
    add(&["openblas_version"], version(&host.openblas));
    add(&["openmpi_version"], version(&host.openmpi));
    add(&["base_image"], host.base_image.as_ref().map(|text| json!(text)));
    add(&["platform"], said(&entry.platform));
    add(&["recommendation_type"], said(&entry.recommendation_type));
    for (name, value) in &entry.labels {
        values.push((vec!["labels", name], json!(value)));
    }
    values
}

/// A new environment, as an item of the list.
fn item(entry: &Entry) -> Vec<(&str, Value)> {
    let mut item = vec![("name", json!(entry.name))];
    for (path, value) in values(entry) {
        match path.as_slice() {
            [key] => item.push((key, value)),
            [outer, inner] => match item.iter_mut().find(|(key, _)| key == outer) {
                Some((_, Value::Object(map))) => drop(map.insert((*inner).to_string(), value)),
                _ => item.push((outer, json!({ *inner: value }))),
            },
            _ => {}
        }
    }
    item
}

/// Why a template cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A name in braces that nothing is known for.
    #[error(
        "line {line}: nothing fills `{{{name}}}` in; there is {known}. Braces that are meant as such are doubled: `{{{{`"
    )]
    Unknown {
        /// The name.
        name: String,
        /// The line, counted from one.
        line: usize,
        /// The names there are.
        known: String,
    },
    /// A brace that opens nothing or is never closed.
    #[error("line {0}: a brace stands alone; one that is meant as such is doubled: `{{{{` or `}}}}`")]
    Brace(usize),
    /// What comes out is no YAML.
    #[error("once filled in, it is not valid YAML: {}", .0.what)]
    Broken(Broken),
}

/// Fills the `{placeholders}` of a template in, as Thamos and Python's `str.format` do. A value that stands alone behind its key
/// is written as YAML has it (`null`, quotes around a number that is a version), within other text as it is.
///
/// # Errors
/// When a name is unknown or a brace stands alone.
pub fn filled(template: &str, values: &BTreeMap<String, Value>) -> Result<String, TemplateError> {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    let line = |rest: &str| {
        let done = template.get(..template.len() - rest.len()).unwrap_or_default();
        done.matches('\n').count() + 1
    };
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        text.push_str(before);
        if let Some(after) = brace.strip_prefix("{{").or_else(|| brace.strip_prefix("}}")) {
            text.push_str(&brace[..1]);
            rest = after;
            continue;
        }
        let (name, after) = brace
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
            .ok_or_else(|| TemplateError::Brace(line(brace)))?;
        let value = values.get(name.trim()).ok_or_else(|| TemplateError::Unknown {
            name: name.chars().take(60).collect(),
            line: line(brace),
            known: values.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        })?;
        let is_alone = text.ends_with(": ") && after.trim_start_matches(' ').starts_with(['\n', '\r', '#'])
            || text.ends_with(": ") && after.trim().is_empty();
        if is_alone {
            text.push_str(&inline(value));
        } else if let Some(value) = value.as_str() {
            text.push_str(value);
        } else {
            text.push_str(&value.to_string());
        }
        rest = after;
    }
    text.push_str(rest);
    yaml::read(text.as_bytes()).map_err(TemplateError::Broken)?;
    Ok(text)
}
