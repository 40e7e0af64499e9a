/**
 * Serves a directory as a bucket, for trying things by hand:
 *   node --import=@tapjs/typescript/import test/helpers/serve-s3.ts DIR [PORT]
 * prints the variables a client needs, for `eval` or `env`, and runs until it is stopped.
 */
import { directoryObjects } from './s3-objects.js'
import { startS3Server } from './s3-server.js'

const [directory = '.', port = '0'] = process.argv.slice(2)
const server = await startS3Server({ objects: await directoryObjects(directory), port: Number(port) })
for (const [name, value] of Object.entries(server.env)) process.stdout.write(`export ${name}='${value}'\n`)
process.stdout.write(`# ${server.objects.size} objects in s3://${server.bucket}\n`)
