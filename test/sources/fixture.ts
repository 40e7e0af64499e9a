import type { Test } from 'tap'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { MASSIVE } from '../../lib/providers/massive/massive.js'
import { sourceAt, type Source } from '../../lib/sources/source.js'
import { dayFilePath } from '../helpers/load.js'
import type { S3Object } from '../helpers/s3-objects.js'
import { s3, type S3Fixture } from '../transport/s3/fixture.js'

export interface S3SourceFixture extends Pick<S3Fixture, 'server'> {
  source: Source
  /** Makes the object the day file of the date; returns its key. */
  publish: (date: string, object: S3Object | Buffer) => string
}

/** A running S3 server as a source of day files. */
export async function s3Source(t: Test): Promise<S3SourceFixture> {
  const { server, transport, publish } = await s3(t)
  return { server, source: sourceAt(transport, MASSIVE), publish: (date, object) => publish(dayFilePath(DAY_AGGS, date), object) }
}
