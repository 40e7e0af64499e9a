import { NAMES } from '../framework/names.js'
import { loadedLater, type Registration } from '../framework/command.js'

/** Every command, in the order in which help lists them; each is loaded when it is the one that is wanted. */
export const commands: Registration[] = [
  loadedLater(NAMES.load, async () => (await import('./load/load.js')).load),
  loadedLater(NAMES.fetch, async () => (await import('./fetch/fetch.js')).fetch),
  loadedLater(NAMES.import, async () => (await import('./import/group.js')).imports),
  loadedLater(NAMES.poll, async () => (await import('./poll/poll.js')).poll),
  loadedLater(NAMES.sync, async () => (await import('./sync/sync.js')).sync),
  loadedLater(NAMES.bars, async () => (await import('./bars.js')).bars),
  loadedLater(NAMES.status, async () => (await import('./status/status.js')).status),
  loadedLater(NAMES.runs, async () => (await import('./runs.js')).runs),
  loadedLater(NAMES.rejects, async () => (await import('./rejects.js')).rejects),
  loadedLater(NAMES.gaps, async () => (await import('./gaps/gaps.js')).gaps),
  loadedLater(NAMES.revisions, async () => (await import('./revisions.js')).revisions),
  loadedLater(NAMES.verify, async () => (await import('./verify.js')).verify),
  loadedLater(NAMES.quality, async () => (await import('./quality/group.js')).quality),
  loadedLater(NAMES.remediation, async () => (await import('./remediation.js')).remediation),
  loadedLater(NAMES.providers, async () => (await import('./providers/group.js')).providers),
  loadedLater(NAMES.fetches, async () => (await import('./fetches/group.js')).fetches),
  loadedLater(NAMES.fills, async () => (await import('./fills/group.js')).fills),
  loadedLater(NAMES.actions, async () => (await import('./actions/group.js')).actions),
  loadedLater(NAMES.compare, async () => (await import('./compare/compare.js')).compare),
  loadedLater(NAMES.report, async () => (await import('./report/report.js')).report),
  loadedLater(NAMES.serve, async () => (await import('./serve/serve.js')).serve),
  loadedLater(NAMES.act, async () => (await import('./act/act.js')).act),
  loadedLater(NAMES.calendar, async () => (await import('./calendar/group.js')).calendar),
  loadedLater(NAMES.universe, async () => (await import('./universe/group.js')).universe),
  loadedLater(NAMES.db, async () => (await import('./db/group.js')).db),
  loadedLater(NAMES.sql, async () => (await import('./sql.js')).sql),
  loadedLater(NAMES.doctor, async () => (await import('./doctor.js')).doctor),
  loadedLater(NAMES.completion, async () => (await import('./completion.js')).completion),
]
