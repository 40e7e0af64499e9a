import { text } from 'node:stream/consumers'
import { ACT } from '../../../documents/act.js'
import { UsageError } from '../../../domain/errors.js'
import { act as actOnce, type Taken } from '../../../routines/acting/act.js'
import { readActRequest } from '../../../routines/acting/request.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { NAMES } from '../../framework/names.js'
import { runtimeOf } from '../../framework/runtime.js'
import { perform } from './perform.js'

/** @throws UsageError REQUEST_INVALID */
async function readRequest({ stdin }: Context): Promise<unknown> {
  const written = await text(stdin)
  try {
    return JSON.parse(written)
  } catch (cause) {
    throw new UsageError('REQUEST_INVALID', 'the request on stdin is no JSON', { cause })
  }
}

function taken({ actionId, existing }: Taken): Result<typeof ACT> {
  return { exitCode: EXIT.ok, data: { action_id: actionId, existing }, text: () => `Action ${actionId}${existing ? ', as asked for before' : ''}` }
}

export const act = defineCommand({
  document: ACT,
  ...NAMES.act,
  examples: [[`act < request.json`, 'with {"action": "load", "request": {"dates": {"sessions": 10}}, "requested_by": "me"} in that file']],
  flags: {},
  settings: ['source', 'lanes', 'fetchLanes', 'providers', 'answers', 'maxActions', 'databaseWait'],
  async run(_, context) {
    const { wanted, requestedBy, idempotencyKey } = readActRequest(await readRequest(context))
    // Nobody watches: what is told on stderr is read in a log.
    const acting = { ...context, interactive: false }
    const runtime = await runtimeOf(acting)
    let answer: Taken | undefined
    const exitCode = await actOnce(runtime, { ...wanted, requestedBy, idempotencyKey }, {
      most: context.settings.maxActions,
      async onTaken(known) {
        answer = known
        await context.answer(taken(known))
      },
      work: async (actionId) => (await perform(wanted, requestedBy, await runtimeOf({ ...acting, actionId }), { ...acting, actionId })).exitCode,
      exitCodeOfError,
    })
    return { ...taken(answer!), exitCode }
  },
})
