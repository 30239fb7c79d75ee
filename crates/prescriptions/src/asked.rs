//! What the conditions of prescriptions ask that takes a look: at the project's own code, into the base image.
//!
//! Who looks need not tell more than was asked.

use std::collections::{BTreeMap, BTreeSet};

use packaging::PackageName;
use serde::{Deserialize, Serialize};

use crate::{
    unit::Unit,
    when::{Choice, When},
};

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Patterns of symbols of the project's code, by library.
    pub symbols: BTreeMap<String, BTreeSet<String>>,
    /// The names of RPM packages of the base image.
    pub rpm_packages: BTreeSet<String>,
    /// The names of Python packages of the base image.
    pub python_packages: BTreeSet<PackageName>,
}

impl Asked {
    /// What the conditions of units ask.
    pub fn of(units: &[Unit]) -> Self {
        let mut asked = Self::default();
        units.iter().for_each(|unit| asked.add(&unit.when));
        asked
    }

    fn add(&mut self, when: &When) {
        for (library, patterns) in &when.library_usage {
            self.symbols.entry(library.clone()).or_default().extend(patterns.iter().cloned());
        }
        if let Some(runtime) = &when.runtime {
            let rpms = runtime.rpm_packages.iter().flat_map(Choice::values);
            self.rpm_packages.extend(rpms.map(|package| package.name.clone()));
            let pythons = runtime.python_packages.iter().flat_map(Choice::values);
            self.python_packages.extend(pythons.map(|package| package.name.clone()));
        }
        when.dependencies.iter().filter_map(|one| one.when.as_deref()).for_each(|when| self.add(when));
    }
}
