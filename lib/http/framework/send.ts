import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Rendered } from './rendered.js'

/** Whether what If-None-Match names is there: one of a list, or anything. */
function isKnown(header: string | undefined, etag: string): boolean {
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '')
  return header !== undefined && header.split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag))
}

/** Whether gzip is among the encodings that are accepted, and not by a weight of nothing. */
function acceptsGzip(header: string | string[] | undefined): boolean {
  const weights = new Map(String(header ?? '').split(',').map((entry) => {
    const [coding = '', ...parameters] = entry.trim().toLowerCase().split(/\s*;\s*/)
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    return [coding, weight === undefined ? 1 : Number(weight.slice(2))]
  }))
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0
}

/** Sends an answer: nothing but its tag to who has it already, compressed to who takes that. */
export async function send({ headers }: FastifyRequest, reply: FastifyReply, rendered: Rendered): Promise<FastifyReply> {
  reply.headers({ 'cache-control': headers.authorization === undefined ? 'no-cache' : 'private, no-cache', ...rendered.headers, vary: 'Accept-Encoding, Authorization', etag: rendered.etag })
  if (rendered.status === 200 && isKnown(headers['if-none-match'], rendered.etag)) return reply.code(304).send()
  const compressed = acceptsGzip(headers['accept-encoding']) ? await rendered.gzipped() : null
  if (compressed) reply.header('content-encoding', 'gzip')
  return reply.code(rendered.status).type(rendered.type).send(compressed ?? rendered.body)
}
