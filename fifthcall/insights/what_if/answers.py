"""How likely somebody answers: by channel and number of the attempt, measured or, where nothing is known, assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from fifthcall.insights.pooling import Prior, prior_of
from fifthcall.rules.case import Channel
from fifthcall.wording.odds import Score

#: Attempts that have a rate of their own; later ones are taken as the last.
NUMBERS = 8
#: So many cases an assumption is worth, where some are measured.
ASSUMED_CASES = 20.0


NONE = Score()


@dataclass(frozen=True, slots=True)
class Chance:
    """A share from 0 to 1, known as Beta(a, b) from `score`; without a case it is the `assumed` one, as it stands."""

    assumed: float
    score: Score = NONE
    prior: Prior | None = None  # what it is drawn towards

    @property
    def _around(self) -> Prior:
        return self.prior or Prior.of(self.assumed, ASSUMED_CASES)

    @property
    def mean(self) -> float:
        return self._around.rate(self.score) if self.measured else self.assumed

    @property
    def measured(self) -> bool:
        return bool(self.score.of or self.prior)

    def drawn(self, random: Random) -> float:
        """A value as likely as what is known makes it: few cases leave it wide. An assumption is never drawn."""
        if not self.measured:
            return self.assumed
        return random.betavariate(*self._around.beta(self.score))


@dataclass(frozen=True, slots=True)
class Odds:
    """The rates of one run, 0 to 1."""

    answer: Mapping[Channel, tuple[float, ...]]
    meeting: float
    refusal: float

    def chance(self, channel: Channel, number: int) -> float:
        """That attempt `number` (1 is the first), on `channel`, is answered."""
        rates = self.answer.get(channel, ())
        return rates[min(number, len(rates)) - 1] if rates else 0.0


@dataclass(frozen=True, slots=True)
class Rates:
    """`answer`: by channel, for the first attempt, the second, …; of those who answer, `meeting` set one with us and
    `refusal` are not interested.
    """

    answer: Mapping[Channel, tuple[Chance, ...]]
    meeting: Chance
    refusal: Chance

    def means(self) -> Odds:
        found = {channel: tuple(chance.mean for chance in chances) for channel, chances in self.answer.items()}
        return Odds(found, *_shares(self.meeting.mean, self.refusal.mean))

    def drawn(self, random: Random) -> Odds:
        found = {channel: tuple(chance.drawn(random) for chance in chances) for channel, chances in self.answer.items()}
        return Odds(found, *_shares(self.meeting.drawn(random), self.refusal.drawn(random)))


def _shares(meeting: float, refusal: float) -> tuple[float, float]:
    """Both come of the same conversations: together they are no more than all."""
    return meeting, min(refusal, 1 - meeting)


#: Assumed, not measured: round numbers of ours, the same for each attempt, so that only the cadence makes a difference.
#: A letter is answered by the call that follows it.
ASSUMED = Rates(
    {Channel.CALL: (Chance(0.12),), Channel.TEXT: (Chance(0.05),), Channel.EMAIL: (Chance(0.03),)},
    meeting=Chance(0.25),
    refusal=Chance(0.15),
)


def pooled(counted: Mapping[tuple[Channel, int], Score], meeting: Score, refusal: Score) -> Rates:
    """The rates that `counted` (channel, number of the attempt → answered) speak for, each drawn towards its channel's
    mean (`pooling`), and that towards the assumption as if it had been seen in `ASSUMED_CASES` cases.
    """
    answer = {}
    for channel, assumed in ASSUMED.answer.items():
        scores = [counted.get((channel, number), Score()) for number in range(1, NUMBERS + 1)]
        whole = sum(scores, Score())
        if not whole.of:
            answer[channel] = assumed
            continue
        prior = Prior.of(Chance(assumed[0].assumed, whole).mean, prior_of(scores).weight)
        answer[channel] = tuple(Chance(assumed[0].assumed, score, prior) for score in scores)
    return Rates(answer, Chance(ASSUMED.meeting.assumed, meeting), Chance(ASSUMED.refusal.assumed, refusal))
