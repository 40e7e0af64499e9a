import t from 'tap'
import { Random } from '../helpers/random.js'
import { Torture } from './torture.js'

/** A short run with a fixed seed in the suite; `make torture` makes it a long one with another seed each time. */
const SECONDS = Number(process.env['TORTURE_SECONDS'] ?? 2)
const SEED = Number(process.env['TORTURE_SEED'] ?? 1)

await t.test(`whatever is killed, one run in peace makes the state what it is to be (seed ${SEED}, ${SECONDS} s)`, { timeout: (SECONDS + 600) * 1000 }, async (t) => {
  t.comment(`seed ${SEED}; again with: make torture TORTURE_SEED=${SEED} TORTURE_SECONDS=${SECONDS}`)
  const torture = await Torture.begin(t, new Random(SEED))
  const until = performance.now() + SECONDS * 1000
  while (performance.now() < until || torture.damage.loaderKills === 0) {
    await torture.round()
    const halves = await torture.check()
    if (halves.length > 0) t.same(halves, [], 'every date is whole')
    if (SECONDS > 60 && torture.damage.checks % 20 === 0) t.comment(JSON.stringify(torture.damage))
  }
  const { exit, state, clean, open, otherVersions } = await torture.end()
  t.comment(JSON.stringify(torture.damage))
  t.equal(exit.code, 0, exit.stdout)
  t.equal(open, 0, 'no run is left open')
  t.same(otherVersions, [], 'every date stands at the last version of its file')
  for (const [name, lines] of Object.entries(clean)) {
    t.ok(lines.length > 0 && JSON.stringify(state[name]) === JSON.stringify(lines), name, { lacking: lines.filter((line) => !state[name]!.includes(line)).slice(0, 5) })
  }
})
