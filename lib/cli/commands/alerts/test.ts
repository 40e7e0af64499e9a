import { channelsOf } from '../../../channels/channels.js'
import { ALERTS_TEST, alertsTestDocument } from '../../../documents/alerts-test.js'
import type { DocumentOf } from '../../../documents/document.js'
import { testChannels } from '../../../features/alerts/test-channels.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { styled } from '../../terminal/colour.js'
import { latency } from '../../terminal/times.js'

function lineOf({ channel, sent, answer, code, message, hint, milliseconds }: DocumentOf<typeof ALERTS_TEST>['channels'][number], colour: boolean): string {
  const state = sent ? styled('sent', 'green', colour) : styled('FAILED', ['bold', 'red'], colour)
  const said = sent ? `${answer} in ${latency(milliseconds)}` : `${message} (${code})${hint === null ? '' : `; ${hint}`}`
  return `${channel.padEnd(7)}  ${state}  ${said}`
}

/** Sends a test through every channel that is set up, and says what each answered. @throws UsageError */
export async function testRequested({ env, settings, now, signal, colour }: Context): Promise<Result<typeof ALERTS_TEST>> {
  const data = alertsTestDocument(await testChannels({ now, signal }, channelsOf(env, settings, now)))
  return { exitCode: data.channels.every(({ sent }) => sent) ? EXIT.ok : EXIT.dateFailed, data, text: () => data.channels.map((one) => lineOf(one, colour)).join('\n') }
}

export const alertsTest = defineCommand({
  document: ALERTS_TEST,
  usage: 'test',
  describe: 'Send a test by mail, Slack and webhook, whichever are set up, and say what each answered. It needs no database.',
  examples: [['alerts test', 'whether people would be told; exit 3 where a channel does not take it']],
  flags: {},
  settings: ['mailTo', 'mailFrom', 'mailPrefix', 'statusUrl'],
  run: (_args, context) => testRequested(context),
})
