import { dataset, outcome, rejectReason } from '../ledger-fields.js'
import { listed } from './assets.js'
import { bar } from './bars.js'
import { range } from './lineage.js'
import { alert, interval, vendorState } from './parts.js'
import { entry } from './remediation.js'
import { serviceRun } from './runs.js'
import { asset } from './summary.js'

/** Parts of the service's documents that programs know by a name: its description has each of them once. */
export const PARTS = {
  Asset: listed, AssetStatus: asset, Candle: bar, IngestionRun: serviceRun, LineageEntry: range, RemediationEntry: entry, AlertEvent: alert,
  Dataset: dataset, Interval: interval, Outcome: outcome, RejectReason: rejectReason, VendorState: vendorState,
}
