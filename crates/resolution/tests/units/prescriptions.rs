//! The units of prescriptions

use std::collections::BTreeMap;

use prescriptions::Kind;
use resolution::pipeline::{Choice, Pipeline, UNITS};

#[test]
fn every_kind_takes_part_unless_its_unit_is_left_out() {
    for kind in Kind::ALL {
        assert!(Pipeline::default().admits(kind));
        let others = UNITS.iter().filter(|unit| unit.name != format!("prescription.{}", kind.name()));
        let others: Vec<Choice> =
            others.map(|unit| Choice { unit: unit.name, configuration: BTreeMap::new() }).collect();
        assert_eq!(others.len(), UNITS.len() - 1, "{kind:?} has a unit");
        assert!(!Pipeline::of(&others).admits(kind));
    }
}
