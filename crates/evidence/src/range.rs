//! From the events of an OSV range to the stretches of versions it covers.
//!
//! Follows OSV schema 1.7, "affected[].ranges[].events" and its evaluation, in any order of events. Where a range is broken,
//! the reading is the wider one and is complained about; see [`stretches`].

use crate::{
    affected::{Range, Until},
    versions::AnyVersion,
};

/// What an event says happened at a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    Introduced,
    Fixed,
    LastAffected,
    Limit,
}

/// The events of one range of versions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    /// What could be read, in the order of the record.
    pub(crate) read: Vec<(EventKind, String)>,
    /// The introduction that could not be read: only its kind is known.
    pub(crate) lost_introduction: bool,
    /// Events that could not be read at all (`{}`).
    pub(crate) lost: bool,
    /// The end of the range as `database_specific.last_known_affected_version_range` gives it.
    pub(crate) last_known: Option<Until>,
}

/// A place in the order of versions; `None` is below all of them (`introduced: "0"`).
type Place = Option<AnyVersion>;

/// The stretches of versions that the events cover, lowest first, and what was wrong with them.
///
/// - A range without a readable `introduced`, or with an unreadable one, starts below all versions.
/// - An event that cannot be read is dropped, which leaves a range open at its end; where it may have been an `introduced`
///   (two ends follow each other), the versions between the two ends count as covered.
/// - Where `fixed` and `last_affected` follow each other, which OSV forbids, the later one ends the stretch.
/// - `fixed` at the version of its own `introduced` covers nothing; where a stretch ends and the next begins at one version,
///   no hole is left: PYSEC-2023-72 and PYSEC-2022-42972 are written like that.
pub(crate) fn stretches(events: &Events) -> (Vec<Range>, Vec<String>) {
    let mut complaints = Vec::new();
    let mut line: Vec<(Place, EventKind)> = Vec::new();
    let mut limit: Option<AnyVersion> = None;
    let mut unlimited = false;
    for (kind, text) in &events.read {
        match (kind, text.trim()) {
            (EventKind::Limit, "*") => unlimited = true,
            (EventKind::Limit, text) => limit = limit.max(Some(AnyVersion::parse(text))),
            (EventKind::Introduced, "0") => line.push((None, *kind)),
            (_, text) => {
                let version = AnyVersion::parse(text);
                if version.valid().is_none() && *kind != EventKind::Introduced {
                    complaints.push(format!("its range ends at `{version}`, which is not a PEP 440 version: every PEP 440 version counts as later"));
                }
                line.push((Some(version), *kind));
            }
        }
    }
    if events.lost_introduction {
        line.push((None, EventKind::Introduced));
    } else if !line.iter().any(|(_, kind)| *kind == EventKind::Introduced) {
        complaints
            .push("a range says where it ends and not where it begins: it counts from the first version".to_string());
        line.push((None, EventKind::Introduced));
    }
    line.sort_by(|one, two| one.0.cmp(&two.0).then_with(|| turn(one.1).cmp(&turn(two.1))));
    line.dedup();

    let mut walk = Walk { lost: events.lost, ..Walk::default() };
    for (place, kind) in line {
        walk.step(place, kind);
    }
    let mut ranges = walk.finish();
    complaints.append(&mut walk.complaints);
    if let Some(end) = &events.last_known {
        for range in ranges.iter_mut().filter(|range| range.until == Until::Open) {
            if range.begins_before(end) {
                range.until = end.clone();
            }
        }
    }
    if let (Some(limit), false) = (limit, unlimited) {
        ranges.retain_mut(|range| range.limit_to(&limit));
    }
    (ranges, complaints)
}

/// The order of events at one version: a stretch ends before the next begins, and what is last affected ends last.
fn turn(kind: EventKind) -> u8 {
    match kind {
        EventKind::Fixed | EventKind::Limit => 0,
        EventKind::Introduced => 1,
        EventKind::LastAffected => 2,
    }
}

#[derive(Default)]
struct Walk {
    lost: bool,
    open: Option<Place>,
    end: Option<(AnyVersion, EventKind)>,
    stray: Option<AnyVersion>,
    again: Option<AnyVersion>,
    done: Vec<(Place, Option<(AnyVersion, EventKind)>)>,
    complaints: Vec<String>,
}

impl Walk {
    fn step(&mut self, place: Place, kind: EventKind) {
        match (kind, place) {
            (EventKind::Introduced, place) => {
                let empty = self.open.is_none() && place.is_some() && self.stray == place;
                if empty {
                    self.complaints
                        .push("a range is fixed at the version it begins with: it covers nothing".to_string());
                } else if self.open.is_none() {
                    self.open = Some(place);
                    self.end = None;
                } else {
                    self.again = place;
                }
            }
            (_, None) | (EventKind::Limit, _) => {}
            (_, Some(version)) => self.close(version, kind),
        }
    }

    fn close(&mut self, version: AnyVersion, kind: EventKind) {
        if kind == EventKind::LastAffected && self.open.is_some() && self.again.as_ref() == Some(&version) {
            return;
        }
        if let Some(start) = self.open.take() {
            self.done.push((start, Some((version.clone(), kind))));
            self.end = Some((version, kind));
            return;
        }
        let Some((before, other)) = self.end.clone() else {
            if self.lost {
                self.complaints.push(
                    "an event that may have begun a range cannot be read: it counts from the first version".to_string(),
                );
                self.done.push((None, Some((version.clone(), kind))));
                self.end = Some((version, kind));
            } else {
                self.stray = Some(version);
            }
            return;
        };
        if other != kind {
            self.complaints.push("a range has both `fixed` and `last_affected`: the later one counts".to_string());
            if let Some(last) = self.done.last_mut() {
                last.1 = Some((version.clone(), kind));
            }
            self.end = Some((version, kind));
        } else if self.lost {
            self.complaints.push(
                "an event that may have begun a range cannot be read: the versions between two ends count as covered"
                    .to_string(),
            );
            self.done.push((Some(before), Some((version.clone(), kind))));
            self.end = Some((version, kind));
        } else {
            self.stray = Some(version);
        }
    }

    fn finish(&mut self) -> Vec<Range> {
        if let Some(start) = self.open.take() {
            self.done.push((start, None));
        }
        self.done
            .drain(..)
            .map(|(start, end)| Range {
                introduced: start.map(|version| version.to_string()),
                until: match end {
                    None => Until::Open,
                    Some((version, EventKind::LastAffected)) => Until::Through(version.to_string()),
                    Some((version, _)) => Until::Before(version.to_string()),
                },
            })
            .collect()
    }
}

impl Range {
    fn begins_before(&self, end: &Until) -> bool {
        let start = self.introduced.as_deref().map(AnyVersion::parse);
        match end {
            Until::Open => true,
            Until::Through(version) => start <= Some(AnyVersion::parse(version)),
            Until::Before(version) | Until::Limit(version) => start < Some(AnyVersion::parse(version)),
        }
    }

    /// Cuts it at `limit`; false when nothing of it is left.
    fn limit_to(&mut self, limit: &AnyVersion) -> bool {
        let cut = match &self.until {
            Until::Open => true,
            Until::Before(version) | Until::Limit(version) => AnyVersion::parse(version) > *limit,
            Until::Through(version) => AnyVersion::parse(version) >= *limit,
        };
        if cut {
            self.until = Until::Limit(limit.to_string());
        }
        self.begins_before(&self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(events: &[(EventKind, &str)], change: impl FnOnce(&mut Events)) -> String {
        let mut given = Events {
            read: events.iter().map(|(kind, text)| (*kind, (*text).to_string())).collect(),
            ..Events::default()
        };
        change(&mut given);
        let (ranges, _) = stretches(&given);
        ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    use EventKind::{Fixed, Introduced, LastAffected, Limit};

    #[test]
    fn events_in_any_order_give_the_same_stretches() {
        let sorted = [(Introduced, "0"), (Fixed, "1.2"), (Introduced, "2.0a1"), (Fixed, "2.1")];
        let shuffled = [(Fixed, "2.1"), (Introduced, "2.0a1"), (Fixed, "1.2"), (Introduced, "0")];
        assert_eq!(shown(&sorted, |_| ()), "<1.2 >=2.0a1,<2.1");
        assert_eq!(shown(&shuffled, |_| ()), shown(&sorted, |_| ()));
    }

    #[test]
    fn introduced_twice_in_a_row_begins_once() {
        assert_eq!(shown(&[(Introduced, "0"), (Introduced, "1.0"), (Fixed, "2")], |_| ()), "<2");
    }

    #[test]
    fn a_range_without_a_beginning_begins_with_the_first_version() {
        assert_eq!(shown(&[(Fixed, "2")], |_| ()), "<2");
        assert_eq!(shown(&[(Introduced, "3"), (Fixed, "2")], |events| events.lost_introduction = true), "<2 >=3");
        assert_eq!(shown(&[], |events| events.lost = true), "*");
    }

    #[test]
    fn an_unreadable_event_between_two_ends_covers_what_lies_between() {
        assert_eq!(shown(&[(Introduced, "0"), (Fixed, "1"), (Fixed, "3")], |events| events.lost = true), "<1 >=1,<3");
        assert_eq!(shown(&[(Introduced, "0"), (Fixed, "1"), (Fixed, "3")], |_| ()), "<1");
        assert_eq!(shown(&[(Fixed, "1"), (Introduced, "2")], |events| events.lost = true), "<1 >=2");
        assert_eq!(shown(&[(Introduced, "0"), (Fixed, "1")], |events| events.lost = true), "<1");
    }

    #[test]
    fn fixed_and_last_affected_together_end_at_the_later() {
        assert_eq!(shown(&[(Introduced, "0"), (Fixed, "2"), (LastAffected, "1.9")], |_| ()), "<2");
        assert_eq!(shown(&[(Introduced, "0"), (Fixed, "2"), (LastAffected, "3")], |_| ()), "<=3");
    }

    #[test]
    fn a_limit_cuts_and_the_highest_limit_counts() {
        assert_eq!(shown(&[(Introduced, "0"), (Limit, "2"), (Limit, "3")], |_| ()), "<3 (limit)");
        assert_eq!(shown(&[(Introduced, "0"), (Limit, "2"), (Limit, "*")], |_| ()), "*");
        assert_eq!(shown(&[(Introduced, "4"), (Limit, "3")], |_| ()), "");
        assert_eq!(shown(&[(Introduced, "0"), (Fixed, "1"), (Limit, "3")], |_| ()), "<1");
    }

    #[test]
    fn the_last_known_affected_version_ends_an_open_range_only() {
        let end = |events: &mut Events| events.last_known = Some(Until::Through("1.2".into()));
        assert_eq!(shown(&[(Introduced, "0")], end), "<=1.2");
        assert_eq!(shown(&[(Introduced, "0"), (Fixed, "1.5")], end), "<1.5");
        assert_eq!(shown(&[(Introduced, "2")], end), ">=2");
    }

    #[test]
    fn fixed_where_it_was_introduced_covers_nothing_and_a_seam_is_covered() {
        assert_eq!(shown(&[(Introduced, "1"), (Fixed, "1")], |_| ()), "");
        assert_eq!(shown(&[(Introduced, "0"), (Fixed, "1"), (Introduced, "1"), (Fixed, "2")], |_| ()), "<1 >=1,<2");
        assert_eq!(shown(&[(Introduced, "1"), (LastAffected, "1")], |_| ()), ">=1,<=1");
        let seam = [(Introduced, "0"), (LastAffected, "1"), (Introduced, "1"), (LastAffected, "2")];
        assert_eq!(shown(&seam, |_| ()), "<=2");
    }
}
