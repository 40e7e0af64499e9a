import type { IsoDate } from '../../domain/dates.js'
import { wallTime } from '../../domain/zone.js'
import { lockAlerts } from '../../postgres/locks.js'
import { beginTransaction } from '../../postgres/transactions.js'
import type { Queryable } from '../../postgres/database.js'
import { lastCheck, writeCheck } from '../../store/alerts/check.js'
import { incidentsSince, insertIncident, updateIncident } from '../../store/alerts/incidents.js'
import { mutesAt } from '../../store/alerts/mutes.js'
import { toldOf } from '../../store/alerts/notices.js'
import { commitOnce } from '../runs/commit-once.js'
import type { Runtime } from '../runs/runtime.js'
import type { Change, ChangeStep, Evaluation } from './change.js'
import type { Channel } from './channel.js'
import { evaluate } from './evaluate.js'
import { asIncidents, type Incident } from './incident.js'
import type { Notice } from './notice.js'
import { mattersSince } from './patience.js'
import type { AlertRule } from './rules.js'
import type { Situation } from './situation.js'
import type { Trouble } from './trouble.js'
import { writeNotice } from './write-notice.js'

/** What a look has at hand. */
export interface LookPorts {
  /** How people can be told. */
  channels: readonly Channel[]
  /** Sees how everything stands. */
  look: (now: Date) => Promise<Situation>
  rules: readonly AlertRule[]
}

/** What was found, and what came of it. */
export interface LookResult {
  at: Date
  milliseconds: number
  troubles: readonly Trouble[]
  incidents: readonly { incident: Incident; step: ChangeStep }[]
  notices: readonly Notice[]
}

const watchedFromOf = ({ datasets }: Situation): Map<string, IsoDate> => new Map(datasets.map(({ dataset, horizonStart }) => [dataset, horizonStart]))

async function judge(db: Queryable, situation: Situation, troubles: readonly Trouble[], now: Date): Promise<Evaluation & { replyTo: (alertId: number) => string | null }> {
  const incidents = asIncidents(await incidentsSince(db, mattersSince(now)))
  const told = await toldOf(db, incidents.map(({ alertId }) => alertId))
  const evaluation = evaluate({ now, troubles, incidents, mutes: await mutesAt(db, now), told, watchedFrom: watchedFromOf(situation) })
  return { ...evaluation, replyTo: (alertId) => told.get(alertId)?.messageId ?? null }
}

async function writeChange(db: Queryable, { incident: { alertId, ...incident } }: Change): Promise<Incident> {
  const written = { ...incident, alertId: alertId ?? (await insertIncident(db, incident)) }
  if (alertId !== null) await updateIncident(db, written)
  return written
}

/** The look of who holds the lock: what was seen before might be judged after another had seen more. */
async function lookAlone(db: Queryable, { failpoint }: Runtime, ports: LookPorts, now: Date): Promise<LookResult> {
  const began = performance.now()
  const situation = await ports.look(now)
  const troubles = ports.rules.flatMap((rule) => rule(situation))
  const { changes, reminded, replyTo } = await judge(db, situation, troubles, now)
  const incidents: { incident: Incident; step: ChangeStep }[] = []
  const notices: (Notice | undefined)[] = []
  for (const change of changes) {
    const incident = await writeChange(db, change)
    incidents.push({ incident, step: change.step })
    await failpoint('alerts-incident-written')
    if (change.tell !== null) notices.push(await writeNotice(db, { event: change.tell, incidents: [incident], replyTo: replyTo(incident.alertId) }, ports.channels, now))
  }
  if (reminded.length > 0) {
    const dedupKey = `reminder ${wallTime(now, situation.calendar.exchange.zone).date}`
    notices.push(await writeNotice(db, { event: 'reminder', incidents: reminded, dedupKey }, ports.channels, now))
  }
  const milliseconds = Math.round(performance.now() - began)
  await writeCheck(db, { checkedAt: now, milliseconds, troubles: troubles.length })
  return { at: now, milliseconds, troubles, incidents, notices: notices.filter((notice) => notice !== undefined) }
}

/** Looks what is wrong and writes down what comes of it: incidents, and what is to be told of them, all or nothing. Who looks at the same time waits. */
export async function look(runtime: Runtime, ports: LookPorts): Promise<LookResult> {
  const result = await commitOnce(runtime, { begin: (client) => beginTransaction(client), before: 'alerts-before-commit', after: 'alerts-after-commit' }, async (client) => {
    await lockAlerts(client)
    const now = runtime.now()
    return { result: await lookAlone(client, runtime, ports, now), isThere: async (db) => (await lastCheck(db))?.checkedAt.getTime() === now.getTime() }
  })
  return result!
}
