import t from 'tap'
import { bestOf, rewardOf, standings, type DayFigures } from '../../../../lib/features/fetch/choice/bandit.js'
import { Random } from '../../../helpers/random.js'

const day = (figures: Partial<DayFigures>): DayFigures => ({ age: 0, requests: 0, succeeded: 0, expected: 0, counted: 0, latencyMs: 0, ...figures })
const choose = (histories: readonly (readonly DayFigures[])[]): number => bestOf(standings(histories))

await t.test('a reward is the share that succeeded times the share that came, half of it after two seconds', (t) => {
  const cases: [Partial<DayFigures>, number][] = [
    [{ requests: 10, succeeded: 10 }, 1],
    [{ requests: 10, succeeded: 9 }, 0.9],
    [{ requests: 10, succeeded: 10, expected: 200, counted: 150 }, 0.75],
    [{ requests: 10, succeeded: 10, latencyMs: 20_000 }, 0.5],
    [{ requests: 10, succeeded: 8, expected: 100, counted: 50, latencyMs: 20_000 }, 0.2],
    [{ requests: 10, succeeded: 0, latencyMs: 60_000 }, 0],
    [{ requests: 10, succeeded: 10, expected: 100, counted: 120 }, 1],
  ]
  for (const [figures, reward] of cases) t.equal(rewardOf(day(figures)).toFixed(6), reward.toFixed(6), JSON.stringify(figures))
  t.end()
})

await t.test('a score is the reward and the root of twice the logarithm of all pulls by its own', (t) => {
  const [a, b] = standings([[day({ requests: 60, succeeded: 60 })], [day({ requests: 40, succeeded: 20 })]])
  // ln 100 = 4.605170: sqrt(9.210340 / 60) = 0.391798, sqrt(9.210340 / 40) = 0.479852
  t.equal(a!.score.toFixed(5), '1.39180')
  t.equal(b!.score.toFixed(5), '0.97985')
  t.equal(choose([[day({ requests: 60, succeeded: 60 })], [day({ requests: 40, succeeded: 20 })]]), 0)
  t.end()
})

await t.test('who was never asked comes first, the first of several, and the first of those who are alike', (t) => {
  const well = [day({ requests: 5, succeeded: 5 })]
  t.equal(choose([[], []]), 0)
  t.equal(choose([well, []]), 1)
  t.equal(choose([well, [], []]), 1)
  t.equal(choose([well, well, well]), 0)
  t.end()
})

await t.test('a day counts four fifths of the one after it', (t) => {
  const [old] = standings([[day({ age: 3, requests: 100, succeeded: 0 }), day({ requests: 100, succeeded: 100 })]])
  // 0.8 ** 3 = 0.512: 100 of 151.2 pulls succeeded.
  t.equal(old!.pulls.toFixed(1), '151.2')
  t.equal(old!.reward!.toFixed(6), (100 / 151.2).toFixed(6))
  t.end()
})

/** A provider as a simulation has it: how likely a try succeeds on a day, how long it takes, and how many a day it takes. */
interface Simulated {
  well: (day: number) => number
  latencyMs?: number
  perDay?: number
}

/** Asks as the program does, day by day; who was chosen each time, and the regret against the best fixed provider. */
function simulate(providers: readonly Simulated[], days: number, askedADay: number, seed: number): { chosen: number[][]; regret: number } {
  const random = new Random(seed)
  const history = providers.map((): DayFigures[] => [])
  const chosen: number[][] = []
  let got = 0
  const fixed = providers.map(() => 0)
  for (let today = 0; today < days; today++) {
    for (const of of history) for (const figures of of) figures.age++
    for (const of of history) of.push(day({}))
    const choices: number[] = []
    for (let unit = 0; unit < askedADay; unit++) {
      const worth = providers.map(({ well, latencyMs = 0 }) => {
        const succeeded = random.below(1_000_000) < well(today) * 1_000_000 ? 1 : 0
        return { succeeded, latencyMs, reward: rewardOf(day({ requests: 1, succeeded, latencyMs })) }
      })
      const left = [...providers.keys()].filter((index) => history[index]!.at(-1)!.requests < (providers[index]!.perDay ?? Infinity))
      const index = left[choose(left.map((index) => history[index]!.filter(({ requests }) => requests > 0)))]!
      const { succeeded, latencyMs, reward } = worth[index]!
      const figures = history[index]!.at(-1)!
      Object.assign(figures, { requests: figures.requests + 1, succeeded: figures.succeeded + succeeded, latencyMs: figures.latencyMs + latencyMs })
      got += reward
      for (const [other, { reward }] of worth.entries()) fixed[other]! += reward
      choices.push(index)
    }
    chosen.push(choices)
  }
  return { chosen, regret: Math.max(...fixed) - got }
}

const share = (choices: readonly number[], of: number): number => choices.filter((choice) => choice === of).length / choices.length

await t.test('the regret against the best fixed provider stays below what is proven of UCB1', (t) => {
  const providers: Simulated[] = [{ well: () => 0.5 }, { well: () => 0.97, latencyMs: 300 }, { well: () => 0.9, latencyMs: 2500 }]
  const means = [0.5, 0.97 * (2000 / 2300), 0.9 * (2000 / 4500)]
  const gaps = means.map((mean) => Math.max(...means) - mean).filter((gap) => gap > 0)
  const asked = 5000
  // Theorem 1 of Auer, Cesa-Bianchi and Fischer, of one day, in which nothing is discounted.
  const bound = gaps.reduce((sum, gap) => sum + (8 * Math.log(asked)) / gap + (1 + Math.PI ** 2 / 3) * gap, 0)
  for (const seed of [1, 2, 3]) {
    const { regret, chosen } = simulate(providers, 1, asked, seed)
    t.comment(`seed ${seed}: regret ${regret.toFixed(1)} of ${asked} units, ${((100 * regret) / asked).toFixed(2)} %; proven: at most ${bound.toFixed(1)}`)
    t.ok(regret < bound, `${regret} < ${bound}`)
    t.ok(share(chosen[0]!, 1) > 0.8, 'the best has most of them')
  }
  t.end()
})

await t.test('the same history gives the same choices', (t) => {
  const providers: Simulated[] = [{ well: () => 0.7 }, { well: () => 0.8 }, { well: () => 0.75 }]
  t.same(simulate(providers, 3, 300, 7), simulate(providers, 3, 300, 7))
  t.notSame(simulate(providers, 3, 300, 7).chosen, simulate(providers, 3, 300, 8).chosen)
  t.end()
})

await t.test('a provider that dies is left within a day, and has its share again after it came back', (t) => {
  const dies: Simulated = { well: (day) => (day >= 5 && day < 8 ? 0 : 0.98) }
  const { chosen, regret } = simulate([dies, { well: () => 0.8 }], 20, 400, 5)
  const shares = chosen.map((choices) => share(choices, 0))
  t.comment(`share of the one that dies on day 5 and is back on day 8: ${shares.map((of) => of.toFixed(2)).join(' ')}; regret ${regret.toFixed(1)} of 8000`)
  t.ok(shares[4]! > 0.7, 'well before')
  t.ok(shares[7]! < 0.3, 'left while it is down')
  t.ok(shares.slice(12).every((of) => of > 0.6), 'asked again')
  // It is better than the other on 17 of 20 days: whoever asked it alone would have lost the 3 days that it was down.
  t.ok(regret < 0.05 * 8000, 'all of it costs less than one unit in twenty')
  t.end()
})

await t.test('a limit that runs out in the middle of a day leaves the others, and the better one is asked first again on the next', (t) => {
  const { chosen } = simulate([{ well: () => 0.9, perDay: 100 }, { well: () => 0.5 }, { well: () => 0.7, perDay: 150 }], 4, 400, 11)
  for (const [today, choices] of chosen.entries()) {
    t.same([0, 2].map((index) => choices.filter((choice) => choice === index).length <= (index === 0 ? 100 : 150)), [true, true], 'no limit is passed')
    t.same([choices.length, choices.filter((choice) => choice === 0).length], [400, 100], 'all is asked for, and of the best what it gives')
    const last = choices.lastIndexOf(0)
    t.ok(choices.slice(last + 1).length > 100 && !choices.slice(last + 1).includes(0), `the best ends with the request ${last} of day ${today}`)
  }
  t.end()
})
