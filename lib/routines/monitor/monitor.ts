import { deliver, type Delivered } from '../../features/alerts/deliver.js'
import { look, type LookPorts, type LookResult } from '../../features/alerts/look.js'
import { ALERT_RULES } from '../../features/alerts/rules.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { unusableDatabase } from '../../postgres/unusable.js'

/** What a monitor has at hand. */
export interface MonitorPorts extends Omit<LookPorts, 'rules'> {
  /** By what is judged; all rules where it is not said. */
  rules?: LookPorts['rules']
  /** What else is to be done once it was looked, such as telling figures; its failure is that of the monitor. */
  afterLook?: (result: LookResult) => Promise<void>
}

/** What a look found, what came of it, and what was sent. */
export interface MonitorResult extends LookResult {
  delivered: readonly Delivered[]
}

/** Looks once what is wrong, writes down what people are to be told of it, and sends what is due. @throws UsageError DATABASE_UNUSABLE, then nothing is written, or nothing of it is lost */
export async function monitor(runtime: Runtime, { rules = ALERT_RULES, afterLook, ...ports }: MonitorPorts): Promise<MonitorResult> {
  try {
    const result = await look(runtime, { ...ports, rules })
    const delivered = await deliver(runtime, ports.channels)
    await afterLook?.(result)
    return { ...result, delivered }
  } catch (error) {
    throw unusableDatabase(error) ?? error
  }
}
