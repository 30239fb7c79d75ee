//! Reads environments, strict where a wrong reading would choose for another machine, and forgiving where Thamos is.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;

use super::{Entry, Environments, EnvironmentsError, RequirementsFormat, check_name};
use crate::{
    Origin, Version,
    environment::{Fact, Host, OperatingSystem},
    yaml::{self, Step},
};

/// The words for what "greatest" means.
pub const RECOMMENDATION_TYPES: [&str; 5] = ["latest", "stable", "performance", "security", "testing"];

/// More environments, labels or faults than anybody writes.
const MOST: usize = 1_000;
/// The faults and notes that are told.
const MOST_TOLD: usize = 50;
/// The longest text that is a value, in bytes.
const LONGEST: usize = 4_096;

const TOP_KEYS: [&str; 8] = [
    "host",
    "tls_verify",
    "requirements_format",
    "overlays_dir",
    "virtualenv",
    "runtime_environments",
    "managers",
    "recommendation_type",
];

const KEYS: [&str; 15] = [
    "name",
    "operating_system",
    "hardware",
    "python_version",
    "cuda_version",
    "cudnn_version",
    "mkl_version",
    "openblas_version",
    "openmpi_version",
    "glibc_version",
    "base_image",
    "platform",
    "labels",
    "recommendation_type",
    // Thamos writes it into what its service advised.
    "dev",
];

const HARDWARE_KEYS: [&str; 5] = ["cpu_family", "cpu_model", "cpu_flags", "gpu_model", "gpu_driver"];

/// Reads a `.thoth.yaml`; `name` is what messages call it.
///
/// # Errors
/// When it is no YAML map, or says something that cannot be meant.
pub fn read(name: &str, text: &str) -> Result<Environments, EnvironmentsError> {
    let top = yaml::read(text.as_bytes()).map_err(|broken| {
        let origin = Origin { file: name.to_string(), line: broken.line, part: None };
        EnvironmentsError(vec![(origin, format!("not valid YAML: {}", broken.what))])
    })?;
    let reader = Reader { text: Some(text), ..Reader::new(name) };
    let environments = reader.top(&top);
    Ok(Environments { notes: reader.done()?, ..environments })
}

/// Reads one environment of `[tool.thoth]`: the same keys, with `-` or `_`. What it says is all at `origin`. With it come
/// notes, as [`Environments::notes`].
///
/// # Errors
/// When it says something that cannot be meant.
pub fn entry(value: &Value, origin: &Origin) -> Result<(Entry, Vec<String>), EnvironmentsError> {
    let reader = Reader { origin: Some(origin), ..Reader::new(&origin.file) };
    let entry = reader.entry(&underscored(value), &[]);
    let notes = reader.done()?;
    entry.map(|entry| (entry, notes)).ok_or_else(|| EnvironmentsError(Vec::new()))
}

/// The keys of an entry and of its hardware and system as YAML has them; labels are the user's own words.
fn underscored(value: &Value) -> Value {
    let Value::Object(map) = value else { return value.clone() };
    let entries = map.iter().map(|(key, value)| {
        let key = key.replace('-', "_");
        let value = if key == "labels" { value.clone() } else { underscored(value) };
        (key, value)
    });
    Value::Object(entries.collect())
}

/// Collects what is wrong and what is to be noted.
struct Reader<'a> {
    name: &'a str,
    /// The text that places are looked for in.
    text: Option<&'a str>,
    /// The place of everything, where there is no text.
    origin: Option<&'a Origin>,
    faults: RefCell<Vec<(Origin, String)>>,
    notes: RefCell<Vec<String>>,
}

impl<'a> Reader<'a> {
    fn new(name: &'a str) -> Self {
        Self { name, text: None, origin: None, faults: RefCell::default(), notes: RefCell::default() }
    }

    /// The notes, unless something is wrong.
    fn done(self) -> Result<Vec<String>, EnvironmentsError> {
        let faults = self.faults.into_inner();
        if faults.is_empty() { Ok(self.notes.into_inner()) } else { Err(EnvironmentsError(faults)) }
    }

    fn place(&self, path: &[Step<'_>]) -> Origin {
        if let Some(origin) = self.origin {
            let words: Vec<&str> =
                path.iter().filter_map(|step| if let Step::Key(key) = step { Some(*key) } else { None }).collect();
            let part = origin.part.iter().map(String::as_str).chain(words).collect::<Vec<_>>().join(".");
            return Origin { part: Some(part).filter(|part| !part.is_empty()), ..origin.clone() };
        }
        let line = self.text.and_then(|text| yaml::line_of(text.as_bytes(), path));
        Origin { file: self.name.to_string(), line, part: None }
    }

    fn fault(&self, path: &[Step<'_>], what: impl Into<String>) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < MOST_TOLD {
            let what = what.into().chars().take(500).collect();
            faults.push((self.place(path), what));
        }
    }

    fn unknown(&self, path: &[Step<'_>], map: &serde_json::Map<String, Value>, known: &[&str]) {
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let mut notes = self.notes.borrow_mut();
            if notes.len() < MOST_TOLD {
                let place = self.place(&[path, &[Step::Key(key)]].concat());
                let key: String = key.chars().take(80).collect();
                notes.push(format!("{place}: nothing is known of `{key}`; it is left alone"));
            }
        }
    }

    fn top(&self, top: &Value) -> Environments {
        let mut read = Environments::default();
        let map = match top {
            Value::Object(map) => map,
            // An empty file.
            Value::Null => return read,
            _ => {
                self.fault(&[], "this is no map with `runtime_environments`");
                return read;
            }
        };
        self.unknown(&[], map, &TOP_KEYS);
        let at = |key| [Step::Key(key)];
        read.overlays = self.text_of(map.get("overlays_dir"), &at("overlays_dir")).filter(|folder| {
            let is_inside = is_inside(folder);
            if !is_inside {
                self.fault(
                    &at("overlays_dir"),
                    format!("`{folder}` is not a folder below this one: write a plain relative path"),
                );
            }
            is_inside
        });
        read.recommendation_type = self.recommendation(map, &[]);
        read.requirements_format =
            match self.text_of(map.get("requirements_format"), &at("requirements_format")).as_deref() {
                None => None,
                Some("pipenv") => Some(RequirementsFormat::Pipenv),
                Some("pip" | "pip-tools" | "pip-compile") => Some(RequirementsFormat::Pip),
                Some(other) => {
                    self.fault(&at("requirements_format"), format!("`{other}` is none of pipenv, pip, pip-tools"));
                    None
                }
            };
        let list = [Step::Key("runtime_environments")];
        match map.get("runtime_environments") {
            None | Some(Value::Null) => {}
            Some(Value::Array(entries)) if entries.len() > MOST => {
                self.fault(&list, format!("there are more than {MOST} environments"));
            }
            Some(Value::Array(entries)) => {
                for (place, value) in entries.iter().enumerate() {
                    let path = [list[0], Step::Item(place)];
                    let Some(entry) = self.entry(value, &path) else { continue };
                    if let Err(what) = read.add(entry) {
                        self.fault(&path, what);
                    }
                }
            }
            Some(_) => self.fault(&list, "this must be a list of environments"),
        }
        read
    }

    fn entry(&self, value: &Value, path: &[Step<'_>]) -> Option<Entry> {
        let Value::Object(map) = value else {
            self.fault(path, "an environment must be a map with at least a `name`");
            return None;
        };
        self.unknown(path, map, &KEYS);
        let name = self.name(map, path);
        let located = |key: &'static str| {
            let at = join(path, key);
            self.text_of(map.get(key), &at).map(|text| (text, self.place(&at)))
        };
        let python_version = located("python_version").filter(|(text, origin)| {
            let is_version = text.parse::<Version>().is_ok_and(|version| (2..=3).contains(&version.release().len()));
            if !is_version {
                self.faults
                    .borrow_mut()
                    .push((origin.clone(), format!("`{text}` is not a Python version such as 3.11")));
            }
            is_version
        });
        Some(Entry {
            origin: self.place(path),
            host: self.host(map, path),
            python_version,
            platform: located("platform"),
            recommendation_type: self.recommendation(map, path),
            labels: self.labels(map.get("labels"), &join(path, "labels")),
            // Last, so that whatever else is wrong is told, too.
            name: name?,
        })
    }

    fn name(&self, map: &serde_json::Map<String, Value>, path: &[Step<'_>]) -> Option<String> {
        if map.get("name").is_none_or(Value::is_null) {
            self.fault(path, "the environment has no `name`");
        }
        let at = join(path, "name");
        let name = self.text_of(map.get("name"), &at)?;
        if let Err(what) = check_name(&name) {
            self.fault(&at, what);
        }
        Some(name)
    }

    fn recommendation(&self, map: &serde_json::Map<String, Value>, path: &[Step<'_>]) -> Option<(String, Origin)> {
        let at = join(path, "recommendation_type");
        let word = self.text_of(map.get("recommendation_type"), &at)?.to_ascii_lowercase();
        if !RECOMMENDATION_TYPES.contains(&word.as_str()) {
            self.fault(&at, format!("`{word}` is none of {}", RECOMMENDATION_TYPES.join(", ")));
            return None;
        }
        Some((word, self.place(&at)))
    }

    fn labels(&self, value: Option<&Value>, path: &[Step<'_>]) -> BTreeMap<String, String> {
        match value {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(Value::Object(map)) if map.len() <= MOST => {
                let label = |(name, value): (&String, &Value)| {
                    let at = join(path, name);
                    let text = match value {
                        Value::Array(items) => Some(
                            items.iter().filter_map(|item| self.text_of(Some(item), &at)).collect::<Vec<_>>().join(","),
                        ),
                        value => self.text_of(Some(value), &at),
                    };
                    (name.clone(), text.unwrap_or_default())
                };
                map.iter().map(label).collect()
            }
            Some(_) => {
                self.fault(path, "labels are a map of names to texts");
                BTreeMap::new()
            }
        }
    }

    fn host(&self, map: &serde_json::Map<String, Value>, path: &[Step<'_>]) -> Host {
        let version = |key: &'static str| self.version(map.get(key), &join(path, key));
        let hardware_at = join(path, "hardware");
        let none = serde_json::Map::new();
        let hardware = match map.get("hardware") {
            None | Some(Value::Null) => &none,
            Some(Value::Object(hardware)) => hardware,
            Some(_) => {
                self.fault(
                    &hardware_at,
                    "this must be a map with `cpu_family`, `cpu_model` and `gpu_model`".to_string(),
                );
                &none
            }
        };
        self.unknown(&hardware_at, hardware, &HARDWARE_KEYS);
        let number = |key: &'static str| self.number(hardware.get(key), &join(&hardware_at, key));
        Host {
            operating_system: self.operating_system(map.get("operating_system"), &join(path, "operating_system")),
            cpu_family: number("cpu_family"),
            cpu_model: number("cpu_model"),
            cpu_flags: self.flags(hardware.get("cpu_flags"), &join(&hardware_at, "cpu_flags")),
            gpu_model: self.fact(hardware.get("gpu_model"), &join(&hardware_at, "gpu_model")),
            gpu_driver: self.version(hardware.get("gpu_driver"), &join(&hardware_at, "gpu_driver")),
            cuda: version("cuda_version"),
            cudnn: version("cudnn_version"),
            mkl: version("mkl_version"),
            openblas: version("openblas_version"),
            openmpi: version("openmpi_version"),
            glibc: version("glibc_version"),
            base_image: self.fact(map.get("base_image"), &join(path, "base_image")),
        }
    }

    fn operating_system(&self, value: Option<&Value>, path: &[Step<'_>]) -> Fact<OperatingSystem> {
        match value {
            None | Some(Value::Null) => Fact::Unknown,
            Some(Value::Object(map)) => {
                self.unknown(path, map, &["name", "version"]);
                let name = self.text_of(map.get("name"), &join(path, "name"));
                let version = self.text_of(map.get("version"), &join(path, "version"));
                name.map(|name| OperatingSystem { name: name.to_ascii_lowercase(), version }).into()
            }
            Some(_) => {
                self.fault(path, "this must be a map with `name` and `version`");
                Fact::Unknown
            }
        }
    }

    fn flags(&self, value: Option<&Value>, path: &[Step<'_>]) -> Fact<BTreeSet<String>> {
        match value {
            Some(Value::Array(items)) => {
                Fact::Present(items.iter().filter_map(|item| self.text_of(Some(item), path)).collect())
            }
            other => {
                let words = |text: String| text.split_whitespace().map(str::to_string).collect();
                self.fact(other, path).map(words)
            }
        }
    }

    fn number(&self, value: Option<&Value>, path: &[Step<'_>]) -> Fact<u32> {
        let text = match self.fact(value, path) {
            Fact::Present(text) => text,
            Fact::Absent => return Fact::Absent,
            Fact::Unknown => return Fact::Unknown,
        };
        let Ok(number) = text.parse() else {
            self.fault(path, format!("`{text}` is not a whole number, as /proc/cpuinfo has it"));
            return Fact::Unknown;
        };
        Fact::Present(number)
    }

    fn version(&self, value: Option<&Value>, path: &[Step<'_>]) -> Fact<Version> {
        // Thamos writes the row of a package manager where it wants to write a version.
        let value = match value {
            Some(Value::Object(row)) => row.get("version"),
            value => value,
        };
        let text = match self.fact(value, path) {
            Fact::Present(text) => text,
            Fact::Absent => return Fact::Absent,
            Fact::Unknown => return Fact::Unknown,
        };
        let Ok(version) = text.parse() else {
            self.fault(path, format!("`{text}` is not a version"));
            return Fact::Unknown;
        };
        Fact::Present(version)
    }

    /// A value that may be known to be absent: `null`, or what a template of Thamos makes of that.
    fn fact(&self, value: Option<&Value>, path: &[Step<'_>]) -> Fact<String> {
        match value {
            None => Fact::Unknown,
            Some(Value::Null) => Fact::Absent,
            value => match self.text_of(value, path) {
                Some(text) if text == "None" => Fact::Absent,
                Some(text) if text == "Unknown" => Fact::Unknown,
                text => text.into(),
            },
        }
    }

    /// A text, or a number as it is written; nothing for `null` and for an empty text.
    fn text_of(&self, value: Option<&Value>, path: &[Step<'_>]) -> Option<String> {
        let text = match value? {
            Value::Null => return None,
            Value::String(text) => text.trim().to_string(),
            Value::Number(number) if number.is_f64() => match self.written(number.as_f64()?, path) {
                Some(written) => written,
                None => {
                    self.fault(
                        path,
                        format!("`{number}` is a number, which loses zeros at its end: write it in quotes"),
                    );
                    return None;
                }
            },
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Array(_) | Value::Object(_) => {
                self.fault(path, "this must be a text");
                return None;
            }
        };
        if text.len() > LONGEST || text.chars().any(char::is_control) {
            self.fault(path, format!("this must be a line of at most {LONGEST} bytes"));
            return None;
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// A number as it stands in the text: `3.10` is not `3.1`.
    fn written(&self, number: f64, path: &[Step<'_>]) -> Option<String> {
        let line = yaml::line_of(self.text?.as_bytes(), path)?;
        let line = self.text?.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
        let (_, value) = line.rsplit_once(": ")?;
        let word = value.split_whitespace().next()?;
        (word.parse::<f64>().ok()? == number).then(|| word.to_string())
    }
}

fn join<'a>(path: &[Step<'a>], key: &'a str) -> Vec<Step<'a>> {
    let mut path = path.to_vec();
    path.push(Step::Key(key));
    path
}

/// Whether a path stays below the folder it starts in.
pub fn is_inside(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':');
    !drive && !path.starts_with(['/', '\\', '~']) && !path.split(['/', '\\']).any(|part| part == "..")
}
