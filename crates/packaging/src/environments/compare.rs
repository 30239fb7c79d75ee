//! An environment as it is written beside a machine as it is.

use super::Entry;
use crate::{
    Version,
    environment::{Fact, Host, OperatingSystem},
};

/// How one statement of an environment fares on a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The key.
    pub word: &'static str,
    /// What the environment says.
    pub stated: Fact<String>,
    /// What the machine is.
    pub found: Fact<String>,
    /// Whether the two fit.
    pub agreement: Agreement,
}

/// Whether a statement and a machine fit; the worse, the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// They do.
    Agrees,
    /// The machine does not tell.
    Unknown,
    /// They do not.
    Differs,
}

impl Agreement {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Unknown => "unknown",
            Self::Differs => "differs",
        }
    }

    /// That of several statements: one that differs decides, and then one that nobody can tell. Nothing stated agrees.
    pub fn of(comparisons: &[Comparison]) -> Self {
        comparisons.iter().map(|one| one.agreement).max().unwrap_or(Self::Agrees)
    }
}

/// Compares what an environment states with a machine; what it leaves open is left out. `python_version` is `X.Y`, `platform` that
/// of `sysconfig.get_platform()`.
///
/// A version that is stated in fewer numbers covers all that begin so (`11` covers 11.8), and so does that of an operating
/// system. Of CPU flags, the machine may have more than are stated.
pub fn compare(entry: &Entry, host: &Host, python_version: Option<&str>, platform: Option<&str>) -> Vec<Comparison> {
    let stated = &entry.host;
    let mut all = Comparisons(Vec::new());
    all.add("operating_system", &stated.operating_system, &host.operating_system, covers_system);
    let python = Fact::from(entry.python_version.as_ref().map(|(version, _)| version.clone()));
    all.add(
        "python_version",
        &python,
        &Fact::from(python_version.map(str::to_string)),
        |stated, found| matches!((stated.parse(), found.parse()), (Ok(stated), Ok(found)) if alike(&stated, &found)),
    );
    let machine = Fact::from(entry.platform.as_ref().map(|(platform, _)| platform.clone()));
    all.add("platform", &machine, &Fact::from(platform.map(str::to_string)), |stated, found| {
        stated.replace('_', "-").eq_ignore_ascii_case(&found.replace('_', "-"))
    });
    all.add("cpu_family", &stated.cpu_family, &host.cpu_family, PartialEq::eq);
    all.add("cpu_model", &stated.cpu_model, &host.cpu_model, PartialEq::eq);
    let flags = |host: &Host| host.cpu_flags.as_ref().map(|flags| flags.iter().cloned().collect::<Vec<_>>().join(" "));
    all.add("cpu_flags", &flags(stated), &flags(host), |stated, found| {
        stated.split(' ').all(|flag| found.split(' ').any(|other| other == flag))
    });
    all.add("gpu_model", &stated.gpu_model, &host.gpu_model, PartialEq::eq);
    all.add("gpu_driver", &stated.gpu_driver, &host.gpu_driver, covers);
    all.add("cuda_version", &stated.cuda, &host.cuda, covers);
    all.add("cudnn_version", &stated.cudnn, &host.cudnn, covers);
    all.add("mkl_version", &stated.mkl, &host.mkl, covers);
    all.add("openblas_version", &stated.openblas, &host.openblas, covers);
    all.add("openmpi_version", &stated.openmpi, &host.openmpi, covers);
    all.add("glibc_version", &stated.glibc, &host.glibc, covers);
    all.add("base_image", &stated.base_image, &host.base_image, PartialEq::eq);
    all.0
}

struct Comparisons(Vec<Comparison>);

impl Comparisons {
    fn add<T: ToString>(
        &mut self,
        word: &'static str,
        stated: &Fact<T>,
        found: &Fact<T>,
        fits: impl Fn(&T, &T) -> bool,
    ) {
        let agreement = match (stated, found) {
            (Fact::Unknown, _) => return,
            (_, Fact::Unknown) => Agreement::Unknown,
            (Fact::Absent, Fact::Absent) => Agreement::Agrees,
            (Fact::Present(stated), Fact::Present(found)) if fits(stated, found) => Agreement::Agrees,
            _ => Agreement::Differs,
        };
        let text = |fact: &Fact<T>| fact.as_ref().map(ToString::to_string);
        self.0.push(Comparison { word, stated: text(stated), found: text(found), agreement });
    }
}

/// Whether one version begins with the other.
fn covers(stated: &Version, found: &Version) -> bool {
    let (stated, found) = (stated.release(), found.release());
    found.starts_with(&stated)
}

/// Whether two versions of Python are one minor version, and where both say more, that too.
fn alike(stated: &Version, found: &Version) -> bool {
    covers(stated, found) || covers(found, stated)
}

fn covers_system(stated: &OperatingSystem, found: &OperatingSystem) -> bool {
    let name = |system: &OperatingSystem| if system.name == "ubi" { "rhel".to_string() } else { system.name.clone() };
    let numbers = |system: &OperatingSystem| -> Vec<String> {
        system.version.iter().flat_map(|version| version.split('.')).map(str::to_string).collect()
    };
    // The minor release of RHEL is cut off where it is found out, as Thamos does; a file may have it.
    let (stated_numbers, found_numbers) = (numbers(stated), numbers(found));
    let count = if name(stated) == "rhel" { 1 } else { stated_numbers.len() };
    let first = |numbers: &[String]| numbers.iter().take(count).cloned().collect::<Vec<_>>();
    name(stated) == name(found) && first(&stated_numbers) == first(&found_numbers)
}
