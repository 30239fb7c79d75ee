//! Chance without a clock: numbers that follow from a seed alone.

/// A generator of numbers that look random: xoshiro256++ (Blackman and Vigna, Scrambled Linear Pseudorandom Number
/// Generators, 2021), its state filled by SplitMix64 as its authors advise.
#[derive(Clone, Debug)]
pub struct Random([u64; 4]);

impl Random {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Self {
        let mut at = seed;
        Self([(); 4].map(|()| {
            at = at.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (at ^ (at >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        }))
    }

    /// The next number, any of 64 bits.
    pub fn number(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// One of `0..many`, all alike; 0 when there is none.
    pub fn below(&mut self, many: usize) -> usize {
        // The bias of a product over 2^64 is beyond what any run could show.
        ((u128::from(self.number()) * many as u128) >> 64) as usize
    }

    /// A number from 0 up to and without 1.
    pub fn unit(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of `0..many`, the first the most likely, falling in equal steps: place i with (many - i) of
    /// many·(many + 1)/2, the termial of many.
    pub fn termial(&mut self, many: usize) -> usize {
        // Of two that are drawn from one more, the larger is i with a likelihood that rises like i.
        let drawn = self.below(many * (many + 1) / 2);
        let row = ((((8 * drawn + 1) as f64).sqrt() - 1.0) / 2.0) as usize;
        many.saturating_sub(1).saturating_sub(row)
    }

    /// One of the bits that are set, all alike; 0 when none is.
    pub fn bit(&mut self, bits: u64) -> usize {
        nth(bits, self.below(bits.count_ones() as usize))
    }
}

/// The place of the bit that has `before` set bits below it.
pub(super) fn nth(bits: u64, before: usize) -> usize {
    let mut rest = bits;
    for _ in 0..before {
        rest &= rest.wrapping_sub(1);
    }
    (rest.trailing_zeros() as usize).min(63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_and_another_seed_others() {
        let drawn = |seed| {
            let mut random = Random::new(seed);
            [(); 5].map(|()| random.number())
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }

    #[test]
    fn every_place_is_drawn_as_often_as_it_should_be() {
        let mut random = Random::new(1);
        let (mut even, mut falling) = ([0_usize; 4], [0_usize; 4]);
        for _ in 0..100_000 {
            even[random.below(4)] += 1;
            falling[random.termial(4)] += 1;
        }
        assert!(even.iter().all(|count| count.abs_diff(25_000) < 1_000), "{even:?}");
        let expected = [40_000_usize, 30_000, 20_000, 10_000];
        assert!(falling.iter().zip(expected).all(|(count, due)| count.abs_diff(due) < 1_000), "{falling:?}");
    }

    #[test]
    fn nothing_to_draw_from_is_the_first_place() {
        let mut random = Random::new(3);
        assert_eq!((random.below(0), random.termial(0), random.termial(1)), (0, 0, 0));
        assert_eq!([0, 1, 2].map(|before| nth(0b1010_0100, before)), [2, 5, 7]);
    }
}
