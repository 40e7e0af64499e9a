import { UsageError } from '../../domain/errors.js'

/** A place in S3, and how to get there. */
export interface S3Place {
  bucket: string
  /** Without slashes at its ends; may be empty. */
  prefix: string
  region: string
  /** Scheme, host and port of the endpoint; undefined for AWS itself or what the AWS profile says. */
  endpoint: string | undefined
}

const URI = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/

/** What an `s3://bucket/prefix` and the standard AWS variables say. @throws UsageError */
export function s3Place(uri: string, env: NodeJS.ProcessEnv): S3Place {
  const parts = URI.exec(uri)
  if (!parts) {
    // not repeated: people put passwords into URIs
    throw new UsageError('SOURCE_URI', 'the S3 source is not of the form s3://bucket/prefix', { hint: 'for instance s3://flatfiles/us_stocks_sip' })
  }
  const [, bucket = '', prefix = ''] = parts
  requireWholeKey(bucket, env)
  return {
    bucket,
    prefix: prefix.replaceAll(/^\/+|\/+$/g, ''),
    region: env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1',
    endpoint: endpointOf(env),
  }
}

function endpointOf(env: NodeJS.ProcessEnv): string | undefined {
  const variable = env['AWS_ENDPOINT_URL_S3'] ? 'AWS_ENDPOINT_URL_S3' : 'AWS_ENDPOINT_URL'
  const text = env[variable]
  if (!text) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new UsageError('SOURCE_ENDPOINT', `${variable} is not the address of an S3 endpoint`, { hint: 'it has the form https://host or http://host:port, without a user or password' })
  }
  return url.href.replace(/\/$/, '')
}

/** One half of a key pair would be passed over silently, in favour of whatever other credentials there are. */
function requireWholeKey(bucket: string, env: NodeJS.ProcessEnv): void {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_PROFILE: profile } = env
  if (profile || !id === !secret) return
  throw new UsageError('SOURCE_NO_CREDENTIALS', `${id ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID'} is not set, so s3://${bucket} cannot be used`, {
    hint: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set together',
  })
}
