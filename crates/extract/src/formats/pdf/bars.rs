//! The rules of a page that may be bars of fractions, found by their height, and how much of a page is looked at
//! for all of them.
use super::rules::Rule;

/// How many comparisons a page has left: a hostile one would need as many as it has rules times rules.
pub(super) struct Looks(usize);

impl Looks {
    pub(super) fn new(most: usize) -> Self {
        Self(most)
    }

    /// Pays for so many at once, if they are left; afterwards there may be fewer for others.
    pub(super) fn pay(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.checked_sub(count)?;
        Some(())
    }

    #[cfg(test)]
    pub(super) fn left(&self) -> usize {
        self.0
    }
}

pub(super) struct Bars {
    /// From the shortest to the longest: the bars of parts are shorter than the bar between the parts.
    rules: Vec<Rule>,
    is_taken: Vec<bool>,
    /// Places in `rules`, from the top down.
    downwards: Vec<usize>,
}

impl Bars {
    pub(super) fn of(rules: &[Rule]) -> Self {
        let mut rules = rules.to_vec();
        rules.sort_by(|a, b| (a.right - a.left).total_cmp(&(b.right - b.left)));
        let mut downwards: Vec<usize> = (0..rules.len()).collect();
        downwards.sort_by(|a, b| rules[*a].y.total_cmp(&rules[*b].y));
        Self {
            is_taken: vec![false; rules.len()],
            downwards,
            rules,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.rules.len()
    }

    pub(super) fn rule(&self, place: usize) -> Rule {
        self.rules[place]
    }

    /// Whether a fraction has this bar.
    pub(super) fn is_taken(&self, place: usize) -> bool {
        self.is_taken[place]
    }

    pub(super) fn take(&mut self, place: usize) {
        self.is_taken[place] = true;
    }

    /// The places of all rules from one height down to another; nothing once too much was looked at.
    pub(super) fn between(&self, top: f64, bottom: f64, looks: &mut Looks) -> Option<&[usize]> {
        let y = |place: &usize| self.rules[*place].y;
        let below = &self.downwards[self.downwards.partition_point(|place| y(place) < top)..];
        let found = &below[..below.partition_point(|place| y(place) <= bottom)];
        looks.pay(found.len())?;
        Some(found)
    }
}

pub(super) fn overlap(one: Rule, other: Rule) -> bool {
    one.left < other.right && other.left < one.right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_found_by_their_height_and_paid_for() {
        let rule = |right: f64, y: f64| Rule { left: 0.0, right, y };
        let bars = Bars::of(&[rule(9.0, 30.0), rule(3.0, 10.0), rule(6.0, 20.0), rule(1.0, 40.0)]);
        let mut looks = Looks::new(4);
        let found = bars.between(10.0, 30.0, &mut looks).unwrap();
        let heights: Vec<f64> = found.iter().map(|place| bars.rule(*place).y).collect();
        assert_eq!((heights, looks.left()), (vec![10.0, 20.0, 30.0], 1));
        assert_eq!(bars.between(31.0, 39.0, &mut looks), Some(&[][..]));
        assert_eq!(bars.between(10.0, 20.0, &mut looks), None);
        assert_eq!(bars.between(f64::NAN, f64::NAN, &mut looks), Some(&[][..]));
    }
}
