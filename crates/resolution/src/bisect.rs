//! Which of the changes between a stack that works and one that does not is to blame: delta debugging over consistent stacks.
//!
//! The algorithm is ddmin (Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002), with one difference:
//! not every set of changes is a stack, because releases require others. So not sets are tried but *wishes*: which changes must be
//! in, and which must not. The caller answers with a stack that meets the wish, or that there is none; only stacks
//! are tried, each once. How a stack is found and tried is left to the caller.
//!
//! A change that is to blame goes from one release to another; at which release between them it begins to fail is found by halves.

use std::collections::{BTreeMap, BTreeSet};

/// Changes that are made, by number; the others are not.
pub type Changes = BTreeSet<usize>;

/// What a stack is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// The changes that must be made.
    pub with: Changes,
    /// The changes that must not be made.
    pub without: Changes,
    /// Whether as many of the others as possible are to be made; else as few.
    pub most: bool,
}

/// What became of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It works.
    Works,
    /// It fails as the stack with all changes does.
    Fails,
    /// Neither: it works sometimes, fails otherwise, or could not be tried.
    Unclear,
}

/// Finds stacks and tries them.
pub trait Trials {
    /// What ends it all.
    type Error;

    /// The changes that a stack makes which meets a wish; `None` when there is none.
    fn stack(&mut self, wish: &Wish) -> Result<Option<Changes>, Self::Error>;

    /// Tries a stack. Never asked twice about the same.
    fn verdict(&mut self, changes: &Changes) -> Result<Verdict, Self::Error>;
}

/// What a change has to do with the failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Without it, the others work.
    Needed,
    /// The others are no stack without it.
    Inseparable,
    /// Without it, it is unclear whether the others work.
    Unclear,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// These changes make it fail, and none of them can be left out.
    Blame(BTreeMap<usize, Part>),
    /// The stack without any change does not work.
    NeverWorked(Verdict),
    /// The stack with all changes does not fail.
    NeverFailed(Verdict),
}

/// Finds the changes, of as many as `count`, that are to blame.
///
/// # Errors
/// What the trials end with.
pub fn bisect<T: Trials>(count: usize, trials: &mut T) -> Result<Found, T::Error> {
    let all: Changes = (0..count).collect();
    let mut search = Bisection { trials, all: all.clone(), known: BTreeMap::new() };
    let without = search.verdict(&Changes::new())?;
    if without != Verdict::Works {
        return Ok(Found::NeverWorked(without));
    }
    let with = search.verdict(&all)?;
    if with != Verdict::Fails {
        return Ok(Found::NeverFailed(with));
    }
    let mut failing = all;
    loop {
        failing = search.reduce(failing)?;
        match search.parts(&failing)? {
            Ok(parts) => return Ok(Found::Blame(parts)),
            Err(fewer) => failing = fewer,
        }
    }
}

/// Where in a row of `count` releases it begins to fail: the last that works and the first that fails, by number. The release before
/// the row works, the one behind it fails; `None` stands for these. What is unclear is passed over, so all that lies between
/// the two is unclear.
///
/// # Errors
/// What a trial ends with.
pub fn onset<E>(
    count: usize,
    mut verdict: impl FnMut(usize) -> Result<Verdict, E>,
) -> Result<(Option<usize>, Option<usize>), E> {
    let mut open: Vec<usize> = (0..count).collect();
    let (mut works, mut fails) = (None, None);
    while let Some(at) = open.get(open.len() / 2).copied() {
        match verdict(at)? {
            Verdict::Works => works = Some(at),
            Verdict::Fails => fails = Some(at),
            Verdict::Unclear => open.retain(|one| *one != at),
        }
        open.retain(|one| works.is_none_or(|works| *one > works) && fails.is_none_or(|fails| *one < fails));
    }
    Ok((works, fails))
}

struct Bisection<'t, T> {
    trials: &'t mut T,
    all: Changes,
    known: BTreeMap<Changes, Verdict>,
}

impl<T: Trials> Bisection<'_, T> {
    fn verdict(&mut self, changes: &Changes) -> Result<Verdict, T::Error> {
        if let Some(known) = self.known.get(changes) {
            return Ok(*known);
        }
        let verdict = self.trials.verdict(changes)?;
        self.known.insert(changes.clone(), verdict);
        Ok(verdict)
    }

    /// A stack that meets a wish, fails, and makes fewer changes than `failing`.
    fn smaller(&mut self, wish: &Wish, failing: &Changes) -> Result<Option<Changes>, T::Error> {
        let Some(stack) = self.trials.stack(wish)? else { return Ok(None) };
        let is_smaller = stack.len() < failing.len() && stack.is_subset(failing);
        Ok((is_smaller && self.verdict(&stack)? == Verdict::Fails).then_some(stack))
    }

    /// Leaves changes out, halves first, then ever smaller parts, as long as what is left fails.
    fn reduce(&mut self, mut failing: Changes) -> Result<Changes, T::Error> {
        let mut parts = 2;
        'smaller: while failing.len() > 1 {
            parts = parts.min(failing.len());
            let list: Vec<usize> = failing.iter().copied().collect();
            let chunks: Vec<Changes> =
                list.chunks(list.len().div_ceil(parts)).map(|chunk| chunk.iter().copied().collect()).collect();
            let outside: Changes = self.all.difference(&failing).copied().collect();
            for chunk in &chunks {
                let wish = Wish { with: chunk.clone(), without: outside.clone(), most: false };
                if let Some(fewer) = self.smaller(&wish, &failing)? {
                    (failing, parts) = (fewer, 2);
                    continue 'smaller;
                }
            }
            for chunk in &chunks {
                let wish = Wish { with: Changes::new(), without: &outside | chunk, most: true };
                if let Some(fewer) = self.smaller(&wish, &failing)? {
                    (failing, parts) = (fewer, (parts - 1).max(2));
                    continue 'smaller;
                }
            }
            if parts == failing.len() {
                break;
            }
            parts *= 2;
        }
        Ok(failing)
    }

    /// What each change has to do with it; or a smaller set that fails, too.
    fn parts(&mut self, failing: &Changes) -> Result<Result<BTreeMap<usize, Part>, Changes>, T::Error> {
        let outside: Changes = self.all.difference(failing).copied().collect();
        let mut parts = BTreeMap::new();
        for change in failing {
            let mut wish = Wish { with: failing.clone(), without: outside.clone(), most: false };
            wish.with.remove(change);
            wish.without.insert(*change);
            let part = match self.trials.stack(&wish)? {
                None => Part::Inseparable,
                Some(stack) => match self.verdict(&stack)? {
                    Verdict::Works => Part::Needed,
                    Verdict::Unclear => Part::Unclear,
                    Verdict::Fails => return Ok(Err(stack)),
                },
            };
            parts.insert(*change, part);
        }
        Ok(Ok(parts))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Changes that need others, and sets that fail or are unclear.
    #[derive(Clone, Debug, Default)]
    struct Toy {
        count: usize,
        /// The first is a stack only with the second.
        needs: Vec<(usize, usize)>,
        culprits: Vec<Changes>,
        unclear: Vec<Changes>,
        tried: Vec<Changes>,
    }

    fn changes(all: &[usize]) -> Changes {
        all.iter().copied().collect()
    }

    fn changes_to(count: usize) -> Changes {
        (0..count).collect()
    }

    impl Toy {
        fn is_stack(&self, changes: &Changes) -> bool {
            self.needs.iter().all(|(one, other)| !changes.contains(one) || changes.contains(other))
        }

        fn fails(&self, changes: &Changes) -> bool {
            self.culprits.iter().any(|culprit| culprit.is_subset(changes))
        }

        fn found(&mut self) -> Found {
            bisect(self.count, self).unwrap_or_else(|never| match never {})
        }
    }

    impl Trials for Toy {
        type Error = std::convert::Infallible;

        fn stack(&mut self, wish: &Wish) -> Result<Option<Changes>, Self::Error> {
            let mut stack = if wish.most { &changes_to(self.count) - &wish.without } else { wish.with.clone() };
            while let Some((one, other)) =
                self.needs.iter().find(|(one, other)| stack.contains(one) && !stack.contains(other))
            {
                if wish.most {
                    stack.remove(one)
                } else {
                    stack.insert(*other)
                };
            }
            let meets = wish.with.is_subset(&stack) && wish.without.is_disjoint(&stack);
            Ok(meets.then_some(stack))
        }

        fn verdict(&mut self, stack: &Changes) -> Result<Verdict, Self::Error> {
            assert!(self.is_stack(stack), "{stack:?} is no stack");
            assert!(!self.tried.contains(stack), "{stack:?} was tried before");
            self.tried.push(stack.clone());
            Ok(match self.fails(stack) {
                _ if self.unclear.contains(stack) => Verdict::Unclear,
                true => Verdict::Fails,
                false => Verdict::Works,
            })
        }
    }

    #[test]
    fn one_release_of_many_is_found_in_few_trials() {
        for culprit in 0..16 {
            let mut toy = Toy { count: 16, culprits: vec![changes(&[culprit])], ..Toy::default() };
            assert_eq!(toy.found(), Found::Blame([(culprit, Part::Needed)].into()));
            assert!(toy.tried.len() <= 2 + 2 * 4, "{}", toy.tried.len());
        }
    }

    #[test]
    fn two_releases_that_only_fail_together_are_both_found() {
        let mut toy = Toy { count: 9, culprits: vec![changes(&[1, 7])], ..Toy::default() };
        assert_eq!(toy.found(), Found::Blame([(1, Part::Needed), (7, Part::Needed)].into()));
    }

    #[test]
    fn what_a_release_needs_comes_with_it_and_is_told_apart() {
        let mut toy = Toy { count: 8, needs: vec![(5, 2)], culprits: vec![changes(&[5])], ..Toy::default() };
        assert_eq!(toy.found(), Found::Blame([(2, Part::Inseparable), (5, Part::Needed)].into()));
    }

    #[test]
    fn releases_that_need_each_other_cannot_be_told_apart() {
        let needs = vec![(0, 1), (1, 0)];
        let mut toy = Toy { count: 4, needs, culprits: vec![changes(&[1])], ..Toy::default() };
        assert_eq!(toy.found(), Found::Blame([(0, Part::Inseparable), (1, Part::Inseparable)].into()));
    }

    #[test]
    fn what_never_worked_or_never_failed_is_not_searched() {
        let mut broken = Toy { count: 4, culprits: vec![Changes::new()], ..Toy::default() };
        assert_eq!(broken.found(), Found::NeverWorked(Verdict::Fails));
        let mut sound = Toy { count: 4, ..Toy::default() };
        assert_eq!(sound.found(), Found::NeverFailed(Verdict::Works));
        assert_eq!(sound.tried.len(), 2);
        let mut same = Toy::default();
        assert_eq!(same.found(), Found::NeverFailed(Verdict::Works));
    }

    #[test]
    fn the_first_release_that_fails_is_found_by_halves() {
        for count in 0..40_usize {
            for first in 0..=count {
                let mut tried = 0;
                let verdict = |at: usize| -> Result<Verdict, std::convert::Infallible> {
                    tried += 1;
                    Ok(if at < first { Verdict::Works } else { Verdict::Fails })
                };
                let (works, fails) = onset(count, verdict).unwrap_or_else(|never| match never {});
                assert_eq!((works, fails), (first.checked_sub(1), (first < count).then_some(first)));
                assert!(tried <= count.next_power_of_two().ilog2() + 1, "{tried} of {count}");
            }
        }
    }

    #[test]
    fn releases_that_are_unclear_lie_between_the_last_that_works_and_the_first_that_fails() {
        for unclear in 0_u32..1 << 7 {
            for first in 0..=7 {
                let verdict = |at: usize| -> Result<Verdict, std::convert::Infallible> {
                    Ok(match at {
                        _ if unclear & (1 << at) != 0 => Verdict::Unclear,
                        at if at < first => Verdict::Works,
                        _ => Verdict::Fails,
                    })
                };
                let (works, fails) = onset(7, verdict).unwrap_or_else(|never| match never {});
                let is_clear = |at: &usize| unclear & (1 << at) == 0;
                assert_eq!(works, (0..first).rfind(is_clear));
                assert_eq!(fails, (first..7).find(is_clear));
            }
        }
    }

    #[test]
    fn an_unclear_trial_is_no_failure() {
        let culprits = vec![changes(&[0])];
        let mut toy = Toy { count: 2, culprits, unclear: vec![changes(&[0])], ..Toy::default() };
        assert_eq!(toy.found(), Found::Blame([(0, Part::Needed), (1, Part::Unclear)].into()));
    }

    fn toys() -> impl Strategy<Value = Toy> {
        let set = |least| prop::collection::btree_set(0..6_usize, least..=3);
        let needs = prop::collection::vec((0..6_usize, 0..6_usize), 0..6);
        (needs, prop::collection::vec(set(1), 1..3), prop::collection::vec(set(1), 0..3))
            .prop_map(|(needs, culprits, unclear)| Toy { count: 6, needs, culprits, unclear, tried: Vec::new() })
    }

    proptest! {
        #[test]
        fn what_is_blamed_fails_and_nothing_of_it_can_be_left_out(mut toy in toys()) {
            let Found::Blame(parts) = toy.found() else { panic!("{toy:?}") };
            let blamed: Changes = parts.keys().copied().collect();
            prop_assert!(toy.is_stack(&blamed) && toy.fails(&blamed));
            for (change, part) in &parts {
                let mut fewer = blamed.clone();
                fewer.remove(change);
                let told = match part {
                    Part::Inseparable => !toy.is_stack(&fewer),
                    Part::Needed => toy.is_stack(&fewer) && !toy.fails(&fewer),
                    Part::Unclear => toy.unclear.contains(&fewer),
                };
                prop_assert!(told, "{change}: {part:?} of {parts:?}");
            }
        }
    }
}
