import { load } from './load.js'
import { calendar } from './calendar.js'
import { universe } from './universe.js'
import { bars } from './bars.js'
import { runs } from './runs.js'
import { rejects } from './rejects.js'
import { db } from './db.js'
import { sql } from './sql.js'
import { doctor } from './doctor.js'
import { revisions } from './revisions.js'
import { status } from './status.js'
import { verify } from './verify.js'
import type { Registration } from './shared/command.js'

/** Every command, in the order in which help lists them. */
export const commands: Registration[] = [
  load,
  bars,
  status,
  runs,
  rejects,
  revisions,
  verify,
  calendar,
  universe,
  db,
  sql,
  doctor,
]
