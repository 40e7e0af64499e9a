import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { Test } from 'tap'

/** A mail as a server took it. */
export interface TakenMail {
  from: string
  to: string[]
  /** The user who was let in; undefined: nobody had to be. */
  user: string | undefined
  isEncrypted: boolean
  raw: string
  mail: Email
}

/** At which word of a client the server refuses what, by its answer: `550 no such user`. */
export type SmtpFault = (step: 'auth' | 'from' | 'to' | 'data', address: string) => string | undefined

export interface TestSmtpServer {
  port: number
  mails: TakenMail[]
  /** What clients said who they are, with passwords. */
  logins: string[]
  fault: SmtpFault
}

function refusal(answer: string | undefined): Error | null {
  return answer === undefined ? null : Object.assign(new Error(answer.slice(4)), { responseCode: Number(answer.slice(0, 3)) })
}

/** A real mail server on this machine that keeps what it is given; with a certificate it offers STARTTLS, with `needsLogin` it wants `user` and `secret`. */
export async function startSmtpServer(t: Test, { tls, needsLogin = false }: { tls?: { key: string; cert: string }; needsLogin?: boolean } = {}): Promise<TestSmtpServer> {
  const running: TestSmtpServer = { port: 0, mails: [], logins: [], fault: () => undefined }
  const keep = async (stream: Readable, { envelope: { mailFrom, rcptTo }, secure, user }: SMTPServerSession, done: (refused: Error | null) => void): Promise<void> => {
    const raw = await buffer(stream)
    const refused = refusal(running.fault('data', ''))
    if (refused === null) {
      running.mails.push({ from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address), user: user as string | undefined, isEncrypted: secure, raw: raw.toString(), mail: await PostalMime.parse(raw) })
    }
    done(refused)
  }
  const server = new SMTPServer({
    ...tls, authOptional: !needsLogin, allowInsecureAuth: true, disableReverseLookup: true, closeTimeout: 1, disabledCommands: [...(tls ? [] : ['STARTTLS']), ...(needsLogin ? [] : ['AUTH'])],
    onAuth({ username = '', password = '' }, _session, done) {
      running.logins.push(`${username}:${password}`)
      const fault = running.fault('auth', username)
      if (fault !== undefined || password !== 'secret') done(refusal(fault ?? '535 wrong user or password'))
      else done(null, { user: username })
    },
    onMailFrom: ({ address }, _session, done) => done(refusal(running.fault('from', address))),
    onRcptTo: ({ address }, _session, done) => done(refusal(running.fault('to', address))),
    onData: (stream, session, done) => void keep(stream, session, done),
  })
  // A client that goes away is no failure of the server.
  server.on('error', () => undefined)
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  running.port = (listening.address() as AddressInfo).port
  t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return running
}
