/** What a provider did on one day. */
export interface DayFigures {
  /** Days since. */
  age: number
  /** Tries that were sent, and those of them that succeeded. */
  requests: number
  succeeded: number
  /** Of the bars that the calendar lets expect of its answers, those that came. */
  expected: number
  counted: number
  /** The sum of all tries; of what was asked just now with the waiting for leave to send them. */
  latencyMs: number
}

/** How a provider stands in the choice. */
export interface Standing {
  /** Tries, those of the past discounted. */
  pulls: number
  /** From 0 to 1; null where it was never asked. */
  reward: number | null
  /** The provider of the highest one is asked: the reward, and more the less is known of it. Infinity where nothing is. */
  score: number
}

/** Figures of older days are of no matter. */
export const DAYS_COUNTED = 30
/** What a day's figures count for on the day after it: a week later a fifth, so that who was down is soon judged by what it does now. */
const DISCOUNT = 0.8
/** A provider that takes so long for an answer is worth half of one that takes no time: with a limit of one a second those who ask wait for each other, and soon longer. */
const HALF_WORTH_MS = 2000

/** A share, as if all were well where there is nothing to judge. */
const share = (part: number, whole: number): number => (whole === 0 ? 1 : Math.min(part / whole, 1))

/** What a day's answers were worth, from 0 to 1: the share of tries that succeeded, times the share of expected bars that came, times how quick they were. */
export function rewardOf({ requests, succeeded, expected, counted, latencyMs }: DayFigures): number {
  const latency = requests === 0 ? 0 : latencyMs / requests
  return share(succeeded, requests) * share(counted, expected) * (HALF_WORTH_MS / (HALF_WORTH_MS + latency))
}

/**
 * UCB1 (Auer, Cesa-Bianchi and Fischer 2002) over the tries of all providers that are chosen among, each day's weighed by 0.8 to the power of its age:
 * `score = reward + sqrt(2 ln(all pulls) / pulls)`.
 * @param histories of each provider, in any order of days
 */
export function standings(histories: readonly (readonly DayFigures[])[]): Standing[] {
  const known = histories.map((days) => {
    let pulls = 0
    let worth = 0
    for (const day of days) {
      const weight = day.requests * DISCOUNT ** day.age
      pulls += weight
      worth += weight * rewardOf(day)
    }
    return { pulls, reward: pulls === 0 ? null : worth / pulls }
  })
  const all = Math.max(1, known.reduce((sum, { pulls }) => sum + pulls, 0))
  return known.map(({ pulls, reward }) => ({ pulls, reward, score: reward === null ? Infinity : reward + Math.sqrt((2 * Math.log(all)) / pulls) }))
}

/** Which of them is asked: that of the highest score, the first of several. */
export function bestOf(standings: readonly Standing[]): number {
  return standings.reduce((best, { score }, index) => (score > standings[best]!.score ? index : best), 0)
}
