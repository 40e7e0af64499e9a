import { hydrate } from 'preact'
import { Shell } from '../shell.js'

hydrate(<Shell>ohlcv</Shell>, document.body)
