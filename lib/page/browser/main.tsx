import { hydrate } from 'preact'
import { Live, type PageData } from './live.js'

const data = JSON.parse(document.querySelector('#data')!.textContent) as PageData
hydrate(<Live data={data} startedAt={performance.now()} />, document.querySelector('#app')!)
