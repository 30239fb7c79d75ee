//! The form in which units are kept: by what they are about, in rows.
//!
//! Most units of a row have nothing to say of the run at hand, and many have the same conditions. So what decides on that is kept
//! once and beside the units, and only those are read that are [`Wanted`].

use std::collections::HashMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{matcher::Matcher, unit::Unit, when::When};

/// Which units of a row are read.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Those of which this holds for their conditions.
    pub when: &'a dyn Fn(&When) -> bool,
    /// And, of those that only tell something of releases that are in a stack together: those of which this holds for each.
    pub has: &'a dyn Fn(&Matcher) -> bool,
}

impl Wanted<'_> {
    /// All of them.
    pub const ALL: Wanted<'static> = Wanted { when: &|_| true, has: &|_| true };

    /// Whether a unit that was read before is among them.
    pub fn wants(&self, unit: &Unit) -> bool {
        (self.when)(&unit.when) && unit.act.needs().into_iter().all(self.has)
    }
}

/// A row: all in bytes of their own, so that what is not asked for is passed over.
#[derive(Serialize, Deserialize)]
struct Row<'a> {
    /// Each different [`When`].
    #[serde(borrow)]
    conditions: Vec<&'a [u8]>,
    /// Each different list of [`Matcher`]s that units need to have something to tell; empty for what decides.
    #[serde(borrow)]
    needs: Vec<&'a [u8]>,
    /// The numbers of its conditions and needs, and the rest of each [`Unit`].
    #[serde(borrow)]
    units: Vec<(usize, usize, &'a [u8])>,
}

/// The bytes in which units are kept.
pub fn to_bytes(units: &[&Unit]) -> Vec<u8> {
    let (mut conditions, mut needs) = (Different::default(), Different::default());
    let numbered = units.iter().map(|unit| {
        let rest = (&unit.name, &unit.place, &unit.act, &unit.stack_info, &unit.log);
        (conditions.number(bytes(&unit.when)), needs.number(bytes(&unit.act.needs())), bytes(&rest))
    });
    let numbered: Vec<(usize, usize, Vec<u8>)> = numbered.collect();
    bytes(&Row {
        conditions: conditions.list.iter().map(Vec::as_slice).collect(),
        needs: needs.list.iter().map(Vec::as_slice).collect(),
        units: numbered.iter().map(|(when, needs, unit)| (*when, *needs, unit.as_slice())).collect(),
    })
}

/// The units of all rows that are wanted, in their order.
///
/// # Errors
/// When the bytes are damaged, or of another version of Thoth.
pub fn from_rows<'a>(rows: impl Iterator<Item = &'a [u8]>, wanted: Wanted<'_>) -> Result<Vec<Unit>, String> {
    let chosen: Vec<Chosen<'_>> = rows.map(|row| Chosen::of(row, wanted)).collect::<Result<_, _>>()?;
    // Units are large: room for all of them is made once.
    let mut units = Vec::with_capacity(chosen.iter().map(|row| row.units.len()).sum());
    for Chosen { conditions, units: rest } in &chosen {
        for (condition, rest) in rest {
            if let Some(when) = numbered(conditions, *condition)? {
                let (name, place, act, stack_info, log) = read(rest)?;
                units.push(Unit { name, place, when: when.clone(), act, stack_info, log });
            }
        }
    }
    Ok(units)
}

/// What is wanted of a row.
struct Chosen<'a> {
    /// The conditions, where they hold.
    conditions: Vec<Option<When>>,
    /// The number of the conditions and the rest of each unit.
    units: Vec<(usize, &'a [u8])>,
}

impl<'a> Chosen<'a> {
    fn of(bytes: &'a [u8], wanted: Wanted<'_>) -> Result<Self, String> {
        let row: Row<'_> = postcard::from_bytes(bytes).map_err(|error| error.to_string())?;
        let conditions = answers(&row.conditions, |when: When| (wanted.when)(&when).then_some(when))?;
        let needs = answers(&row.needs, |needs: Vec<Matcher>| needs.iter().all(wanted.has))?;
        let mut units = Vec::with_capacity(row.units.len());
        for (condition, need, rest) in row.units {
            if numbered(&conditions, condition)?.is_some() && *numbered(&needs, need)? {
                units.push((condition, rest));
            }
        }
        Ok(Self { conditions, units })
    }
}

/// Bytes that differ, each with its place in the list.
#[derive(Default)]
struct Different {
    list: Vec<Vec<u8>>,
    places: HashMap<Vec<u8>, usize>,
}

impl Different {
    /// The place of what is there, or is added now.
    fn number(&mut self, bytes: Vec<u8>) -> usize {
        let next = self.list.len();
        *self.places.entry(bytes).or_insert_with_key(|bytes| {
            self.list.push(bytes.clone());
            next
        })
    }
}

fn bytes(value: &(impl Serialize + ?Sized)) -> Vec<u8> {
    // Plain values into memory: this does not fail, and what is empty is refused when it is read.
    postcard::to_allocvec(value).unwrap_or_default()
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    postcard::from_bytes(bytes).map_err(|error| error.to_string())
}

fn answers<T: DeserializeOwned, A>(list: &[&[u8]], judge: impl Fn(T) -> A) -> Result<Vec<A>, String> {
    list.iter().map(|one| read(one).map(&judge)).collect()
}

fn numbered<A>(answers: &[A], number: usize) -> Result<&A, String> {
    answers.get(number).ok_or_else(|| format!("there is no number {number}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Builder;

    /// The names of the units that are wanted of four: two about numpy, one of which decides, one about two releases, and one
    /// for the monkey.
    fn heard(wanted: Wanted<'_>) -> Vec<String> {
        let wrap = |name: &str, pipeline: &str, with: &str| {
            format!(
                "  - {{name: {name}, type: wrap, should_include: {{{pipeline}: true}}, match: {{state: \
                 {{resolved_dependencies: [{with}]}}}}, run: {{justification: [{{type: INFO, message: m, link: l}}]}}}}\n"
            )
        };
        let text = format!(
            "units:\n  sieves:\n  - {{name: Out, type: sieve, should_include: {{adviser_pipeline: true}}, \
             match: {{package_version: {{name: numpy, version: <1}}}}}}\n  wraps:\n{}{}{}",
            wrap("One", "adviser_pipeline", "{name: numpy, version: <2}"),
            wrap("Two", "adviser_pipeline", "{name: numpy, version: <2}, {name: scipy}"),
            wrap("Three", "dependency_monkey_pipeline", "{name: numpy}"),
        );
        let mut builder = Builder::new();
        builder.add("a.yaml", text.as_bytes());
        let collection = builder.finish();
        assert_eq!(collection.problems, []);
        let bytes = to_bytes(&collection.units.iter().collect::<Vec<_>>());
        let units = from_rows([bytes.as_slice()].into_iter(), wanted).unwrap();
        assert!(units.iter().all(|unit| collection.units.contains(unit)));
        units.into_iter().map(|unit| unit.name).collect()
    }

    #[test]
    fn only_what_is_wanted_is_read_in_the_order_in_which_it_is_written() {
        assert_eq!(heard(Wanted::ALL), ["local.Out", "local.One", "local.Two", "local.Three"]);
        assert_eq!(heard(Wanted { when: &|when| when.monkey, ..Wanted::ALL }), ["local.Three"]);
        let numpy = |matcher: &Matcher| matcher.to_string() == "numpy<2";
        assert_eq!(
            heard(Wanted { has: &numpy, ..Wanted::ALL }),
            ["local.Out", "local.One"],
            "what decides needs nothing"
        );
        assert_eq!(heard(Wanted { has: &|_| false, ..Wanted::ALL }), ["local.Out"]);
    }

    #[test]
    fn damaged_rows_are_refused() {
        let read = |bytes: &[u8]| from_rows([bytes].into_iter(), Wanted::ALL);
        assert_eq!(read(&to_bytes(&[])), Ok(Vec::new()));
        assert!(read(&[]).is_err());
        let elsewhere = bytes(&Row { conditions: Vec::new(), needs: Vec::new(), units: vec![(0, 0, &[])] });
        assert_eq!(read(&elsewhere).unwrap_err(), "there is no number 0");
    }
}
