//! What is made of a run's setting before prescriptions are asked.

use packaging::environment::{Fact, Host, OperatingSystem};

/// The label whose value names vulnerabilities that do not count, separated by commas.
pub const ALLOW_CVE: &str = "allow-cve";

/// A host as prescriptions name it: `ubi` is `rhel` (UbiBoot), and `rhel` has no minor versions (RHELVersionBoot).
pub fn named(host: &Host) -> Host {
    let mut named = host.clone();
    if let Fact::Present(OperatingSystem { name, version }) = &mut named.operating_system {
        if name == "ubi" {
            *name = "rhel".to_string();
        }
        if name == "rhel"
            && let Some(version) = version
            && let Some((major, _)) = version.split_once('.')
        {
            *version = major.to_string();
        }
    }
    named
}

/// The vulnerabilities that a label allows.
pub fn allowed(value: &str) -> impl Iterator<Item = String> {
    value.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(name: &str, version: &str) -> Host {
        let system = OperatingSystem { name: name.to_string(), version: Some(version.to_string()) };
        Host { operating_system: Fact::Present(system), ..Host::default() }
    }

    #[test]
    fn an_image_of_red_hat_is_the_system_it_is_made_of() {
        assert_eq!(named(&system("ubi", "8.4")), system("rhel", "8"));
        assert_eq!(named(&system("rhel", "9")), system("rhel", "9"));
        assert_eq!(named(&system("fedora", "35.1")), system("fedora", "35.1"));
        assert_eq!(named(&Host::default()), Host::default());
    }

    #[test]
    fn blanks_around_an_allowed_vulnerability_are_none_of_its_name() {
        assert_eq!(allowed(" cve-2024-1, ,PYSEC-2 ").collect::<Vec<_>>(), ["CVE-2024-1", "PYSEC-2"]);
    }
}
