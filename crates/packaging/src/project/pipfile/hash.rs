//! The hash of a `Pipfile` that pipenv writes to `Pipfile.lock` and compares on install.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use toml::{Table, Value};

use crate::project::{error::excerpt, pipfile::SECTIONS, read::LARGEST_TEXT};

/// Why a `Pipfile` has no hash.
#[derive(Debug, thiserror::Error)]
pub enum PipfileHashError {
    /// The text is not TOML; the parser's sentence.
    #[error("the Pipfile is not TOML: {0}")]
    Toml(String),
    /// The text is larger than any `Pipfile`.
    #[error("the Pipfile has more than {LARGEST_TEXT} bytes")]
    TooLarge,
    /// A date, which pipenv itself cannot hash.
    #[error("`{0}` is a date, which pipenv cannot hash")]
    Date(String),
}

/// Computes `_meta.hash.sha256` of a lock for the `Pipfile` with this `text`, as lower-case hexadecimal digits.
///
/// It is the SHA-256 of the compact JSON, with sorted keys and ASCII letters only, of the sources, the required Python and
/// the tables of packages (`plette.Pipfile.get_hash`, plette 2.4). `default_index` is the URL of PyPI's simple index: for a
/// `Pipfile` without `[[source]]`, pipenv puts one with it and the name `pypi` in front.
///
/// # Errors
/// The text is not TOML, or holds a date.
pub fn pipfile_hash(text: &str, default_index: &str) -> Result<String, PipfileHashError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > LARGEST_TEXT {
        return Err(PipfileHashError::TooLarge);
    }
    let mut pipfile: Table =
        text.parse().map_err(|error: toml::de::Error| PipfileHashError::Toml(error.message().to_string()))?;
    let empty = || Value::Table(Table::new());
    let mut meta = Table::new();
    meta.insert("sources".into(), pipfile.remove("source").unwrap_or_else(|| default_source(default_index)));
    meta.insert("requires".into(), pipfile.remove("requires").unwrap_or_else(empty));
    let mut hashed = Table::new();
    hashed.insert("_meta".into(), Value::Table(meta));
    hashed.insert("default".into(), pipfile.remove("packages").unwrap_or_else(empty));
    hashed.insert("develop".into(), pipfile.remove("dev-packages").unwrap_or_else(empty));
    for (category, packages) in pipfile {
        if !SECTIONS.contains(&category.as_str()) && category != "default" && category != "develop" {
            hashed.insert(category, packages);
        }
    }
    let mut json = String::new();
    write_value(&mut json, &Value::Table(hashed))?;
    let digest = Sha256::digest(json.as_bytes());
    Ok(digest.iter().fold(String::with_capacity(64), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    }))
}

fn default_source(url: &str) -> Value {
    let mut source = Table::new();
    source.insert("name".into(), Value::String("pypi".into()));
    source.insert("url".into(), Value::String(url.trim_end_matches('/').into()));
    source.insert("verify_ssl".into(), Value::Boolean(true));
    Value::Array(vec![Value::Table(source)])
}

/// Writes what Python's `json.dumps(value, sort_keys=True, separators=(",", ":"))` does.
fn write_value(json: &mut String, value: &Value) -> Result<(), PipfileHashError> {
    match value {
        Value::String(text) => write_string(json, text),
        Value::Integer(number) => json.push_str(&number.to_string()),
        Value::Float(number) => json.push_str(&float(*number)),
        Value::Boolean(truth) => json.push_str(if *truth { "true" } else { "false" }),
        Value::Datetime(date) => return Err(PipfileHashError::Date(excerpt(&date.to_string()))),
        Value::Array(values) => {
            json.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                write_value(json, value)?;
            }
            json.push(']');
        }
        Value::Table(table) => {
            // By bytes of UTF-8, which is by code points, as Python sorts.
            let mut entries: Vec<(&String, &Value)> = table.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            json.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                write_string(json, key);
                json.push(':');
                write_value(json, value)?;
            }
            json.push('}');
        }
    }
    Ok(())
}

fn write_string(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            ' '..='~' => json.push(letter),
            letter => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let _ = write!(json, "\\u{unit:04x}");
                }
            }
        }
    }
    json.push('"');
}

/// Python's `repr` of a float: the shortest digits, with an exponent below 1e-4 and from 1e16 on.
fn float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity".into() } else { "-Infinity".into() };
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..16).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
        }
        _ => format!("{number:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any will do where sources are declared.
    const UNUSED: &str = "https://index.example/simple";

    // The values are those of plette 2.4.0.

    #[test]
    fn an_ordinary_pipfile_has_the_hash_pipenv_gives_it() {
        let text = r#"[[source]]
name = "main"
url = "https://index.example/simple"
verify_ssl = true

[packages]
flask = "*"
requests = {version = ">=2.8", extras = ["socks", "security"], markers = "python_version < '3.12'"}

[dev-packages]
pytest = "~=8.0"

[requires]
python_version = "3.11"
"#;
        let hash = "2cfc90f43d8413a5a0a9d1c452690ae60a8ca2711c6f18ccc3ed4bb3bab20b77";
        assert_eq!(pipfile_hash(text, UNUSED).unwrap(), hash);
    }

    #[test]
    fn categories_and_letters_beyond_ascii_are_hashed_as_python_writes_them() {
        let text = r#"# Umlauts and categories
[[source]]
url = "https://${USER}:${PASS}@index.example/simple"
verify_ssl = false
name = "prïvate 🐍"

[[source]]
name = "b"
verify_ssl = true
url = "https://b.example/simple"

[packages]
"zope.interface" = {version = "*", index = "b", sys_platform = "== 'win32'"}
a = "==1.0"

[docs]
sphinx = "*"
quoted = "a\"b\\c\t\u007f"

[pipenv]
allow_prereleases = true

[scripts]
serve = "python -m http.server"
"#;
        let hash = "6ab2d798a99a639cfa51e3748814026e0f9d2b5f7bea61acb9a68d634c0d9156";
        assert_eq!(pipfile_hash(text, UNUSED).unwrap(), hash);
    }

    #[test]
    fn without_a_source_the_default_one_is_hashed() {
        let explicit = "[[source]]\nname = 'pypi'\nurl = 'https://index.example/simple'\nverify_ssl = true\n";
        let packages = "[packages]\nflask = '*'\n";
        assert_eq!(
            pipfile_hash(packages, "https://index.example/simple/").unwrap(),
            pipfile_hash(&format!("{explicit}{packages}"), UNUSED).unwrap()
        );
    }

    #[test]
    fn numbers_are_written_as_python_does() {
        for (number, text) in
            [(1.5, "1.5"), (1.0, "1.0"), (1e-5, "1e-05"), (1e-4, "0.0001"), (1e16, "1e+16"), (123e18, "1.23e+20")]
        {
            assert_eq!(float(number), text);
        }
    }

    #[test]
    fn a_date_is_refused_and_a_broken_file_too() {
        assert!(matches!(pipfile_hash("[packages]\na = 2024-01-01", UNUSED), Err(PipfileHashError::Date(_))));
        assert!(matches!(pipfile_hash("[packages", UNUSED), Err(PipfileHashError::Toml(_))));
    }
}
