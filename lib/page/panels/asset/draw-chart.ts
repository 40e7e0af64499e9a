import {
  CandlestickSeries, ColorType, createChart, createSeriesMarkers, CrosshairMode, HistogramSeries, LineStyle, type IChartApi, type ISeriesApi, type SeriesMarker, type Time, type UTCTimestamp,
} from 'lightweight-charts'

/** A bar as it is drawn and told: its prices are text, and only pixels are made of their numbers. */
export interface ChartBar {
  /** A date, or an instant. */
  time: string
  open: string
  high: string
  low: string
  close: string
  volume: string
  /** The provider of a bar that no file has. */
  filledBy: string | null
}

export interface ChartContent {
  /** The oldest first. */
  bars: readonly ChartBar[]
  /** First dates of stretches of sessions without a bar, with how many there are. */
  gaps: readonly { start: string; sessions: number }[]
  /** Dates on which a bar has changed since it was first loaded. */
  revised: ReadonlySet<string>
}

export interface DrawnChart {
  show: (content: ChartContent) => void
  /** Puts the cross at a bar. */
  pointAt: (bar: ChartBar) => void
  remove: () => void
}

const timeOf = (time: string): Time => (time.length === 10 ? time : Math.floor(Date.parse(time) / 1000) as UTCTimestamp)

const COLOURS = ['dim', 'line', 'surface', 'rise', 'fall', 'gap', 'sign', 'volume'] as const

/** The colours of the page, as they are at the moment. */
function colours(element: Element): Record<(typeof COLOURS)[number], string> {
  const style = getComputedStyle(element)
  return Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Record<(typeof COLOURS)[number], string>
}

function paint(chart: IChartApi, { candles, gaps, volumes }: { candles: ISeriesApi<'Candlestick'>; gaps: ISeriesApi<'Histogram'>; volumes: ISeriesApi<'Histogram'> }, element: Element): void {
  const { dim, line, surface, rise, fall, gap, volume } = colours(element)
  chart.applyOptions({
    // Its logo would bring a <style> of its own; the panel has the notice as text.
    layout: { attributionLogo: false, background: { type: ColorType.Solid, color: surface }, textColor: dim, fontFamily: 'system-ui, sans-serif', panes: { separatorColor: line } },
    grid: { vertLines: { color: line }, horzLines: { color: line } },
    rightPriceScale: { borderColor: line }, timeScale: { borderColor: line },
    crosshair: { vertLine: { labelBackgroundColor: fall }, horzLine: { labelBackgroundColor: fall } },
  })
  // A bar that rose is hollow, one that fell is filled: told apart without colour.
  candles.applyOptions({ upColor: surface, borderUpColor: rise, wickUpColor: rise, downColor: fall, borderDownColor: fall, wickDownColor: fall })
  gaps.applyOptions({ color: gap })
  volumes.applyOptions({ color: volume })
}

function markersOf({ bars, revised }: ChartContent, mark: string): SeriesMarker<Time>[] {
  return bars.flatMap(({ time, filledBy }) => [
    ...(revised.has(time.slice(0, 10)) && (time.length === 10) ? [{ time: timeOf(time), position: 'aboveBar', shape: 'arrowDown', color: mark, size: 1 } as const] : []),
    ...(filledBy === null ? [] : [{ time: timeOf(time), position: 'belowBar', shape: 'circle', color: mark, size: 0.6 } as const]),
  ])
}

/** Draws bars as candles; what is under the cross is told as a bar, null where there is none. */
export function drawChart(element: HTMLElement, onPoint: (bar: ChartBar | null) => void): DrawnChart {
  const chart = createChart(element, {
    autoSize: true, layout: { attributionLogo: false }, crosshair: { mode: CrosshairMode.Magnet, horzLine: { style: LineStyle.Dotted }, vertLine: { style: LineStyle.Dotted } },
    timeScale: { minBarSpacing: 0.2 }, handleScroll: { vertTouchDrag: false }, localization: { locale: 'en-GB', dateFormat: 'yyyy-MM-dd' },
  })
  const candles = chart.addSeries(CandlestickSeries, { priceLineVisible: false, lastValueVisible: false })
  const volumes = chart.addSeries(HistogramSeries, { priceScaleId: 'volume', priceLineVisible: false, lastValueVisible: false, priceFormat: { type: 'volume' } })
  const gaps = chart.addSeries(HistogramSeries, { priceScaleId: 'gaps', priceLineVisible: false, lastValueVisible: false })
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } })
  chart.priceScale('gaps').applyOptions({ scaleMargins: { top: 0, bottom: 0 } })
  candles.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.22 } })
  const marks = createSeriesMarkers(candles, [])
  const gapMarks = createSeriesMarkers(gaps, [])

  let byTime = new Map<Time, ChartBar>()
  let shown: ChartContent = { bars: [], gaps: [], revised: new Set() }
  const mark = () => {
    const { sign, dim } = colours(element)
    marks.setMarkers(markersOf(shown, sign))
    gapMarks.setMarkers(shown.gaps.map(({ start, sessions }) => ({ time: timeOf(start), position: 'inBar', shape: 'square', color: dim, size: 0, text: String(sessions) })))
  }
  const repaint = () => {
    paint(chart, { candles, gaps, volumes }, element)
    mark()
  }
  chart.subscribeCrosshairMove(({ time }) => onPoint(time === undefined ? null : byTime.get(time) ?? null))
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', repaint)
  repaint()
  return {
    show(content) {
      shown = content
      byTime = new Map(content.bars.map((bar) => [timeOf(bar.time), bar]))
      candles.setData(content.bars.map(({ time, open, high, low, close }) => ({ time: timeOf(time), open: Number(open), high: Number(high), low: Number(low), close: Number(close) })))
      volumes.setData(content.bars.map(({ time, volume }) => ({ time: timeOf(time), value: Number(volume) })))
      gaps.setData(content.gaps.map(({ start }) => ({ time: timeOf(start), value: 1 })))
      mark()
      chart.timeScale().fitContent()
    },
    pointAt: (bar) => chart.setCrosshairPosition(Number(bar.close), timeOf(bar.time), candles),
    remove() {
      dark.removeEventListener('change', repaint)
      chart.remove()
    },
  }
}
