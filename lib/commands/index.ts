import { load } from './load.js'
import { calendar } from './calendar.js'
import { universe } from './universe.js'
import { bars } from './bars.js'
import { runs } from './runs.js'
import { rejects } from './rejects.js'
import { revisions } from './revisions.js'
import type { Registration } from './shared/command.js'

/** Every command, in the order in which help lists them. */
export const commands: Registration[] = [
  load,
  bars,
  runs,
  rejects,
  revisions,
  calendar,
  universe,
]
