import { S3Client } from '@aws-sdk/client-s3'
import type { S3Place } from './place.js'

/** More connections than lanes and prefetching ever need. */
const MAX_SOCKETS = 256

/**
 * A client for the place. Static keys come from `env`; without them, or with AWS_PROFILE, the SDK looks in its usual
 * places (profiles, SSO, container and instance roles). It never retries: our own retry does.
 */
export function s3Client(place: S3Place, env: NodeJS.ProcessEnv): S3Client {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken, AWS_PROFILE: profile } = env
  return new S3Client({
    region: place.region,
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { socketTimeout: 0, httpAgent: { maxSockets: MAX_SOCKETS }, httpsAgent: { maxSockets: MAX_SOCKETS } },
    ...(place.endpoint !== undefined && { endpoint: place.endpoint }),
    ...(profile && { profile }),
    ...(!profile && accessKeyId && secretAccessKey && { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } }),
  })
}
