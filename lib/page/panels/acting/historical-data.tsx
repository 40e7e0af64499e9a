import { useState } from 'preact/hooks'
import { TIMESPAN_NAMES, type TimespanName } from '../../../datasets/timespan.js'
import { useActs, type PanelsProps } from '../../parts.js'
import { DAY_FILES } from './day-files.js'
import { Acted } from './follow.js'
import { SignIn } from './sign-in.js'
import { useAct, type Wanted } from './use-act.js'

/** How far back: in words, as days of the calendar that providers are asked about, and as sessions that have day files. */
const DURATIONS = [['2 days', 2, 2], ['1 week', 7, 5], ['1 month', 31, 21], ['3 months', 92, 63], ['1 year', 366, 252], ['3 years', 1096, 756], ['5 years', 1827, 1260]] as const
/** Kinds of securities, as the universe has them. */
const TYPES = [['ETF', 'ETFs'], ['CS', 'common stocks'], ['ADRC', 'American depositary receipts'], ['FUND', 'closed-end funds'], ['PFD', 'preferred stocks']] as const
const LENGTHS: Readonly<Record<TimespanName, string>> = { day: 'days', minute: 'minutes', hour: 'hours', week: 'weeks', month: 'months' }
interface Form {
  which: 'symbols' | 'type' | 'all'
  symbols: string
  type: string
  interval: TimespanName
  duration: string
}

const datasetOf = (interval: TimespanName) => (interval === 'day' || interval === 'minute' ? DAY_FILES[interval] : null)

const listed = (text: string): string[] => [...new Set(text.toUpperCase().split(/[\s,;]+/).filter((symbol) => symbol !== ''))]

/** What a form asks for. */
function wantedOf({ which, symbols, type, interval, duration }: Form): Wanted {
  const dataset = datasetOf(interval)
  const [, days, sessions] = DURATIONS.find(([text]) => text === duration) ?? DURATIONS[0]
  if (which === 'all' && dataset !== null) return { action: 'load', request: { dataset, dates: { sessions } } }
  return { action: 'fetch', request: { symbols: which === 'symbols' ? listed(symbols) : 'all', type: which === 'type' ? type : null, timespans: [interval], dates: { days } } }
}

/** The same in a sentence. */
function sentenceOf({ which, symbols, type, interval, duration }: Form): string {
  const of = which === 'all' ? 'every security' : which === 'type' ? `all ${TYPES.find(([name]) => name === type)?.[1] ?? type}` : listed(symbols).join(', ')
  const from = which === 'all' && datasetOf(interval) !== null ? 'from the day files' : 'by asking providers, as fast as they allow'
  return `Bars of ${LENGTHS[interval]} of ${of}, of the last ${duration}, ${from}. What is stored already stays as it is where it is the same.`
}

function LoadForm({ client, place, now }: PanelsProps) {
  const { refresh } = useActs()
  const [form, setForm] = useState<Form>({ which: 'symbols', symbols: '', type: 'ETF', interval: 'day', duration: '2 days' })
  const act = useAct(client)
  const set = (change: Partial<Form>) => setForm({ ...form, ...change })
  const isWhole = form.which !== 'symbols' || listed(form.symbols).length > 0
  return (
    <>
      <form
        aria-label="Load universe data" class="load-form"
        onSubmit={(event) => {
          event.preventDefault()
          act.start(wantedOf(form))
        }}
      >
        <fieldset>
          <legend>Which securities</legend>
          <label class="choice"><input type="radio" name="which" checked={form.which === 'symbols'} onChange={() => set({ which: 'symbols' })} /> <span>These symbols</span></label>
          {form.which === 'symbols' && <label class="below"><span>Symbols, with commas between them</span><input type="text" required value={form.symbols} placeholder="SCHG, VUG" spellcheck={false} autocomplete="off" onInput={({ currentTarget }) => set({ symbols: currentTarget.value })} /></label>}
          <label class="choice"><input type="radio" name="which" checked={form.which === 'type'} onChange={() => set({ which: 'type' })} /> <span>All of a type</span></label>
          {form.which === 'type' && <label class="below"><span>Type</span><select value={form.type} onChange={({ currentTarget }) => set({ type: currentTarget.value })}>{TYPES.map(([name, text]) => <option key={name} value={name}>{text}</option>)}</select></label>}
          <label class="choice"><input type="radio" name="which" checked={form.which === 'all'} onChange={() => set({ which: 'all' })} /> <span>The whole universe</span></label>
        </fieldset>
        <div class="filters">
          <label><span>Duration</span><select value={form.duration} onChange={({ currentTarget }) => set({ duration: currentTarget.value })}>{DURATIONS.map(([text]) => <option key={text} value={text}>{text}</option>)}</select></label>
          <label><span>Bars of</span><select value={form.interval} onChange={({ currentTarget }) => set({ interval: currentTarget.value as TimespanName })}>{TIMESPAN_NAMES.map((name) => <option key={name} value={name}>{LENGTHS[name]}</option>)}</select></label>
        </div>
        {isWhole && <p class="note" role="status"><b>What will be done:</b> {sentenceOf(form)}</p>}
        <p class="row"><button type="submit" class="primary" disabled={act.busy || !isWhole}>{act.busy ? 'Starting…' : 'Load Universe Data'}</button></p>
      </form>
      <Acted act={act} client={client} place={place} now={now} onEnd={() => void refresh()} />
    </>
  )
}

/** Loads bars of some securities or of a universe; ETFs are told apart from stocks as it goes. */
export function HistoricalData(props: PanelsProps) {
  return props.access.access === 'admin' ? <LoadForm {...props} /> : <SignIn what="To load data" access={props.access} />
}
