import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import * as v from 'valibot'
import { channelsOf } from '../../lib/channels/channels.js'
import { slackMessage } from '../../lib/channels/slack.js'
import { NOTICE, noticeDocument } from '../../lib/documents/notice.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { ChannelError, type Channel } from '../../lib/features/alerts/channel.js'
import { NOTICE_EVENTS } from '../../lib/features/alerts/notice.js'
import { callProgram } from '../helpers/call-program.js'
import { startSmtpServer } from '../helpers/smtp-server.js'
import { LATE, sampleNotice } from './sample-notices.js'

const SECRET = 'a secret of the test'
const NOW = new Date('2026-11-21T18:00:00.900Z')
const NEVER = new AbortController().signal
const SETTINGS = { mailTo: [], mailFrom: undefined, mailPrefix: '', statusUrl: 'https://status.example.com/' }

const requests: { url: string; headers: IncomingHttpHeaders; body: string }[] = []
let answer: { status: number; headers?: Record<string, string> } | null = { status: 200 }

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  requests.push({ url: request.url ?? '', headers: request.headers, body: await text(request) })
  if (answer !== null) response.writeHead(answer.status, answer.headers).end('no secret of yours: a secret of the test')
}

const server = createServer((request, response) => void take(request, response)).listen(0, '127.0.0.1')
await once(server, 'listening')
t.teardown(() => {
  server.closeAllConnections()
  server.close()
})
const { port } = server.address() as AddressInfo
const url = `http://127.0.0.1:${port}/T00/s3cret-path`

const webhook = (secret = SECRET): Channel => channelsOf({ OHLCV_WEBHOOK_URL: url, OHLCV_WEBHOOK_SECRET: secret }, SETTINGS, () => NOW)[0]!
const slack = channelsOf({ OHLCV_SLACK_WEBHOOK: url }, SETTINGS, () => NOW)[0]!

/** An example of docs/ALERTS.md, by its language. */
const example = (language: string): string => new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'm').exec(readFileSync(path.join(PACKAGE_ROOT, 'docs/ALERTS.md'), 'utf8'))![1]!
const folder = t.testdir({})

await t.test('a webhook is posted the document of a notice, and the example of the documentation knows it as ours', async (t) => {
  t.equal((await webhook().send(sampleNotice('opened'), NEVER)).answer, 'taken (status 200)')
  const { headers, body } = requests.pop()!
  const { schema, ...fields } = JSON.parse(body) as Record<string, unknown>
  t.equal(schema, 'ohlcv.notice/1')
  v.parse(NOTICE.fields, fields)
  const shown = JSON.parse(example('json')) as object
  t.same(JSON.parse(body), shown, 'it is the body that the documentation shows')
  t.match(headers, { 'content-type': 'application/json', 'webhook-id': '3f0c2a52-6a3b-4f7e-9a55-0d6f3f1f7a01', 'webhook-timestamp': '1795284000' })

  const file = path.join(folder, 'verify.mjs')
  writeFileSync(file, example('js'))
  const { isOurs } = (await import(pathToFileURL(file).href)) as { isOurs: (secret: string, headers: IncomingHttpHeaders, body: string, now: number) => boolean }
  const at = NOW.getTime()
  t.same([isOurs(SECRET, headers, body, at), isOurs(`${SECRET}.`, headers, body, at), isOurs(SECRET, headers, `${body} `, at), isOurs(SECRET, { ...headers, 'webhook-id': 'x' }, body, at), isOurs(SECRET, headers, body, at + 301_000), isOurs(SECRET, {}, body, at)],
    [true, false, false, false, false, false])
  const python = spawnSync('python3', ['-c', `${example('python')}\nimport json, sys\nsecret, headers, body, now = json.load(sys.stdin)\nprint(is_ours(secret, headers, body.encode(), now), is_ours(secret + ".", headers, body.encode(), now), is_ours(secret, headers, body.encode(), now + 301))`], { input: JSON.stringify([SECRET, headers, body, at / 1000]), encoding: 'utf8' })
  if (python.error === undefined) t.equal(python.stdout, 'True False False\n', python.stderr)
  await webhook(`whsec_${Buffer.from(SECRET).toString('base64')}`).send(sampleNotice('opened'), NEVER)
  t.equal(requests.pop()!.headers['webhook-signature'], headers['webhook-signature'], 'a secret may be text, or the same as base64')
})

await t.test('the document of each event is what its schema says', async (t) => {
  for (const event of NOTICE_EVENTS) v.parse(NOTICE.fields, JSON.parse(JSON.stringify(noticeDocument(sampleNotice(event), undefined))))
  t.same([slack, webhook()].map(({ takes }) => NOTICE_EVENTS.filter((event) => !takes({ event }))), [['report'], ['report']], 'only mails have reports')
})

interface SlackMessage {
  text: string
  attachments: { color: string; blocks: { type: string; text?: { text: string }; fields?: { text: string }[] }[] }[]
}

await t.test('Slack gets a message that mentions nobody and keeps its limits', async (t) => {
  await slack.send(sampleNotice('opened', { incidents: [{ ...LATE, summary: '<!channel> & <https://evil.example.com|click>', symbol: '<@U1>' }] }), NEVER)
  const { body } = requests.pop()!
  const { text: told, attachments: [{ color, blocks }] } = JSON.parse(body) as { text: string; attachments: [SlackMessage['attachments'][number]] }
  t.same([told, color, blocks.map(({ type }) => type)], ['STALE day &lt;@U1&gt; 2026-11-20: 95 min late', '#c98a00', ['header', 'section', 'section']])
  t.notMatch(JSON.stringify(blocks.slice(1)), /<!|<@|<https:\/\/evil/, 'the header is plain text, in which nothing is markup')
  t.equal(blocks[1]!.text!.text, '*&lt;!channel&gt; &amp; &lt;https://evil.example.com|click&gt;*\n• Load it as soon as the provider has it: `ohlcv load --date 2026-11-20`\n• Or have other providers fill in meanwhile: `ohlcv sync`\n<https://status.example.com/?alert=12|Open the status page>')
  t.same(blocks[2]!.fields!.find((field) => field.text.startsWith('*Lag*')), { type: 'mrkdwn', text: '*Lag*\n95 minutes' })

  const many = Array.from({ length: 60 }, (_, at) => ({ ...LATE, alertId: at, summary: 'x'.repeat(5000) }))
  const { attachments: [long] } = slackMessage(noticeDocument(sampleNotice('reminder', { incidents: many }), SETTINGS.statusUrl)) as SlackMessage
  t.ok(long!.blocks.length <= 50, `${long!.blocks.length} blocks`)
  t.ok(long!.blocks.every((block) => (block.text?.text.length ?? 0) <= 3000))
  t.equal(long!.blocks.at(-2)?.text?.text, '45 more are left out.')
  const wide = { ...LATE, summary: '&'.repeat(5000), hint: Array.from({ length: 9 }, () => `${'<'.repeat(900)}: ohlcv ${'>'.repeat(900)}`).join('; '), details: { found: '&'.repeat(5000), dates: ['<'.repeat(5000)] } }
  const { attachments: [one] } = slackMessage(noticeDocument(sampleNotice('opened', { incidents: [wide] }), SETTINGS.statusUrl)) as SlackMessage
  t.ok(one!.blocks.every((block) => (block.text?.text.length ?? 0) <= 3000 && (block.fields ?? []).every((field) => field.text.length <= 2000)), 'however much there is to escape')
  t.match(one!.blocks[1]!.text!.text, /&amp;…\*\n[^]*<https:\/\/status\.example\.com\/\?alert=12\|Open the status page>$/)
})

await t.test('what the other side answers is known by a code; only a notice that it refuses itself is refused for good', async (t) => {
  const answers: [number, Record<string, string>, string, boolean, number | undefined][] = [
    [429, { 'retry-after': '30' }, 'CHANNEL_BUSY', false, 30], [503, { 'retry-after': 'Sat, 21 Nov 2026 18:02:00 GMT' }, 'CHANNEL_BUSY', false, 120], [500, {}, 'CHANNEL_BUSY', false, undefined],
    [403, {}, 'CHANNEL_LOGIN', false, undefined], [404, {}, 'CHANNEL_ADDRESS', false, undefined], [410, {}, 'CHANNEL_ADDRESS', false, undefined], [302, { location: `${url}/elsewhere` }, 'CHANNEL_ADDRESS', false, undefined],
    [400, {}, 'CHANNEL_REFUSED', true, undefined], [413, {}, 'CHANNEL_REFUSED', true, undefined],
  ]
  for (const channel of [slack, webhook()]) {
    for (const [status, headers, code, permanent, retryAfter] of answers) {
      answer = { status, headers }
      const error = await channel.send(sampleNotice('opened'), NEVER).catch((caught: unknown) => caught)
      t.ok(error instanceof ChannelError)
      t.match(error, { code, permanent, message: `(status ${status})` }, `${channel.name} ${status}`)
      t.equal((error as ChannelError).retryAfter, retryAfter)
      t.notMatch(`${(error as ChannelError).message} ${(error as ChannelError).hint}`, /127|s3cret|a secret/, 'neither URL nor answer is told')
    }
  }
  t.equal(requests.length, 2 * answers.length, 'each asked once: nothing is followed')
  requests.length = 0
})

await t.test('who does not listen, and who hangs, is told by a code without a URL', async (t) => {
  const gone = channelsOf({ OHLCV_SLACK_WEBHOOK: 'http://127.0.0.1:1/s3cret' }, SETTINGS, () => NOW)[0]!
  await t.rejects(gone.send(sampleNotice('opened'), NEVER), { code: 'CHANNEL_UNREACHABLE', message: 'slack cannot be reached', permanent: false })
  const plain = channelsOf({ OHLCV_SLACK_WEBHOOK: `https://127.0.0.1:${port}/s3cret` }, SETTINGS, () => NOW)[0]!
  await t.rejects(plain.send(sampleNotice('opened'), NEVER), { code: /CHANNEL_(TLS|UNREACHABLE)/, message: /^slack can/ })
  answer = null
  const stop = new AbortController()
  const sending = slack.send(sampleNotice('opened'), stop.signal)
  while (requests.length === 0) await new Promise(setImmediate)
  stop.abort(new Error('stopped'))
  await t.rejects(sending, { message: 'stopped' })
  requests.length = 0
})

await t.test('a test goes through every channel, and each answer is told', async (t) => {
  const smtp = await startSmtpServer(t)
  const env = { OHLCV_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`, OHLCV_MAIL_TO: 'ops@example.com', OHLCV_MAIL_FROM: 'alerts@example.com', OHLCV_MAIL_PREFIX: '[night]', OHLCV_WEBHOOK_URL: url, OHLCV_WEBHOOK_SECRET: SECRET }
  answer = { status: 204 }
  const well = await callProgram(['alerts', 'test'], env)
  t.same([well.code, well.stdout.replaceAll(/in [\d.]+ m?s/g, 'in 1 ms')], [0, 'mail     sent  taken for 1 recipient (250) in 1 ms\nwebhook  sent  taken (status 204) in 1 ms\n'])
  t.match([smtp.mails.pop()?.mail.subject, JSON.parse(requests.pop()!.body)], ['[night] Test: what is wrong will be told here', { event: 'test', incidents: [] }])

  answer = { status: 403 }
  const ill = await callProgram(['alerts', 'test', '--json'], { ...env, OHLCV_SMTP_URL: 'smtp://127.0.0.1:1' })
  t.equal(ill.code, 3)
  t.match(JSON.parse(ill.stdout), { channels: [{ channel: 'mail', sent: false, code: 'CHANNEL_UNREACHABLE' }, { channel: 'webhook', sent: false, code: 'CHANNEL_LOGIN' }] })
  t.match((await callProgram(['alerts', 'test'], { ...env, OHLCV_SMTP_URL: 'smtp://127.0.0.1:1' })).stdout, /^mail {5}FAILED {2}the mail server cannot be reached, or broke the connection \(CHANNEL_UNREACHABLE\)\nwebhook {2}FAILED {2}webhook lets nobody in \(status 403\) \(CHANNEL_LOGIN\); make a new URL/)
  t.match(await callProgram(['alerts', 'test'], {}), { code: 2, stderr: /nobody can be told of anything/ })
  t.match(await callProgram(['alerts', 'test'], { OHLCV_MAIL_TO: 'ops@example.com' }), { code: 2, stderr: /OHLCV_SMTP_URL is not set/ })
})
