import { counted, few } from '../../../documents/figures.js'
import type { PollObserver } from '../../../features/fetch/poll/ports.js'
import type { Fault } from '../../../features/fetch/poll/troubles.js'
import type { Context } from '../../framework/command.js'
import { printable } from '../../terminal/printable.js'
import { duration, instant } from '../../terminal/times.js'

/** What is wrong, with all whom it is about. */
function together(faults: ReadonlyMap<string, Fault>): { subjects: string[]; fault: Fault }[] {
  const found = new Map<string, { subjects: string[]; fault: Fault }>()
  for (const [subject, fault] of faults) {
    const key = `${fault.code} ${fault.message}`
    const known = found.get(key) ?? { subjects: [], fault }
    known.subjects.push(printable(subject))
    found.set(key, known)
  }
  return [...found.values()]
}

/** Tells on stderr how a poll goes on: a line a tick, and what is wrong once. */
export function pollProgress({ log }: Pick<Context, 'log'>): Required<PollObserver> {
  return {
    onSleep: ({ date, start }) => log.info({ date }, `the exchange is closed; asking again from ${instant(new Date(start))} on`),
    onSession: ({ date, end }, job) => log.info({ job, date }, `polling the session of ${date} until ${instant(new Date(end))}`),
    onTick(date, { faults, counts: { inserted, updated, heldBack }, requests }, isLast) {
      const failed = [...faults.values()].filter((fault) => fault !== null).length
      log.info({ date, inserted, updated, held_back: heldBack, failed, requests }, `${counted(faults.size - failed, 'symbol')} answered${isLast ? ' for the last time' : ''}: ${counted(inserted, 'minute')} inserted, ${updated} updated`)
    },
    onSkipped: (ticks, ms) => log.warn({ ticks }, `${counted(ticks, 'tick')} left out: the one before took ${duration(ms)}`),
    onTrouble(faults) {
      for (const { subjects, fault: { code, message } } of together(faults)) log.warn({ code }, `${few(subjects)}: ${printable(message)}; it is tried again`)
    },
    onRecovered: (subjects) => log.info(`${few(subjects.map(printable))}: well again`),
  }
}
