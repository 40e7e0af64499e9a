import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { channelsOf } from '../../lib/channels/channels.js'
import { noticeText } from '../../lib/channels/mail/text.js'
import { noticeDocument } from '../../lib/documents/notice.js'
import { ChannelError, type Channel } from '../../lib/features/alerts/channel.js'
import { NOTICE_EVENTS, type Notice, type NoticeEvent } from '../../lib/features/alerts/notice.js'
import { startSmtpServer, type SmtpFault } from '../helpers/smtp-server.js'
import { makeCertificate } from '../helpers/tls-server.js'
import { LATE, sampleNotice } from './sample-notices.js'

const SETTINGS = { mailTo: ['ops@example.com', 'Ann Lee <ann@example.com>'], mailFrom: 'ohlcv <alerts@example.com>', mailPrefix: '[ohlcv]', statusUrl: 'https://status.example.com/' }
const NOW = () => new Date('2026-11-22T08:00:00Z')
const NEVER = new AbortController().signal

/** Mails by a server. */
function mailBy(url: string, settings: Partial<typeof SETTINGS> = {}): Channel {
  const [mail] = channelsOf({ OHLCV_SMTP_URL: url }, { ...SETTINGS, ...settings }, NOW)
  return mail!
}

const plain = await startSmtpServer(t)
const plainUrl = `smtp://127.0.0.1:${plain.port}`

/** The mail that a notice came as. */
async function received(notice: Notice): Promise<(typeof plain.mails)[number]> {
  await mailBy(plainUrl).send(notice, NEVER)
  return plain.mails.pop()!
}

const header = ({ mail }: (typeof plain.mails)[number], name: string): string | undefined => mail.headers.find(({ key }) => key === name.toLowerCase())?.value

const { certificate, key } = makeCertificate(t.testdir({}), 'smtp')
const locked = await startSmtpServer(t, { tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(certificate, 'utf8') }, needsLogin: true })
const trusting = 'tls.rejectUnauthorized=false'

await t.test('with a user a mail goes by STARTTLS only, once, to all', async (t) => {
  const { answer } = await mailBy(`smtp://user:secret@localhost:${locked.port}?${trusting}`).send(sampleNotice('opened'), NEVER)
  t.equal(answer, 'taken for 2 recipients (250)')
  t.match(locked.mails, [{ from: 'alerts@example.com', to: ['ops@example.com', 'ann@example.com'], user: 'user', isEncrypted: true }])
  t.equal(locked.mails.length, 1)
})

await t.test('a mail says what is wrong with which asset and interval, how late it is, how the vendor is, which incident and run, where to look and what to do, as text and as HTML', async (t) => {
  const taken = await received(sampleNotice('opened'))
  const { mail } = taken
  t.match(mail, {
    subject: '[ohlcv] STALE day 2026-11-20: 95 min late (day files)', from: { name: 'ohlcv', address: 'alerts@example.com' },
    to: [{ address: 'ops@example.com' }, { name: 'Ann Lee', address: 'ann@example.com' }], date: '2026-11-21T17:35:00.000Z', messageId: '<3f0c2a52-6a3b-4f7e-9a55-0d6f3f1f7a01@example.com>',
  })
  const words = ['The day_aggs file of 2026-11-20 is late', 'AAPL, AMZN, GOOGL, IWM, META and 95 more', '100 symbols', 'day', '95 minutes', 'massive: unavailable', '12, warning', '2026-11-21 11:00 UTC, number 4711', 'FILE_MISSING', 'https://status.example.com/?alert=12']
  const asText = mail.html!.replaceAll(/<[^>]*href="([^"]*)"[^>]*>/g, '$1 ').replaceAll(/<[^>]+>/g, '').replaceAll('&amp;', '&')
  for (const word of [...words, 'ohlcv load --date 2026-11-20', 'ohlcv alerts acknowledge 12']) t.same([mail.text!.includes(word), asText.includes(word)], [true, true], word)
  t.notMatch(mail.html, /<img|<script|<link|url\(/, 'nothing is loaded from elsewhere')
  t.same(['Auto-Submitted', 'List-Id', 'X-Ohlcv-Event', 'X-Ohlcv-Incident', 'X-Ohlcv-Kind', 'X-Ohlcv-Severity', 'Importance'].map((name) => header(taken, name)),
    ['auto-generated', 'ohlcv <ohlcv.example.com>', 'opened', '12', 'stale', 'warning', undefined])
})

await t.test('it is the same at every try, and what goes on from a notice is a reply to it', async (t) => {
  const [first, again] = [await received(sampleNotice('cleared')), await received(sampleNotice('cleared'))]
  t.same([again.mail.messageId, again.mail.date, again.mail.text, again.mail.html], [first.mail.messageId, first.mail.date, first.mail.text, first.mail.html])
  t.same([first.mail.inReplyTo, first.mail.references], ['<11111111-2222-4333-8444-555555555555@example.com>', '<11111111-2222-4333-8444-555555555555@example.com>'])
  t.equal(header(await received(sampleNotice('escalated')), 'Importance'), 'High')
})

await t.test('a subject says in a line what happened', async (t) => {
  const title = (event: NoticeEvent, more: Partial<Notice> = {}): string => noticeDocument(sampleNotice(event, more), undefined).title
  const about = (more: Partial<typeof LATE>): string => title('opened', { incidents: [{ ...LATE, ...more }] })
  t.equal(title('escalated'), 'CRITICAL MISSING day 2026-11-20: 1,445 min late (day files)')
  t.equal(title('reopened'), 'AGAIN STALE day 2026-11-20: 95 min late (day files)')
  t.equal(title('cleared'), 'CLEARED stale day 2026-11-20 after 3 h 12 m (day files)')
  t.equal(title('cleared', { incidents: [{ ...LATE, clearedAt: '2026-12-08T00:00:00.000Z', details: { ...LATE.details, unwatched: true } }] }), 'NO LONGER WATCHED: stale day 2026-11-20 (day files)')
  t.equal(title('cleared', { incidents: [{ ...LATE, clearedAt: '2026-11-21T17:47:00.000Z', kind: 'provider', dataset: null, timespan: null, details: {}, summary: 'massive has not answered.' }] }), 'CLEARED provider after 12 m; it was: massive has not answered', 'which one')
  t.equal(title('reminder'), '5 still open: 2 critical, 3 warnings')
  t.equal(about({ symbol: 'SPY', dataset: null, timespan: 'hour', details: { lagMinutes: 61, dates: ['2026-11-20'] } }), 'STALE hour SPY 2026-11-20: 61 min late')
  t.equal(about({ dataset: 'minute_aggs', timespan: 'minute', details: { lagMinutes: 4415, dates: ['2026-11-17', '2026-11-18', '2026-11-19'] } }), 'STALE minute 2026-11-17 and 2 more: 4,415 min late (minute files)')
  t.equal(about({ kind: 'disk', severity: 'critical', dataset: null, timespan: null, provider: null, details: {}, summary: 'The disk of the database has 4 % left.' }), 'CRITICAL DISK: The disk of the database has 4 % left')
  t.equal(about({ kind: 'gap', symbol: null, details: { symbols: ['A', 'B'], symbolCount: 12 }, summary: `12 securities ${'have no bar, '.repeat(20)}` }), 'GAP day 12 symbols: 12 securities have no bar, have no bar, have no bar, have no bar, have no bar, have no…')
})

await t.test('what comes from files cannot add a header or a recipient, nor markup, nor turn text around', async (t) => {
  const evil = 'X\r\nBcc: thief@example.com\r\n\r\n<script>alert(1)</script>\u202eTXT'
  const taken = await received(sampleNotice('opened', { incidents: [{ ...LATE, symbol: evil, kind: 'gap', summary: evil, hint: `${evil}: ohlcv load`, details: { symbols: [evil], dates: [evil], code: evil } }] }))
  t.same(taken.to, ['ops@example.com', 'ann@example.com'])
  t.same([header(taken, 'Bcc'), taken.mail.headers.filter(({ value }) => value.includes('\n')).length], [undefined, 0])
  t.match(taken.mail.subject, /^\[ohlcv\] GAP day X Bcc: thief@example\.com <script>/)
  t.notMatch(taken.mail.subject, /[\r\n\u202e]/)
  t.notMatch(taken.mail.html, /<script|\u202e/)
  t.notMatch(taken.mail.text, /\u202e|^Bcc/m)
})

await t.test('text has lines of at most 72 columns, but for links and commands', async (t) => {
  for (const event of NOTICE_EVENTS.filter((each) => each !== 'report')) {
    const text = noticeText(noticeDocument(sampleNotice(event), SETTINGS.statusUrl))
    t.same(text.split('\n').filter((line) => line.length > 72 && !/^ *(https:|ohlcv )/.test(line)), [], event)
    t.equal(/[\p{Cc}]/u.test(text.replaceAll('\n', '')), false, event)
  }
})

/** How a mail ends whose server does so. */
async function failing(fault: SmtpFault): Promise<Pick<ChannelError, 'code' | 'permanent' | 'message'>> {
  plain.fault = fault
  try {
    await mailBy(plainUrl).send(sampleNotice('opened'), NEVER)
    return { code: 'sent', permanent: false, message: '' }
  } catch (error) {
    return error as ChannelError
  } finally {
    plain.fault = () => undefined
  }
}

await t.test('what a server refuses is known by a code, and only the mail itself is refused for good', async (t) => {
  const faults: [string, string, boolean, SmtpFault][] = [
    ['greylisting', 'CHANNEL_BUSY', false, (step) => (step === 'to' ? '451 4.7.1 greylisted, ops@example.com' : undefined)],
    ['a server that is full', 'CHANNEL_BUSY', false, (step) => (step === 'data' ? '452 no room' : undefined)],
    ['one of two asks to wait and the other is refused', 'CHANNEL_BUSY', false, (step, address) => (step === 'to' ? (address.startsWith('ops') ? '450 wait' : '550 no') : undefined)],
    ['no such recipients', 'CHANNEL_RECIPIENTS', false, (step, address) => (step === 'to' ? `550 no user ${address} here` : undefined)],
    ['a sender that may not', 'CHANNEL_RECIPIENTS', false, (step) => (step === 'from' ? '553 not yours' : undefined)],
    ['a login that is wanted', 'CHANNEL_LOGIN', false, (step) => (step === 'from' ? '530 authentication required' : undefined)],
    ['a mail that is refused', 'CHANNEL_REFUSED', true, (step) => (step === 'data' ? '554 spam' : undefined)],
  ]
  for (const [what, code, permanent, fault] of faults) {
    const error = await failing(fault)
    t.match(error, { code, permanent }, what)
    t.notMatch(error.message, /127|example|greylisted|spam/, `${what}: no host, address or word of the server`)
  }
  t.equal(plain.mails.length, 0)
})

await t.test('a mail that is taken for some is sent: again it would come twice to them', async (t) => {
  plain.fault = (step, address) => (step === 'to' && address.startsWith('ann') ? '550 no such user' : undefined)
  t.equal((await mailBy(plainUrl).send(sampleNotice('opened'), NEVER)).answer, 'taken for 1 of 2 recipients (250)')
  t.same(plain.mails.pop()?.to, ['ops@example.com'])
  plain.fault = () => undefined
})

await t.test('a server that is down, silent, not to be trusted or that lets nobody in is told by a code, without passwords', async (t) => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const ways: [string, string][] = [
    ['smtp://127.0.0.1:1', 'CHANNEL_UNREACHABLE'], [`smtp://127.0.0.1:${(silent.address() as AddressInfo).port}?greetingTimeout=50`, 'CHANNEL_TIMEOUT'],
    [`smtp://user:wr0ng@localhost:${locked.port}?${trusting}`, 'CHANNEL_LOGIN'], [`smtp://user:secret@localhost:${locked.port}`, 'CHANNEL_TLS'], [`smtp://user:secret@127.0.0.1:${plain.port}`, 'CHANNEL_TLS'],
    [`smtps://user:secret@127.0.0.1:${plain.port}`, 'CHANNEL_TLS'],
  ]
  const before = locked.logins.length
  for (const [url, code] of ways) {
    const error = await mailBy(url).send(sampleNotice('opened'), NEVER).catch((caught: unknown) => caught)
    t.ok(error instanceof ChannelError, url)
    t.match(error, { code, permanent: false }, url)
    t.notMatch((error as Error).message, /127|localhost|secret|wr0ng/, url)
  }
  t.same([locked.logins.slice(before), plain.logins], [['user:wr0ng'], []], 'the password went to nobody who might not have it')
})

await t.test('who is stopped sends nothing any more', async (t) => {
  const stopped = new Error('stopped')
  await t.rejects(mailBy(plainUrl).send(sampleNotice('opened'), AbortSignal.abort(stopped)), stopped)
  t.equal(plain.mails.length, 0)
})

await t.test('what is set up by half is refused before anything is sent, without its values', async (t) => {
  const NOBODY = { ...SETTINGS, mailTo: [], mailFrom: undefined }
  t.same(channelsOf({}, NOBODY, NOW), [])
  t.same(channelsOf({ SMTP_URL: 'smtp://localhost' }, NOBODY, NOW), [], 'the variable of other programs alone is no wish to be mailed')
  t.same(channelsOf({ SMTP_URL: plainUrl }, SETTINGS, NOW).map(({ name }) => name), ['mail'])
  t.ok(channelsOf({ OHLCV_SMTP_URL: 'smtp://alerts%40example.com:x@localhost' }, { ...SETTINGS, mailFrom: undefined }, NOW)[0], 'the user is who it is from')
  const HOOK = 'https://example.com/s3cret'
  const wrong: [Record<string, string>, Partial<typeof SETTINGS> | typeof NOBODY, RegExp][] = [
    [{ OHLCV_SMTP_URL: plainUrl }, NOBODY, /^OHLCV_MAIL_TO is not set/], [{}, {}, /^OHLCV_SMTP_URL is not set/],
    [{ OHLCV_SMTP_URL: 'http://s3cret@example.com' }, {}, /^OHLCV_SMTP_URL must be a URL that begins with smtps:\/\/ or smtp:\/\/$/], [{ SMTP_URL: 's3cret' }, {}, /^SMTP_URL must be/],
    [{ OHLCV_SMTP_URL: `${plainUrl}?sendmail=true` }, {}, /^OHLCV_SMTP_URL has the option "sendmail"; there are requireTLS, /], [{ OHLCV_SMTP_URL: `${plainUrl}?requireTLS=maybe` }, {}, /value of requireTLS/],
    ...['a%zz:s3cret@localhost', 'u:12#s3cret@localhost', 'u:12/s3cret@localhost', 'u:12?s3cret@localhost'].map((login): (typeof wrong)[number] => [{ OHLCV_SMTP_URL: `smtp://${login}` }, {}, /^OHLCV_SMTP_URL has more than user, password, server, port and options: [^]* @ %40$/]),
    [{ OHLCV_SMTP_URL: plainUrl }, { mailTo: ['ops@example.com\r\nBcc: x@example.com'] }, /^OHLCV_MAIL_TO must have addresses/], [{ OHLCV_SMTP_URL: plainUrl }, { mailTo: ['a@example.com <b@example.com>, c@example.com'] }, /^OHLCV_MAIL_TO/],
    [{ OHLCV_SMTP_URL: plainUrl }, { mailFrom: 'nobody' }, /^OHLCV_MAIL_FROM must/], [{ OHLCV_SMTP_URL: plainUrl }, { mailFrom: undefined } as never, /^OHLCV_MAIL_FROM is not set/],
    [{ OHLCV_SLACK_WEBHOOK: 'ftp://s3cret' }, NOBODY, /^OHLCV_SLACK_WEBHOOK must be a URL that begins with https:\/\/ or http:\/\/$/], [{ OHLCV_WEBHOOK_URL: HOOK }, NOBODY, /^OHLCV_WEBHOOK_SECRET must have 16 bytes or more/],
    [{ OHLCV_WEBHOOK_URL: HOOK, OHLCV_WEBHOOK_SECRET: 'whsec_c2hvcnQ=' }, NOBODY, /^OHLCV_WEBHOOK_SECRET/],
  ]
  for (const [env, settings, message] of wrong) t.throws(() => channelsOf(env, { ...SETTINGS, ...settings }, NOW), { code: 'CHANNEL_SETTING', message }, String(message))
})
