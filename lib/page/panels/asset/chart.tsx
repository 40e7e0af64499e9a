import { useEffect, useRef, useState } from 'preact/hooks'
import { barTimeText } from '../../words.js'
import { counted, grouped } from '../parts/formats.js'
import type { ChartBar, ChartContent, DrawnChart } from './draw-chart.js'

/** A bar in words, its values as they came. */
function barText({ time, open, high, low, close, volume, filledBy }: ChartBar): string {
  return `${barTimeText(time)}: open ${open}, high ${high}, low ${low}, close ${close}, volume ${grouped(volume)}${filledBy === null ? '' : `, from ${filledBy}`}`
}

/** How far each key goes. */
function stepOf(key: string, at: number, last: number): number | null {
  switch (key) {
    case 'ArrowLeft': case 'ArrowDown': return at - 1
    case 'ArrowRight': case 'ArrowUp': return at + 1
    case 'PageUp': return at - 20
    case 'PageDown': return at + 20
    case 'Home': return 0
    case 'End': return last
    default: return null
  }
}

/** Bars as candles. By keyboard one goes from bar to bar, and hears each; what draws them is loaded when it is first wanted. */
export function Chart({ label, ...content }: ChartContent & { label: string }) {
  const { bars, gaps, revised } = content
  const place = useRef<HTMLDivElement>(null)
  const [drawn, setDrawn] = useState<DrawnChart | 'failed' | null>(null)
  const [pointed, setPointed] = useState<ChartBar | null>(null)
  useEffect(() => {
    let isGone = false
    let chart: DrawnChart | null = null
    const load = async () => {
      const { drawChart } = await import('./draw-chart.js')
      if (isGone) return
      chart = drawChart(place.current!, setPointed)
      setDrawn(chart)
    }
    load().catch(() => { if (!isGone) setDrawn('failed') })
    return () => {
      isGone = true
      chart?.remove()
    }
  }, [])
  useEffect(() => {
    setPointed(null)
    if (drawn !== null && drawn !== 'failed') drawn.show(content)
  }, [drawn, bars, gaps, revised])
  if (drawn === 'failed') return <p class="note note-bad" role="alert">The chart could not be loaded. The table below has every bar.</p>

  const last = bars.length - 1
  const at = pointed === null ? last : bars.indexOf(pointed)
  const move = (event: KeyboardEvent) => {
    const to = stepOf(event.key, at, last)
    const bar = to === null ? undefined : bars[Math.min(last, Math.max(0, to))]
    if (!bar) return
    event.preventDefault()
    setPointed(bar)
    if (drawn !== null) drawn.pointAt(bar)
  }
  const told = pointed ?? bars[last]
  return (
    <figure class="chart">
      <p class="chart-told">{told ? barText(told) : 'No bars'}</p>
      <div
        class="chart-place" tabIndex={0} role="slider" aria-label={label} aria-orientation="horizontal" aria-valuemin={0} aria-valuemax={Math.max(0, last)} aria-valuenow={Math.max(0, at)}
        aria-valuetext={told ? barText(told) : 'No bars'} onKeyDown={move}
      >
        <div ref={place} class="chart-canvas" aria-hidden="true" />
        {drawn === null && <p class="note note-busy chart-wait">Loading the chart…</p>}
      </div>
      <figcaption class="legend">
        <span><span class="key key-up" aria-hidden="true" /> rose</span>
        <span><span class="key key-down" aria-hidden="true" /> fell</span>
        <span><span class="key key-gap" aria-hidden="true" /> {counted(gaps.length, 'gap')}, with the sessions that are absent</span>
        <span><span aria-hidden="true" class="key-mark">▼</span> changed since it was first loaded ({revised.size})</span>
        <span><span aria-hidden="true" class="key-mark">●</span> filled by a provider ({bars.filter(({ filledBy }) => filledBy !== null).length})</span>
        <a href="https://www.tradingview.com/" rel="noreferrer" target="_blank">TradingView Lightweight Charts™, © 2025 TradingView, Inc.</a>
      </figcaption>
    </figure>
  )
}
