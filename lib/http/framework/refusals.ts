import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { html } from '../../html/html.js'
import { assetUrl } from '../places/assets.js'
import { asProblem } from './as-problem.js'
import { Problem, problemDocument } from './problem.js'

/** Whether whoever asks would rather see a page: browsers name HTML first, programs do not name it. */
function wantsPage({ headers: { accept = '' } }: FastifyRequest): boolean {
  const types = accept.split(',').map((type) => type.split(';')[0]!.trim().toLowerCase())
  return types.includes('text/html') && !types.some((type) => type.endsWith('json'))
}

function page({ title, detail, code, status, request_id: requestId }: ReturnType<typeof problemDocument>): string {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${status} ${title}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="${assetUrl('page-style.css')}"></head>
<body><main class="card nothing"><h1>${title}</h1><p>${detail}</p><p><a href="/">To the status page</a></p><p><small>${code}, request ${requestId}</small></p></main></body>
</html>
`.text
}

/** Answers a request that failed, as a problem; what it was is for the log only, unless it was the question. */
export async function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const told = asProblem(error)
  if (told.status >= 500) request.log.error({ err: error }, 'a request failed')
  const document = problemDocument(told, request.id)
  const asPage = wantsPage(request)
  // What was meant for the answer does not hold for the problem.
  for (const name of ['etag', 'content-encoding', 'content-length', 'content-disposition']) reply.removeHeader(name)
  reply.code(told.status).headers({ ...told.headers, 'cache-control': 'no-store', vary: 'Accept' }).type(asPage ? 'text/html; charset=utf-8' : 'application/problem+json')
  // As bytes, for a charset would be put beside the type of a text.
  await reply.send(Buffer.from(asPage ? page(document) : JSON.stringify(document)))
}

/** The methods that are served at a path. */
export type MethodsAt = (path: string) => string[]

/** Why nothing is served here: there is no such path, or not by that method. */
export function notServed({ method, url }: Pick<FastifyRequest, 'method' | 'url'>, methodsAt: MethodsAt): Problem {
  const methods = methodsAt(url.replace(/[?#].*$/s, ''))
  if (methods.length === 0) return new Problem(404, 'PATH_UNKNOWN', 'there is nothing at this path; /api/docs lists what there is')
  return new Problem(405, 'METHOD_NOT_ALLOWED', `${method} is not served at this path, but ${methods.join(', ')}`, { allow: methods.join(', ') })
}

const BROKEN: Readonly<Partial<Record<string, [number, string, string]>>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'the header is too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'the request took too long to come'],
}

/** Milliseconds that who is sent away has to read why. */
const FAREWELL = 500

/** Answers what is no request of HTTP, or came too slowly, and closes the connection. */
export function refuseBroken(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, title, detail] = BROKEN[error.code ?? ''] ?? [400, 'Bad Request', 'that is no request of HTTP']
  const body = JSON.stringify({ type: '/problems/REQUEST_MALFORMED', title, status, code: 'REQUEST_MALFORMED', detail, request_id: '' })
  socket.end(`HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${body.length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`)
  // Who does not hang up would else hold the connection for ever.
  setTimeout(() => socket.destroy(), FAREWELL).unref()
}
