//! What performance scripts print: the results of performance indicators, in the shape that Thoth's scripts always had.
//!
//! ```json
//! {"component": "tensorflow", "name": "PiMatmul",
//!  "@parameters": {"device": "cpu", "dtype": "float32", "matrix_size": 512, "reps": 20000},
//!  "@result": {"rate": 9.8, "elapsed": 27366.39}}
//! ```
//!
//! Everything under `@parameters` belongs to the name of the figure, so that only like is compared with like. A result
//! that has no rate, but tells how long the work took, has one over that time. The short form is
//! `{"name": "PiMatmul", "rate": 9.8}`, with an optional `package` and `unit`.

use std::collections::BTreeMap;

use packaging::PackageName;
use serde::Deserialize;
use serde_json::Value;

use super::Figure;

/// The most parameters of one indicator.
const MOST_PARAMETERS: usize = 40;

#[derive(Deserialize)]
struct Raw {
    component: Option<String>,
    package: Option<String>,
    name: Option<String>,
    #[serde(rename = "@parameters", default)]
    parameters: BTreeMap<String, Value>,
    #[serde(rename = "@result")]
    result: Option<RawResult>,
    rate: Option<f64>,
    #[serde(default)]
    unit: String,
}

#[derive(Deserialize)]
struct RawResult {
    rate: Option<f64>,
    elapsed: Option<f64>,
}

impl Figure {
    /// Reads what a performance script printed; `Ok(None)` when it is JSON of another kind, or none.
    ///
    /// # Errors
    /// What is wrong with a result, as a clause.
    pub fn from_script(text: &str) -> Result<Option<Self>, String> {
        let Ok(raw) = serde_json::from_str::<Raw>(text) else { return Ok(None) };
        if raw.parameters.len() > MOST_PARAMETERS {
            return Err(format!("it has {} parameters; at most {MOST_PARAMETERS} are read", raw.parameters.len()));
        }
        // The oldest scripts have their name among the parameters.
        let of_parameters = |key: &str| raw.parameters.get(key).and_then(Value::as_str).map(str::to_string);
        let (rate, unit) = match (raw.rate, &raw.result) {
            (Some(rate), _) => (rate, raw.unit.clone()),
            (None, Some(RawResult { rate: Some(rate), .. })) => (*rate, raw.unit.clone()),
            (None, Some(RawResult { elapsed: Some(elapsed), .. })) => (1000.0 / elapsed, "1/s".to_string()),
            (None, Some(_)) => return Err("its `@result` has neither `rate` nor `elapsed`".to_string()),
            (None, None) => return Ok(None),
        };
        let Some(name) = raw.name.clone().or_else(|| of_parameters("name")) else {
            return Err("it does not say its `name`".to_string());
        };
        let component = raw.package.clone().or(raw.component.clone()).or_else(|| of_parameters("framework"));
        let mut full = name;
        for (key, value) in raw.parameters.iter().filter(|(key, _)| !matches!(key.as_str(), "name" | "framework")) {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_string);
            full.push_str(&format!(" {key}={text}"));
        }
        if full.chars().count() > super::line::WORD {
            return Err("its name with all its parameters is too long".to_string());
        }
        Self::new(&full, component.as_deref().and_then(measured), rate, &unit).map(Some)
    }
}

/// The package that a component is measured by: the scripts name PyTorch by its project.
fn measured(component: &str) -> Option<PackageName> {
    match component {
        "pytorch" => "torch".parse().ok(),
        other => other.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_of_the_original_is_read() {
        let text = r#"{"component": "pytorch", "name": "PiMatmul", "@parameters": {"reps": 20000, "device": "cpu"},
            "@result": {"rate": 0.0098, "elapsed": 27366.39}, "pytorch_buildinfo": null}"#;
        let figure = Figure::from_script(text).unwrap().unwrap();
        assert_eq!(figure.name, "PiMatmul device=cpu reps=20000");
        assert_eq!(figure.package.unwrap().as_ref(), "torch");
        assert!((figure.rate - 0.0098).abs() < 1e-9);
    }

    #[test]
    fn the_oldest_scripts_have_their_name_among_the_parameters() {
        let text = r#"{"@parameters": {"framework": "tensorflow", "name": "matmul", "dtype": "float32"},
            "@result": {"elapsed": 500.0}, "tensorflow_buildinfo": null}"#;
        let figure = Figure::from_script(text).unwrap().unwrap();
        assert_eq!((figure.name.as_str(), figure.unit.as_str()), ("matmul dtype=float32", "1/s"));
        assert!((figure.rate - 2.0).abs() < 1e-9);
        assert_eq!(figure.package.unwrap().as_ref(), "tensorflow");
    }

    #[test]
    fn the_short_form_is_a_name_and_a_rate() {
        let figure = Figure::from_script(r#"{"name": "requests", "rate": 120.5, "unit": "1/s"}"#).unwrap().unwrap();
        assert_eq!((figure.name.as_str(), figure.package, figure.unit.as_str()), ("requests", None, "1/s"));
    }

    #[test]
    fn other_output_is_no_result_and_broken_results_say_what_is_wrong() {
        for other in ["", "done in 3 s", "{}", "[1]", r#"{"stack": {}}"#, r#"{"rate": "fast"}"#] {
            assert_eq!(Figure::from_script(other), Ok(None), "{other}");
        }
        for (broken, why) in [
            (r#"{"name": "x", "rate": -1}"#, "above zero"),
            (r#"{"name": "x", "@result": {}}"#, "neither"),
            (r#"{"name": "x", "@result": {"elapsed": 0}}"#, "above zero"),
            (r#"{"rate": 1}"#, "name"),
        ] {
            let error = Figure::from_script(broken).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
