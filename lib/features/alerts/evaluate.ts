import type { IsoDate } from '../../domain/dates.js'
import { grouped } from '../../domain/grouped.js'
import type { ChangeStep, Evaluation } from './change.js'
import type { Draft, Incident } from './incident.js'
import { causeOf, cleared, found, gone, mayReopen, narrowed, opened, reopened } from './steps.js'
import { remindedOf, tellingOf, type Listeners } from './telling.js'
import { isNews, SEVERITIES, type Trouble } from './trouble.js'

/** All that a look is judged by. */
export interface Look extends Listeners {
  now: Date
  troubles: readonly Trouble[]
  /** Those that are open, and those that were cleared of late. */
  incidents: readonly Incident[]
  /** From which date on each dataset is looked at. */
  watchedFrom: ReadonlyMap<string, IsoDate>
}

interface Step {
  incident: Draft
  step: ChangeStep
}

/** Those of a trouble's parts that an incident has. */
const sharedParts = (trouble: Trouble, { parts }: Incident): string[] => trouble.parts.filter((part) => parts.includes(part))

/** The worst of the troubles that an incident is of, as far as it is of it; the first of those that are as bad. News is never an incident of something wrong, nor the other way round: each is told as what it is. */
function troubleOf(incident: Incident, troubles: readonly Trouble[]): Trouble | undefined {
  return troubles
    .filter((trouble) => isNews(trouble) === isNews(incident))
    .flatMap((trouble) => {
      const parts = sharedParts(trouble, incident)
      return parts.length === 0 ? [] : [narrowed(trouble, parts)]
    })
    .toSorted((one, other) => SEVERITIES.indexOf(other.severity) - SEVERITIES.indexOf(one.severity))[0]
}

/** Whether a date of an incident, as it was last found, is no longer looked at. Whether bars are those of their file is told of older dates as well, once somebody verifies them. */
function isUnwatched({ kind, details: { dates = [] }, dataset }: Incident, watchedFrom: Look['watchedFrom']): boolean {
  const from = dataset === null ? undefined : watchedFrom.get(dataset)
  return from !== undefined && kind !== 'checksum' && dates.some((date) => date < from)
}

/** What becomes of an open incident. */
function goOn(incident: Incident, troubles: readonly Trouble[], { now, watchedFrom }: Look): Step {
  const trouble = troubleOf(incident, troubles)
  const next = trouble ? found(incident, trouble, now) : gone(incident, now)
  // News is over with the look after the one that told it.
  if (isNews(next)) return { incident: cleared(next, now), step: 'cleared' }
  if (trouble) return { incident: next, step: 'found' }
  if (next.clearedAt === null) return { incident: next, step: 'gone' }
  return { incident: isUnwatched(next, watchedFrom) ? { ...next, details: { ...next.details, unwatched: true } } : next, step: 'cleared' }
}

/** What comes of one topic: its open incidents go on, some that were over come back, and what is in none of them is a new one for each trouble. */
function judgeTopic(troubles: readonly Trouble[], incidents: readonly Incident[], look: Look): Step[] {
  const open = incidents.filter(({ clearedAt }) => clearedAt === null)
  const over = incidents.filter(({ clearedAt }) => clearedAt !== null)
  const steps = open.map((incident) => goOn(incident, troubles, look))
  const still = steps.map(({ incident }) => incident).filter(({ clearedAt }) => clearedAt === null)
  const covered = new Set(still.flatMap(({ parts }) => parts))
  const causes = new Set(still.map(({ cause }) => cause))
  const told = new Set(incidents.filter(isNews).flatMap(({ parts }) => parts))
  for (const trouble of troubles) {
    for (const incident of over.filter((one) => !isNews(trouble) && mayReopen(one, look.now) && !causes.has(one.cause)).toReversed()) {
      const back = sharedParts(trouble, incident).filter((part) => !covered.has(part))
      if (back.length === 0) continue
      steps.push({ incident: reopened(incident, narrowed(trouble, back), look.now), step: 'reopened' })
      causes.add(incident.cause)
      for (const part of incident.parts) covered.add(part)
    }
    const fresh = trouble.parts.filter((part) => !covered.has(part) && !(isNews(trouble) && told.has(part)))
    if (fresh.length === 0) continue
    steps.push({ incident: opened(narrowed(trouble, fresh), look.now), step: 'opened' })
    causes.add(causeOf(trouble.topic, fresh[0]!))
    for (const part of fresh) covered.add(part)
  }
  return steps
}

/** What follows from a look: what becomes of each incident, which are new, and what people are told. A pure function; the same look again changes nothing. */
export function evaluate(look: Look): Evaluation {
  const troubles = grouped(look.troubles, ({ topic }) => [topic])
  const incidents = grouped(look.incidents, ({ topic }) => [topic])
  const changes = [...new Set([...troubles.keys(), ...incidents.keys()])]
    .flatMap((topic) => judgeTopic(troubles.get(topic) ?? [], incidents.get(topic) ?? [], look))
    .map(({ incident, step }) => ({ incident, step, tell: tellingOf(incident, step, look, look.now) }))
  return { changes, reminded: remindedOf(changes, look, look.now) }
}
