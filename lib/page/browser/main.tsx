import { hydrate } from 'preact'
import { App } from '../app.js'
import type { Access, Client, Summary } from '../parts.js'
import { readPlace } from '../place.js'

const data = JSON.parse(document.querySelector('#data')!.textContent) as { summary: Summary | null; access: Access; demo: boolean; now: string }
const client: Client = { get: () => Promise.reject(new Error('not yet')), post: () => Promise.reject(new Error('not yet')) }
hydrate(<App {...data} now={() => new Date(data.now)} place={readPlace(location.search, location.pathname)} client={client} panels={null} />, document.querySelector('#app')!)
performance.mark('interactive')
