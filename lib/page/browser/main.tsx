import { hydrate } from 'preact'
import { StatusClient } from '../../client/status-client.js'
import { App } from '../app.js'
import type { Access, Summary } from '../parts.js'
import { readPlace } from '../place.js'

const data = JSON.parse(document.querySelector('#data')!.textContent) as { summary: Summary | null; access: Access; demo: boolean; now: string }
const client = new StatusClient()
hydrate(<App {...data} now={() => new Date(data.now)} place={readPlace(location.search, location.pathname)} client={client} panels={null} />, document.querySelector('#app')!)
performance.mark('interactive')
