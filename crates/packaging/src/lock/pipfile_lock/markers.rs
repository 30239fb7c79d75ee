//! `Requires-Python` as pipenv writes it: a marker.

use crate::{Operator, VersionSpecifier, VersionSpecifiers};

/// A marker that holds exactly where `requires_python` does; `None` when it holds everywhere.
///
/// Bounds of at most two numbers are written with `python_version` where that means the same, as pipenv has them, all others
/// with `python_full_version`.
pub(super) fn of(requires_python: &VersionSpecifiers) -> Option<String> {
    let parts: Vec<String> = requires_python.iter().map(one).collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}

fn one(specifier: &VersionSpecifier) -> String {
    let version = specifier.version();
    let minor = version.release().len() <= 2 && !version.any_prerelease() && version.local().is_empty();
    let minor = minor && !version.is_post() && version.epoch() == 0;
    let exact_minor = minor && version.release().len() == 2;
    match specifier.operator() {
        Operator::EqualStar if exact_minor => format!("python_version == '{version}'"),
        Operator::NotEqualStar if exact_minor => format!("python_version != '{version}'"),
        Operator::EqualStar => format!("python_full_version == '{version}.*'"),
        Operator::NotEqualStar => format!("python_full_version != '{version}.*'"),
        operator @ (Operator::GreaterThanEqual | Operator::LessThan) if minor => {
            format!("python_version {operator} '{version}'")
        }
        operator => format!("python_full_version {operator} '{version}'"),
    }
}

/// The same marker with `python_version` where that means the same, as pipenv has it.
///
/// A marker in its normal form says `python_full_version` throughout.
pub(super) fn shortened(marker: &str) -> String {
    const LONG: &str = "python_full_version";
    let mut pieces = marker.split(LONG);
    let mut text = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let compared = [" >= '", " < '"].iter().find_map(|operator| piece.strip_prefix(operator)?.split('\'').next());
        let minor = compared.is_some_and(|version| {
            version.split('.').count() <= 2 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        });
        text.push_str(if minor { "python_version" } else { LONG });
        text.push_str(piece);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_pythons_becomes_the_marker_pipenv_would_write() {
        for (range, marker) in [
            (">=3.8", "python_version >= '3.8'"),
            (">=2.7, !=3.0.*", "python_version >= '2.7' and python_version != '3.0'"),
            (">=3.6.1,<4", "python_full_version >= '3.6.1' and python_version < '4'"),
            ("<=3.8", "python_full_version <= '3.8'"),
            ("~=3.8", "python_full_version ~= '3.8'"),
            ("==3.*", "python_full_version == '3.*'"),
        ] {
            let parsed: VersionSpecifiers = range.parse().unwrap();
            let written = of(&parsed).unwrap();
            let mut parts: Vec<&str> = written.split(" and ").collect();
            let mut expected: Vec<&str> = marker.split(" and ").collect();
            parts.sort_unstable();
            expected.sort_unstable();
            assert_eq!(parts, expected, "{range}");
            assert!(written.parse::<crate::MarkerTree>().is_ok(), "{written}");
        }
        assert_eq!(of(&VersionSpecifiers::empty()), None);
    }

    #[test]
    fn a_marker_in_normal_form_is_written_as_pipenv_has_it() {
        for (normal, short) in [
            ("python_full_version >= '3.8'", "python_version >= '3.8'"),
            (
                "python_full_version >= '3.8.1' and os_name == 'nt'",
                "python_full_version >= '3.8.1' and os_name == 'nt'",
            ),
            (
                "python_full_version < '4' or python_full_version != '3.9.*'",
                "python_version < '4' or python_full_version != '3.9.*'",
            ),
            ("sys_platform == 'linux'", "sys_platform == 'linux'"),
        ] {
            assert_eq!(shortened(normal), short);
            assert_eq!(normal.parse::<crate::MarkerTree>().unwrap(), short.parse().unwrap());
        }
    }
}
